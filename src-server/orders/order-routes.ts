/** `POST /api/orders` as the seed draws it, for all channels, and what belongs to it. */
import type { FastifyRequest } from 'fastify';
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type OrderChannel, type Caller, mayTouchLocation, mayUseChannel, nameOf } from '../access/access.ts';
import type { Database } from '../database/database.ts';
import { failures } from '../http/failure-responses.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { shopLocationSchema, wholeNumberText } from '../http/parameters.ts';
import { findCardNumberInRequest } from '../payments/card-number-in-request.ts';
import { idempotencyKeySchema, requestKeyOf } from '../http/idempotency.ts';
import { type Order, readOrder, readOrdersOf } from './order.ts';
import { toHttpFailure } from './order-answers.ts';
import { OrderError } from './order-failure.ts';
import type { OrderService } from './order-service.ts';
import {
  orderBodySchema,
  orderIdSchema,
  orderView,
  orderViewSchema,
  refundBodySchema,
  refundView,
  refundViewSchema,
} from './order-wire.ts';
import type { RefundService } from './refund-service.ts';

export interface OrderRoutesContext {
  readonly database: Database;
  readonly orders: OrderService;
  readonly refunds: RefundService;
}

const ALL_CHANNELS: readonly OrderChannel[] = ['counter', 'web', 'uber_eats', 'doordash'];

const headers = z.object({
  'idempotency-key': idempotencyKeySchema.describe(
    'Made by the caller, one for each order or refund, the same on every retry. Kept for ever',
  ),
});

export function orderRoutes({ database, orders, refunds }: OrderRoutesContext): FastifyPluginAsyncZod {
  return async (app) => {
    // Of this plugin's routes only. Before validation: its refusals quote what they refuse.
    app.addHook('preValidation', async (request) => {
      refuseCardNumbers(request);
    });

    app.route({
      method: 'POST',
      url: '/api/orders',
      config: { access: 'orders' },
      schema: {
        summary: 'Places an order: reserves, takes the payment, completes',
        description:
          'Priced by the server. The answer is the completed order. Repeated with the same Idempotency-Key it answers with ' +
          'what the first request made, and with the header `idempotent-replayed: true`.',
        tags: ['orders'],
        headers,
        body: orderBodySchema,
        response: {
          201: orderViewSchema,
          ...failures(
            'unknown_item',
            'out_of_stock',
            'age_not_verified',
            'price_differs',
            'sale_too_large',
            'idempotency_key_reused',
            'card_number_refused',
            'payment_refused',
            'payment_unavailable',
          ),
        },
      },
      handler: async (request, reply) => {
        const { caller, body } = request;
        refuseUnless(mayTouchLocation(caller, body.location_id), `orders of ${body.location_id}`);
        refuseUnless(mayUseChannel(caller, body.channel), `orders of the channel ${body.channel}`);
        const key = requestKeyOf(nameOf(caller), request.headers['idempotency-key'], 'orders', body);
        const { order, replayed } = await answered(() =>
          orders.place(
            {
              locationId: body.location_id,
              channel: body.channel,
              customerId: body.customer_id,
              items: body.items,
              instrument: body.payment,
              ageVerified: body.age_verified,
              expectedTotal: body.expected_total,
              placedBy: nameOf(caller),
            },
            key,
          ),
        );
        if (replayed) reply.header('idempotent-replayed', 'true');
        return reply.status(201).send(orderView(order));
      },
    });

    app.route({
      method: 'GET',
      url: '/api/orders/:order_id',
      config: { access: 'orders' },
      schema: {
        summary: 'An order of any channel, those of the tills too',
        tags: ['orders'],
        params: z.strictObject({ order_id: orderIdSchema }),
        response: { 200: orderViewSchema, ...failures('not_found', 'card_number_refused') },
      },
      handler: async (request) => orderView(await findOrder(request.caller, request.params.order_id)),
    });

    app.route({
      method: 'GET',
      url: '/api/orders',
      config: { access: 'orders' },
      schema: {
        summary: 'A page of the orders of a location, newest first',
        tags: ['orders'],
        querystring: z.strictObject({
          location_id: shopLocationSchema,
          before: orderIdSchema.optional().describe('The last order of the page before'),
          limit: wholeNumberText(1, 200).default(50),
        }),
        response: {
          200: z.strictObject({ orders: z.array(orderViewSchema) }),
          ...failures('card_number_refused'),
        },
      },
      handler: async (request) => {
        const { location_id, before, limit } = request.query;
        refuseUnless(mayTouchLocation(request.caller, location_id), `orders of ${location_id}`);
        const channels = ALL_CHANNELS.filter((channel) => mayUseChannel(request.caller, channel));
        const found = await readOrdersOf(database, location_id, channels, before, limit);
        return { orders: found.map(orderView) };
      },
    });

    app.route({
      method: 'POST',
      url: '/api/orders/:order_id/refunds',
      config: { access: 'orders' },
      schema: {
        summary: 'Refunds an order, or a part of it; the bottles go back on the shelf',
        tags: ['orders'],
        params: z.strictObject({ order_id: orderIdSchema }),
        headers,
        body: refundBodySchema,
        response: {
          201: refundViewSchema,
          ...failures(
            'not_found',
            'idempotency_key_reused',
            'card_number_refused',
            'not_refundable_here',
            'not_completed',
            'not_in_order',
            'nothing_to_refund',
            'already_refunded',
            'refund_refused',
            'payment_unavailable',
          ),
        },
      },
      handler: async (request, reply) => {
        const { caller, body } = request;
        const { order_id: orderId } = await findOrder(caller, request.params.order_id);
        const key = requestKeyOf(
          nameOf(caller),
          request.headers['idempotency-key'],
          `refunds ${orderId}`,
          body,
        );
        const { refund, replayed } = await answered(() =>
          refunds.refund({ orderId, ...body, items: body.items, requestedBy: nameOf(caller) }, key),
        );
        if (replayed) reply.header('idempotent-replayed', 'true');
        return reply.status(201).send(refundView(refund));
      },
    });
  };

  /** An order that the caller may not see is not there for it. */
  async function findOrder(caller: Caller, orderId: string): Promise<Order> {
    const order = await readOrder(database, orderId);
    if (
      order === undefined ||
      !mayTouchLocation(caller, order.location_id) ||
      !mayUseChannel(caller, order.channel)
    ) {
      throw new HttpFailure('not_found', 'There is no such order');
    }
    return order;
  }
}

function refuseUnless(allowed: boolean, what: string): void {
  if (!allowed) throw new HttpFailure('forbidden', `This key is not for ${what}`);
}

/** Everything a request brings, before a schema quotes it in its refusal or an id is kept for ever. */
function refuseCardNumbers(request: FastifyRequest): void {
  const { body, params, query } = request;
  const where = findCardNumberInRequest({
    body,
    params,
    query,
    'idempotency-key': request.headers['idempotency-key'],
  });
  if (where === undefined) return;
  throw new HttpFailure(
    'card_number_refused',
    `${where} looks like a card number. Holdfast takes tokens and approval codes only`,
  );
}

async function answered<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof OrderError ? toHttpFailure(error.refusal) : error;
  }
}
