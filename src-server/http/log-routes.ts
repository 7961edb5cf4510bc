/** What the admin may read of the log and of what was made from it. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { instantSchema, terminalIdSchema } from '#domain/identifiers.ts';
import type { Database } from '../database/database.ts';
import type { EventLog } from '../log/event-log.ts';
import { readFollowedEvents } from '../log/read-log.ts';
import { toFollowedEnvelope } from '../log/stored-event.ts';
import {
  type TakeEvent,
  dismissDeadLetter,
  readDeadLetters,
  retryDeadLetter,
} from '../subscribers/dead-letters.ts';
import { readStandings } from '../subscribers/position-store.ts';
import { failures } from './failure-responses.ts';
import { HttpFailure } from './http-failure.ts';
import { wholeNumberText } from './parameters.ts';

const jsonObject = z.record(z.string(), z.unknown());

/** The seed's envelope and under `record` what the seed does not have. */
const envelope = z.strictObject({
  event: z.string(),
  order_id: z.string().optional().describe('Of order and payment events'),
  timestamp: instantSchema,
  location_id: z.string().optional().describe('Of all but payment events'),
  channel: z.string().optional().describe('Of order.created'),
  data: jsonObject,
  record: z.strictObject({
    event_id: z.string(),
    terminal_id: z.string(),
    seq: z.int(),
    prev_hash: z.string(),
    hash: z.string(),
    metadata: jsonObject,
    processed: z.boolean().describe('Every subscriber has taken it; none has it among its dead letters'),
  }),
});

export interface LogRoutesContext {
  readonly database: Database;
  readonly log: EventLog;
  /** Who takes the events of dead letters, by the name of the subscriber. */
  readonly takers: ReadonlyMap<string, TakeEvent>;
}

export function logRoutes({ database, log, takers }: LogRoutesContext): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/api/events',
      config: { access: 'admin' },
      schema: {
        summary: "A page of one terminal's events, in their order",
        tags: ['log'],
        querystring: z.strictObject({
          terminal_id: terminalIdSchema,
          after_seq: wholeNumberText(0, Number.MAX_SAFE_INTEGER).default(0),
          limit: wholeNumberText(1, 1000).default(100),
        }),
        response: { 200: z.strictObject({ events: z.array(envelope) }) },
      },
      handler: async (request) => {
        const { terminal_id, after_seq, limit } = request.query;
        const rows = await readFollowedEvents(database, terminal_id, after_seq, limit);
        return { events: rows.map((row) => envelope.parse(toFollowedEnvelope(row))) };
      },
    });

    app.route({
      method: 'GET',
      url: '/api/dead-letters',
      config: { access: 'admin' },
      schema: {
        summary: 'Events that a subscriber could not take; the newest thousand',
        tags: ['log'],
        response: {
          200: z.strictObject({
            dead_letters: z.array(
              z.strictObject({
                id: z.int(),
                event_id: z.string(),
                subscriber: z.string(),
                reason: z.string(),
                failed_at: instantSchema,
                event_type: z.string(),
                terminal_id: z.string(),
                seq: z.int(),
              }),
            ),
          }),
        },
      },
      handler: async () => ({ dead_letters: await readDeadLetters(database) }),
    });

    app.route({
      method: 'POST',
      url: '/api/dead-letters/:id/retry',
      config: { access: 'admin' },
      schema: {
        summary: 'Gives the event to its subscriber once more; when that takes it, the letter is gone',
        tags: ['log'],
        params: z.strictObject({ id: wholeNumberText(1, Number.MAX_SAFE_INTEGER) }),
        response: {
          200: z.strictObject({ id: z.int(), taken: z.literal(true) }),
          ...failures('not_found', 'failed_again', 'no_subscriber'),
        },
      },
      handler: async (request) => {
        const { id } = request.params;
        const outcome = await retryDeadLetter(log, takers, id);
        switch (outcome.kind) {
          case 'taken':
            return { id, taken: true as const };
          case 'not_found':
            throw new HttpFailure('not_found', 'There is no such dead letter');
          case 'failed_again':
            throw new HttpFailure('failed_again', `It failed again and stays: ${outcome.reason}`);
          case 'no_subscriber':
            throw new HttpFailure(
              'no_subscriber',
              `This version has no subscriber ${outcome.subscriber}: the letter stays`,
            );
        }
      },
    });

    app.route({
      method: 'POST',
      url: '/api/dead-letters/:id/dismiss',
      config: { access: 'admin' },
      schema: {
        summary:
          'Takes the letter off the lists, here and at the terminal; its subscriber goes on without the event',
        tags: ['log'],
        params: z.strictObject({ id: wholeNumberText(1, Number.MAX_SAFE_INTEGER) }),
        response: {
          200: z.strictObject({ id: z.int(), dismissed: z.literal(true) }),
          ...failures('not_found'),
        },
      },
      handler: async (request) => {
        const { id } = request.params;
        if (!(await dismissDeadLetter(database, id, new Date())))
          throw new HttpFailure('not_found', 'There is no such dead letter');
        return { id, dismissed: true as const };
      },
    });

    app.route({
      method: 'GET',
      url: '/api/subscribers',
      config: { access: 'admin' },
      schema: {
        summary: 'Who follows the log, and how far each has come',
        tags: ['log'],
        response: {
          200: z.strictObject({
            subscribers: z.array(
              z.strictObject({
                subscriber: z.string(),
                position: z.strictObject({ tx: z.int(), id: z.int() }),
                moved_at: instantSchema,
                waiting: z.int().describe('Events before it; at most 10,000 are counted'),
              }),
            ),
          }),
        },
      },
      handler: async () => ({
        subscribers: (await readStandings(database)).map(({ position_tx, position_id, ...standing }) => ({
          ...standing,
          position: { tx: position_tx, id: position_id },
        })),
      }),
    });
  };
}
