/** Copies of tills that were noticed, for the admin to look after. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { instantSchema } from '#domain/identifiers.ts';
import type { Database } from '../database/database.ts';
import { clearFork, listForks } from '../terminals/forks.ts';
import { failures } from './failure-responses.ts';
import { HttpFailure } from './http-failure.ts';
import { wholeNumberText } from './parameters.ts';

const tags = ['terminals'];

const listedFork = z.strictObject({
  id: z.int(),
  terminal_id: z.string(),
  epoch: z.int(),
  kind: z
    .enum(['forked', 'behind'])
    .describe('forked: another history under its name; behind: an older copy of its data'),
  seq: z.int().describe('The earliest event by which they were told apart'),
  our_hash: z.string(),
  their_hash: z.string(),
  first_seen_at: instantSchema,
  last_seen_at: instantSchema,
  times_seen: z.int(),
});

export function forkRoutes({ database }: { readonly database: Database }): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/api/terminal-forks',
      config: { access: 'admin' },
      schema: {
        summary: 'Copies of terminals that have connected; nothing of theirs was taken',
        tags,
        response: { 200: z.strictObject({ forks: z.array(listedFork) }) },
      },
      handler: async () => ({ forks: await listForks(database) }),
    });

    app.route({
      method: 'POST',
      url: '/api/terminal-forks/:id/clear',
      config: { access: 'admin' },
      schema: {
        summary: 'It was looked after; should it come again, it is listed again',
        tags,
        params: z.strictObject({ id: wholeNumberText(1, Number.MAX_SAFE_INTEGER) }),
        response: {
          200: z.strictObject({ id: z.int(), cleared: z.literal(true) }),
          ...failures('not_found'),
        },
      },
      handler: async (request) => {
        const { id } = request.params;
        if (!(await clearFork(database, id, new Date())))
          throw new HttpFailure('not_found', 'There is no such record');
        return { id, cleared: true as const };
      },
    });
  };
}
