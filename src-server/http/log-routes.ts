/** What the admin may read of the log and of what was made from it. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { instantSchema, terminalIdSchema } from '#domain/identifiers.ts';
import type { Database } from '../database/database.ts';
import { readDeadLetters, readStock, readTerminalEvents } from '../log/read-log.ts';
import { toEnvelope } from '../log/stored-event.ts';
import { shopLocationSchema, wholeNumberText } from './parameters.ts';

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
  }),
});

export function logRoutes({ database }: { readonly database: Database }): FastifyPluginAsyncZod {
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
        const rows = await readTerminalEvents(database, terminal_id, after_seq, limit);
        return { events: rows.map((row) => envelope.parse(toEnvelope(row))) };
      },
    });

    app.route({
      method: 'GET',
      url: '/api/stock',
      config: { access: 'admin' },
      schema: {
        summary: 'What the events say about the stock of a location',
        tags: ['inventory'],
        querystring: z.strictObject({ location_id: shopLocationSchema }),
        response: {
          200: z.strictObject({
            stock: z.array(
              z.strictObject({
                location_id: z.string(),
                sku: z.string(),
                quantity: z.int().describe('Negative where nobody counted in the start'),
                reserved: z.int().describe('Promised to orders that are not paid yet'),
              }),
            ),
          }),
        },
      },
      handler: async (request) => ({ stock: await readStock(database, request.query.location_id) }),
    });

    app.route({
      method: 'GET',
      url: '/api/dead-letters',
      config: { access: 'admin' },
      schema: {
        summary: 'Events that a subscriber could not read; the newest thousand',
        tags: ['log'],
        response: {
          200: z.strictObject({
            dead_letters: z.array(
              z.strictObject({
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
  };
}
