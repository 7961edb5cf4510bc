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

const ORDER_COLUMNS = Object.keys(orderRow.shape).join(', ');
const LINE_COLUMNS = Object.keys(lineRow.shape).join(', ');
const PAYMENT_COLUMNS = Object.keys(paymentRow.shape).join(', ');

export async function readOrder(queryable: Queryable, orderId: string): Promise<Order | undefined> {
  const rows = await queryable.query(orderRow, `SELECT ${ORDER_COLUMNS} FROM orders WHERE order_id = $1`, [
    orderId,
  ]);
  return (await withDetails(queryable, rows))[0];
}

/** The order, locked until the end of the transaction. */
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
  const rows = await queryable.query(
    orderRow,
    `SELECT ${ORDER_COLUMNS} FROM orders
     WHERE location_id = $1 AND channel = ANY($2)
       AND ($3::text IS NULL OR (created_at, order_id) < (
         SELECT created_at, order_id FROM orders WHERE order_id = $3 AND location_id = $1 AND channel = ANY($2)))
     ORDER BY created_at DESC, order_id DESC LIMIT $4`,
    [locationId, channels, before ?? null, limit],
  );
  return withDetails(queryable, rows);
}

async function withDetails(queryable: Queryable, rows: readonly OrderRow[]): Promise<Order[]> {
  if (rows.length === 0) return [];
  const ids = rows.map(({ order_id }) => order_id);
  const lines = await queryable.query(
    lineRow,
    `SELECT ${LINE_COLUMNS} FROM order_lines WHERE order_id = ANY($1) ORDER BY order_id, line_number`,
    [ids],
  );
  const payments = await queryable.query(
    paymentRow,
    `SELECT ${PAYMENT_COLUMNS} FROM payments WHERE order_id = ANY($1)`,
    [ids],
  );
  const linesOf = Map.groupBy(lines, ({ order_id }) => order_id);
  const paymentOf = new Map(payments.map((payment) => [payment.order_id, payment]));
  return rows.map((row) => ({
    ...row,
    lines: linesOf.get(row.order_id) ?? [],
    payment: paymentOf.get(row.order_id) ?? null,
  }));
}
