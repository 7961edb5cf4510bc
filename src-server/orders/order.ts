/** An order as the tables have it. Amounts in cents. */
import { z } from 'zod';
import { orderChannelSchema, paymentMethodSchema } from '#domain/events/seed-events.ts';
import { centsSchema } from '#domain/money/cents.ts';
import { wireMoneySchema } from '#domain/money/wire-decimal.ts';
import type { Queryable } from '../database/database.ts';
import { instrumentSchema, paymentFailureCodeSchema } from '../payments/payment-provider.ts';

/**
 *     placed ──▶ authorized ──▶ completed
 *       │            │
 *       ▼            ▼
 *     payment_failed voided          (nothing was taken, the reservation is over)
 */
export const orderStatusSchema = z.enum(['placed', 'authorized', 'completed', 'payment_failed', 'voided']);
export type OrderStatus = z.infer<typeof orderStatusSchema>;

/** The items of a till's order, as the seed's `order.created` has them: amounts are decimals. */
const bookedItems = z.array(
  z.object({ sku: z.string(), quantity: z.int(), price: wireMoneySchema, total: wireMoneySchema }),
);

export type BookedItem = z.output<typeof bookedItems>[number];

const orderRow = z.object({
  order_id: z.string(),
  location_id: z.string(),
  channel: orderChannelSchema,
  origin: z.enum(['api', 'terminal']),
  customer_id: z.string().nullable(),
  status: orderStatusSchema,
  subtotal: centsSchema,
  deposit: centsSchema,
  tax: centsSchema,
  total: centsSchema,
  refunded: centsSchema,
  payment_method: paymentMethodSchema,
  age_verified: z.boolean(),
  placed_by: z.string(),
  items: bookedItems.nullable(),
  created_at: z.date(),
  updated_at: z.date(),
  completed_at: z.date().nullable(),
});
export type OrderRow = z.output<typeof orderRow>;

const lineRow = z.object({
  order_id: z.string(),
  line_number: z.int(),
  sku: z.string(),
  quantity: z.int(),
  unit_price: centsSchema,
  amount: centsSchema,
  name: z.string(),
  deposit: centsSchema,
  tax: centsSchema,
  refunded_quantity: z.int(),
  refunded_amount: centsSchema,
});
export type OrderLine = z.output<typeof lineRow>;

const paymentRow = z.object({
  order_id: z.string(),
  provider: z.string(),
  instrument: instrumentSchema,
  amount: centsSchema,
  intent_id: z.string().nullable(),
  status: z.enum(['pending', 'authorized', 'captured', 'failed', 'voided']),
  failure_code: paymentFailureCodeSchema.nullable(),
  failure_message: z.string().nullable(),
});
export type OrderPayment = z.output<typeof paymentRow>;

export interface Order extends OrderRow {
  /** None for orders of tills: they have `items`. */
  readonly lines: readonly OrderLine[];
  /** null for orders of tills: their payment is in their events */
  readonly payment: OrderPayment | null;
}

const orderWithDetails = orderRow.extend({ lines: z.array(lineRow), payment: paymentRow.nullable() });

/** The whole order in one row: an order is read on each step that it takes. */
const SELECT_ORDER = `
  SELECT ${Object.keys(orderRow.shape)
    .map((column) => `o.${column}`)
    .join(', ')},
         COALESCE((SELECT jsonb_agg(to_jsonb(l) ORDER BY l.line_number) FROM order_lines l WHERE l.order_id = o.order_id), '[]')
           AS lines,
         (SELECT to_jsonb(p) FROM payments p WHERE p.order_id = o.order_id) AS payment
  FROM orders o`;

export async function readOrder(queryable: Queryable, orderId: string): Promise<Order | undefined> {
  const [order] = await queryable.query(orderWithDetails, `${SELECT_ORDER} WHERE o.order_id = $1`, [orderId]);
  return order;
}

/** The order, locked until the end of the transaction. Its lines and its payment change under this lock only. */
export async function lockOrder(tx: Queryable, orderId: string): Promise<Order | undefined> {
  await tx.execute('SELECT 1 FROM orders WHERE order_id = $1 FOR UPDATE', [orderId]);
  return readOrder(tx, orderId);
}

/**
 * Newest first; `before` is the order id that the last page ended with. One that is not among these orders has none
 * before it, whether it exists elsewhere or not.
 */
export async function readOrdersOf(
  queryable: Queryable,
  locationId: string,
  channels: readonly string[],
  before: string | undefined,
  limit: number,
): Promise<Order[]> {
  return queryable.query(
    orderWithDetails,
    `${SELECT_ORDER}
     WHERE o.location_id = $1 AND o.channel = ANY($2)
       AND ($3::text IS NULL OR (o.created_at, o.order_id) < (
         SELECT created_at, order_id FROM orders WHERE order_id = $3 AND location_id = $1 AND channel = ANY($2)))
     ORDER BY o.created_at DESC, o.order_id DESC LIMIT $4`,
    [locationId, channels, before ?? null, limit],
  );
}

/** The provider's id of the payment. @throws {Error} for an order that was never authorised */
export function intentOf(order: Order): string {
  const intentId = order.payment?.intent_id ?? null;
  if (intentId === null) throw new Error(`The payment of ${order.order_id} has no intent`);
  return intentId;
}
