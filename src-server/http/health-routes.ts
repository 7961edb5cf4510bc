/** For whoever watches the process: is it alive, and should it get requests? */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { failures } from './failure-responses.ts';
import { HttpFailure } from './http-failure.ts';

export interface ReadinessCheck {
  readonly name: string;
  /** An informative one is shown and keeps no request away: the bus only wakes. */
  readonly required: boolean;
  /** False, or a rejection: not well. */
  readonly isWell: () => boolean | Promise<boolean>;
}

export interface HealthContext {
  readonly database: Database;
  readonly checks: readonly ReadinessCheck[];
  readonly isClosing: () => boolean;
}

const tags = ['health'];

export function healthRoutes({ database, checks, isClosing }: HealthContext): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/healthz',
      config: { access: 'public' },
      schema: {
        summary: 'The process is alive',
        tags,
        response: { 200: z.strictObject({ ok: z.literal(true) }) },
      },
      handler: async () => ({ ok: true as const }),
    });

    app.route({
      method: 'GET',
      url: '/readyz',
      config: { access: 'public' },
      schema: {
        summary: 'The server can do its work: send it requests',
        tags,
        response: {
          200: z.strictObject({
            ok: z.literal(true),
            database: z.enum(['pglite', 'postgres']),
            checks: z
              .record(z.string(), z.enum(['ok', 'failing']))
              .describe('What may fail while the server still works'),
          }),
          ...failures('unavailable'),
        },
      },
      handler: async () => {
        if (isClosing()) throw new HttpFailure('unavailable', 'The server is shutting down');
        if (!(await answers(database))) throw new HttpFailure('unavailable', 'The database does not answer');
        const informative: [string, 'ok' | 'failing'][] = [];
        for (const check of checks) {
          const well = await isWell(check);
          if (!well && check.required) throw new HttpFailure('unavailable', `Not ready: ${check.name}`);
          if (!check.required) informative.push([check.name, well ? 'ok' : 'failing']);
        }
        return { ok: true as const, database: database.kind, checks: Object.fromEntries(informative) };
      },
    });
  };
}

async function isWell(check: ReadinessCheck): Promise<boolean> {
  try {
    return await check.isWell();
  } catch {
    return false;
  }
}

const oneRow = z.object({ one: z.literal(1) });

async function answers(database: Database): Promise<boolean> {
  try {
    await database.query(oneRow, 'SELECT 1 AS one');
    return true;
  } catch {
    return false;
  }
}
