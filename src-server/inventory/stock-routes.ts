import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { plainText, skuSchema } from '#domain/identifiers.ts';
import { MAX_QUANTITY } from '#domain/catalogue/item.ts';
import { type Caller, mayTouchLocation, nameOf } from '../access/access.ts';
import type { Database } from '../database/database.ts';
import { failures } from '../http/failure-responses.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { idempotencyKeySchema, requestKeyOf } from '../http/idempotency.ts';
import { shopLocationSchema } from '../http/parameters.ts';
import { compareStock } from './rebuild-stock.ts';
import { readLowStock, readStock } from './read-stock.ts';
import { toHttpFailure } from './stock-answers.ts';
import { StockError, type StockService } from './stock-service.ts';

export interface StockRoutesContext {
  readonly database: Database;
  readonly stock: StockService;
}

const MAX_MOVEMENTS = 500;

const headers = z.object({ 'idempotency-key': idempotencyKeySchema });
const referenceId = plainText(100).describe('Delivery note, count sheet, transfer number');

function onceEach<Entry extends { readonly sku: string }>(entry: z.ZodType<Entry>) {
  return z
    .array(entry)
    .min(1)
    .max(MAX_MOVEMENTS)
    .refine(
      (entries) => new Set(entries.map(({ sku }) => sku)).size === entries.length,
      'an item stands twice',
    );
}

const movementBody = z
  .strictObject({
    location_id: shopLocationSchema,
    reason: z.enum(['restock', 'adjustment']),
    reference_id: referenceId,
    movements: onceEach(
      z.strictObject({
        sku: skuSchema,
        change: z
          .int()
          .min(-MAX_QUANTITY)
          .max(MAX_QUANTITY)
          .refine((change) => change !== 0, 'nothing moves'),
      }),
    ),
  })
  .refine(({ reason, movements }) => reason !== 'restock' || movements.every(({ change }) => change > 0), {
    path: ['movements'],
    error: 'a restock only adds',
  });

const transferBody = z
  .strictObject({
    from_location_id: shopLocationSchema,
    to_location_id: shopLocationSchema,
    reference_id: referenceId,
    items: onceEach(z.strictObject({ sku: skuSchema, quantity: z.int().min(1).max(MAX_QUANTITY) })),
  })
  .refine(({ from_location_id, to_location_id }) => from_location_id !== to_location_id, {
    path: ['to_location_id'],
    error: 'the same location',
  });

const stockRow = z.strictObject({
  location_id: z.string(),
  sku: z.string(),
  quantity: z.int().describe('Negative where more was sold than anybody counted in'),
  reserved: z.int().describe('Promised to orders that are not paid yet'),
});

const movedAnswer = z.strictObject({
  movement_id: z.string(),
  stock: z.array(stockRow).describe('The moved items as they are now'),
});

const differences = z.array(
  z.strictObject({
    location_id: z.string(),
    sku: z.string(),
    in_table: z.int().nullable(),
    in_log: z.int().nullable(),
  }),
);

