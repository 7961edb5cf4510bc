/** What the admin sees of events that the server keeps and cannot use; what subscribers parked is among the dead letters. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { instantSchema, terminalIdSchema } from '#domain/identifiers.ts';
import type { Database } from '../database/database.ts';
import { failures } from '../http/failure-responses.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { wholeNumberText } from '../http/parameters.ts';
import { dismissFrame, listQuarantinedFrames, readQuarantinedFrames } from './quarantined-frames.ts';

const tags = ['log'];
const LISTED = 1_000;
const params = z.strictObject({
  terminal_id: terminalIdSchema,
  seq: wholeNumberText(1, Number.MAX_SAFE_INTEGER),
});

export function quarantineRoutes({ database }: { readonly database: Database }): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/api/quarantine',
      config: { access: 'admin' },
      schema: {
        summary:
          'Events of terminals that the log cannot hold; the newest thousand that nobody has dismissed',
        tags,
        response: {
          200: z.strictObject({
            quarantined: z.array(
              z.strictObject({
                terminal_id: z.string(),
                seq: z.int(),
                event_id: z.string(),
                event_type: z.string(),
                reason: z.string(),
                received_at: instantSchema,
              }),
            ),
          }),
        },
      },
      handler: async () => ({ quarantined: await listQuarantinedFrames(database, LISTED) }),
    });

    app.route({
      method: 'GET',
      url: '/api/quarantine/:terminal_id/:seq',
      config: { access: 'admin' },
      schema: {
        summary: 'One of them as the terminal made it, whatever its texts are',
        tags,
        params,
        response: {
          200: z.strictObject({ frame: z.record(z.string(), z.union([z.string(), z.int()])) }),
          ...failures('not_found'),
        },
      },
      handler: async (request) => {
        const { terminal_id, seq } = request.params;
        const [frame] = await readQuarantinedFrames(database, terminal_id, seq - 1, seq);
        if (frame === undefined) throw notThere();
        return { frame };
      },
    });

    app.route({
      method: 'POST',
      url: '/api/quarantine/:terminal_id/:seq/dismiss',
      config: { access: 'admin' },
      schema: {
        summary: 'Takes it off the lists, here and at the terminal; the server keeps it',
        tags,
        params,
        response: {
          200: z.strictObject({ terminal_id: z.string(), seq: z.int(), dismissed: z.literal(true) }),
          ...failures('not_found'),
        },
      },
      handler: async (request) => {
        const { terminal_id, seq } = request.params;
        if (!(await dismissFrame(database, terminal_id, seq, new Date()))) throw notThere();
        return { terminal_id, seq, dismissed: true as const };
      },
    });
  };
}

function notThere(): HttpFailure {
  return new HttpFailure('not_found', 'There is no such event in quarantine');
}
