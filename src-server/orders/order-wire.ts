/** Orders and refunds as the API takes and answers them: the seed's names, money as decimals. */
import { z } from 'zod';
import { MAX_QUANTITY } from '#domain/catalogue/item.ts';
import { orderChannelSchema } from '#domain/events/seed-events.ts';
import { plainText, skuSchema } from '#domain/identifiers.ts';
import { centsToWire, wireMoneySchema } from '#domain/money/wire-decimal.ts';
import { MAX_CART_LINES } from '#domain/pricing/cart.ts';
import { shopLocationSchema } from '../http/parameters.ts';
import { instrumentSchema } from '../payments/payment-provider.ts';
import { type BookedItem, type Order, type OrderLine, orderStatusSchema } from './order.ts';
import type { Refund } from './refund.ts';

const wantedItems = z
  .array(z.strictObject({ sku: skuSchema, quantity: z.int().min(1).max(MAX_QUANTITY) }))
  .min(1)
  .max(MAX_CART_LINES)
  .refine(
    (items) => new Set(items.map(({ sku }) => sku)).size === items.length,
    'an item stands twice: give its whole quantity once',
  );

export const orderBodySchema = z.strictObject({
  location_id: shopLocationSchema,
  channel: orderChannelSchema,
  customer_id: plainText(100).nullable().default(null),
  items: wantedItems,
  payment: instrumentSchema,
  age_verified: z.boolean().default(false).describe('Somebody has seen, or will see, the customer’s age'),
  expected_total: wireMoneySchema
    .optional()
    .describe('The total the customer was told; another one is refused'),
});
export type OrderBody = z.output<typeof orderBodySchema>;

export const refundBodySchema = z.strictObject({
  items: wantedItems.optional().describe('Left out: all that has not come back yet'),
  reason: plainText(100),
  restock: z.boolean().default(true).describe('false: the units do not go back on the shelf'),
});

export const orderIdSchema = z.string().regex(/^[A-Za-z0-9-]{1,100}$/, 'not an order id');

const money = z.number();

export const orderViewSchema = z.strictObject({
  order_id: z.string(),
  location_id: z.string(),
  channel: orderChannelSchema,
  customer_id: z.string().nullable(),
  status: orderStatusSchema,
  items: z.array(
    z.strictObject({
      sku: z.string(),
      name: z
        .string()
        .nullable()
        .describe('null, as what follows: rung up at a till, whose events do not say'),
      quantity: z.int(),
      price: money,
      total: money.describe('quantity × price, before deposit and tax'),
      deposit: money.nullable(),
      tax: money.nullable(),
      refunded_quantity: z.int().nullable(),
    }),
  ),
  subtotal: money,
  deposit: money,
  tax: money,
  total: money,
  refunded: money,
  age_verified: z.boolean(),
  payment: z
    .strictObject({
      provider: z.string(),
      method: z.string(),
      status: z.string(),
      payment_intent_id: z.string().nullable(),
    })
    .nullable()
    .describe('null: rung up at a till'),
  created_at: z.string(),
  completed_at: z.string().nullable(),
});

export function orderView(order: Order): z.input<typeof orderViewSchema> {
  return {
    order_id: order.order_id,
    location_id: order.location_id,
    channel: order.channel,
    customer_id: order.customer_id,
    status: order.status,
    items: [...order.lines.map(lineView), ...(order.items ?? []).map(bookedItemView)],
    subtotal: centsToWire(order.subtotal),
    deposit: centsToWire(order.deposit),
    tax: centsToWire(order.tax),
    total: centsToWire(order.total),
    refunded: centsToWire(order.refunded),
    age_verified: order.age_verified,
    payment: order.payment && {
      provider: order.payment.provider,
      method: order.payment_method,
      status: order.payment.status,
      payment_intent_id: order.payment.intent_id,
    },
    created_at: order.created_at.toISOString(),
    completed_at: order.completed_at?.toISOString() ?? null,
  };
}

type ItemView = z.input<typeof orderViewSchema>['items'][number];

function lineView(line: OrderLine): ItemView {
  return {
    sku: line.sku,
    name: line.name,
    quantity: line.quantity,
    price: centsToWire(line.unit_price),
    total: centsToWire(line.amount),
    deposit: centsToWire(line.deposit),
    tax: centsToWire(line.tax),
    refunded_quantity: line.refunded_quantity,
  };
}

/** Of a till's order the events say no more. */
function bookedItemView(item: BookedItem): ItemView {
  return {
    sku: item.sku,
    name: null,
    quantity: item.quantity,
    price: centsToWire(item.price),
    total: centsToWire(item.total),
    deposit: null,
    tax: null,
    refunded_quantity: null,
  };
}

export const refundViewSchema = z.strictObject({
  refund_id: z.string(),
  order_id: z.string(),
  status: z.enum(['pending', 'completed', 'failed']),
  amount: money,
  reason: z.string(),
  restock: z.boolean(),
  items: z.array(z.strictObject({ sku: z.string(), quantity: z.int(), amount: money })),
  created_at: z.string(),
});

export function refundView(refund: Refund): z.input<typeof refundViewSchema> {
  return {
    refund_id: refund.refund_id,
    order_id: refund.order_id,
    status: refund.status,
    amount: centsToWire(refund.amount),
    reason: refund.reason,
    restock: refund.restock,
    items: refund.lines.map(({ sku, quantity, amount }) => ({ sku, quantity, amount: centsToWire(amount) })),
    created_at: refund.created_at.toISOString(),
  };
}