export function stockRoutes({ database, stock }: StockRoutesContext): FastifyPluginAsyncZod {
  return async (app) => {
    app.route({
      method: 'GET',
      url: '/api/stock',
      config: { access: 'inventory' },
      schema: {
        summary: 'What the events say about the stock of a location',
        tags: ['inventory'],
        querystring: z.strictObject({ location_id: shopLocationSchema }),
        response: { 200: z.strictObject({ stock: z.array(stockRow) }) },
      },
      handler: async (request) => {
        refuseUnlessAllowed(request.caller, request.query.location_id);
        return { stock: await readStock(database, request.query.location_id) };
      },
    });

    app.route({
      method: 'GET',
      url: '/api/stock/low',
      config: { access: 'inventory' },
      schema: {
        summary: 'Items at or below their reorder point, with the order in whole cases',
        tags: ['inventory'],
        querystring: z.strictObject({ location_id: shopLocationSchema }),
        response: {
          200: z.strictObject({
            low_stock: z.array(
              z.strictObject({
                sku: z.string(),
                name: z.string(),
                quantity: z.int(),
                reserved: z.int(),
                reorder_point: z.int(),
                case_size: z.int(),
                suggested_cases: z.int(),
                suggested_order_quantity: z.int(),
              }),
            ),
          }),
        },
      },
      handler: async (request) => {
        refuseUnlessAllowed(request.caller, request.query.location_id);
        return { low_stock: await readLowStock(database, request.query.location_id) };
      },
    });

    app.route({
      method: 'POST',
      url: '/api/stock/movements',
      config: { access: 'inventory' },
      schema: {
        summary: 'Reports a delivery or a count: each item with what it adds or takes',
        tags: ['inventory'],
        headers,
        body: movementBody,
        response: { 201: movedAnswer, ...failures('unknown_item', 'idempotency_key_reused') },
      },
      handler: async (request, reply) => {
        const { body, caller } = request;
        refuseUnlessAllowed(caller, body.location_id);
        const key = requestKeyOf(nameOf(caller), request.headers['idempotency-key'], 'movements', body);
        const recorded = await answered(() =>
          stock.move(
            {
              locationId: body.location_id,
              reason: body.reason,
              movements: body.movements.map((movement) => ({ ...movement, referenceId: body.reference_id })),
              movedBy: nameOf(caller),
            },
            key,
          ),
        );
        if (recorded.replayed) reply.header('idempotent-replayed', 'true');
        const skus = body.movements.map(({ sku }) => sku);
        return reply.status(201).send({
          movement_id: recorded.movementId,
          stock: await readStock(database, body.location_id, skus),
        });
      },
    });

    app.route({
      method: 'POST',
      url: '/api/stock/transfers',
      config: { access: 'inventory' },
      schema: {
        summary: 'Moves items from one location to another',
        tags: ['inventory'],
        headers,
        body: transferBody,
        response: {
          201: movedAnswer,
          ...failures('unknown_item', 'out_of_stock', 'idempotency_key_reused'),
        },
      },
      handler: async (request, reply) => {
        const { body, caller } = request;
        for (const location of [body.from_location_id, body.to_location_id])
          refuseUnlessAllowed(caller, location);
        const key = requestKeyOf(nameOf(caller), request.headers['idempotency-key'], 'transfers', body);
        const recorded = await answered(() =>
          stock.transfer(
            {
              fromLocationId: body.from_location_id,
              toLocationId: body.to_location_id,
              items: body.items,
              referenceId: body.reference_id,
              movedBy: nameOf(caller),
            },
            key,
          ),
        );
        if (recorded.replayed) reply.header('idempotent-replayed', 'true');
        const skus = body.items.map(({ sku }) => sku);
        return reply.status(201).send({
          movement_id: recorded.movementId,
          stock: [
            ...(await readStock(database, body.from_location_id, skus)),
            ...(await readStock(database, body.to_location_id, skus)),
          ],
        });
      },
    });

    app.route({
      method: 'GET',
      url: '/api/stock/differences',
      config: { access: 'admin' },
      schema: {
        summary: 'Where the stock differs from the sum of its events; empty when all is well',
        tags: ['inventory'],
        response: { 200: z.strictObject({ differences }) },
      },
      handler: async () => ({ differences: await compareStock(database) }),
    });

    app.route({
      method: 'POST',
      url: '/api/stock/rebuild',
      config: { access: 'admin' },
      schema: {
        summary: 'Makes the stock anew from the log, and says what was wrong',
        tags: ['inventory'],
        response: { 200: z.strictObject({ corrected: differences }) },
      },
      handler: async (request) => ({ corrected: await stock.rebuild(nameOf(request.caller)) }),
    });
  };
}

function refuseUnlessAllowed(caller: Caller, locationId: string): void {
  if (!mayTouchLocation(caller, locationId))
    throw new HttpFailure('forbidden', `This key is not for ${locationId}`);
}

async function answered<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StockError ? toHttpFailure(error.refusal) : error;
  }
}
