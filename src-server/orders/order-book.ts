/**
 * The book of the tills' orders, written from their events: every order of the shop stands in `orders`, whoever took it.
 * Orders of the API are written by the order service itself, in the transaction of their events; here they are passed by.
 */
import { z } from 'zod';
import { decodeEvent } from '#domain/events/event-wire.ts';
import type { SeedEvent } from '#domain/events/seed-events.ts';
import type { Queryable } from '../database/database.ts';
import type { LoggedEvent } from '../log/log-reader.ts';
import { toEnvelope } from '../log/stored-event.ts';
import type { Subscriber } from '../subscribers/subscriber.ts';

type Created = Extract<SeedEvent, { type: 'order.created' }>;
type Refunded = Extract<SeedEvent, { type: 'order.refunded' }>;

interface Booked<Event> {
  readonly event: Event;
  readonly row: LoggedEvent;
}

export const orderBook: Subscriber = {
  name: 'order-book',
  types: ['order.created', 'order.completed', 'order.voided', 'order.refunded'],
  begins: 'with_history',
  async handle(tx, rows) {
    // Only what can be read is an order; what cannot is thrown for, and parked by the runner.
    const created: Booked<Created>[] = [];
    const refunded: Booked<Refunded>[] = [];
    for (const row of rows) {
      if (row.event_type !== 'order.created' && row.event_type !== 'order.refunded') continue;
      const { event } = decodeEvent(toEnvelope(row));
      if (event.type === 'order.created') created.push({ event, row });
      else if (event.type === 'order.refunded') refunded.push({ event, row });
    }
    await bookCreated(tx, created);
    await bookEnd(tx, 'completed', ofType(rows, 'order.completed'));
    await bookEnd(tx, 'voided', ofType(rows, 'order.voided'));
    for (const one of refunded) await bookRefund(tx, one);
  },
};

function ofType(rows: readonly LoggedEvent[], type: string): LoggedEvent[] {
  return rows.filter(({ event_type }) => event_type === type);
}

const whoSchema = z.looseObject({ user_id: z.string().max(100) });

/** Who rang it up; a till that does not say so is named itself. */
function whoOf(row: LoggedEvent): string {
  const parsed = whoSchema.safeParse(row.metadata);
  return parsed.success ? parsed.data.user_id : `terminal:${row.terminal_id}`;
}

async function bookCreated(tx: Queryable, created: readonly Booked<Created>[]): Promise<void> {
  if (created.length === 0) return;
  const events = created.map(({ event }) => event);
  await tx.execute(
    `INSERT INTO orders (order_id, location_id, channel, origin, customer_id, status, subtotal, deposit, tax, total,
                         payment_method, age_verified, placed_by, created_at, updated_at)
     SELECT o.order_id, o.location_id, o.channel, 'terminal', o.customer_id, 'authorized', o.subtotal, o.deposit, o.tax,
            o.total, o.payment_method, o.age_verified, o.placed_by, o.at, o.at
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[],
                 $9::text[], $10::boolean[], $11::text[], $12::timestamptz[])
       AS o (order_id, location_id, channel, customer_id, subtotal, deposit, tax, total, payment_method, age_verified,
             placed_by, at)
     ON CONFLICT (order_id) DO NOTHING`,
    [
      events.map(({ orderId }) => orderId),
      created.map(({ row }) => row.location_id),
      events.map(({ channel }) => channel),
      events.map(({ customerId }) => customerId),
      events.map(({ subtotal }) => subtotal),
      events.map(({ deposit }) => deposit),
      events.map(({ tax }) => tax),
      events.map(({ total }) => total),
      events.map(({ paymentMethod }) => paymentMethod),
      events.map(({ ageVerified }) => String(ageVerified)),
      created.map(({ row }) => whoOf(row)),
      created.map(({ row }) => row.timestamp.toISOString()),
    ],
  );
  const lines = events.flatMap(({ orderId, items }) =>
    items.map((item, index) => ({ orderId, line: index + 1, ...item })),
  );
  await tx.execute(
    `INSERT INTO order_lines (order_id, line_number, sku, quantity, unit_price, amount)
     SELECT l.* FROM unnest($1::text[], $2::int[], $3::text[], $4::int[], $5::bigint[], $6::bigint[])
       AS l (order_id, line_number, sku, quantity, unit_price, amount)
     JOIN orders o ON o.order_id = l.order_id AND o.origin = 'terminal'
     ON CONFLICT (order_id, line_number) DO NOTHING`,
    [
      lines.map(({ orderId }) => orderId),
      lines.map(({ line }) => line),
      lines.map(({ sku }) => sku),
      lines.map(({ quantity }) => quantity),
      lines.map(({ price }) => price),
      lines.map(({ total }) => total),
    ],
  );
}

async function bookEnd(
  tx: Queryable,
  status: 'completed' | 'voided',
  rows: readonly LoggedEvent[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.execute(
    `UPDATE orders SET status = $1::text, updated_at = e.at,
                       completed_at = CASE WHEN $1::text = 'completed' THEN e.at ELSE completed_at END
     FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS e (order_id, location_id, at)
     WHERE orders.order_id = e.order_id AND orders.location_id = e.location_id AND orders.origin = 'terminal'`,
    [
      status,
      rows.map(({ aggregate_id }) => aggregate_id),
      rows.map(({ location_id }) => location_id),
      rows.map(({ timestamp }) => timestamp.toISOString()),
    ],
  );
}

async function bookRefund(tx: Queryable, { event, row }: Booked<Refunded>): Promise<void> {
  await tx.execute(
    `UPDATE orders SET refunded = refunded + $3, updated_at = $4
     WHERE order_id = $1 AND location_id = $2 AND origin = 'terminal'`,
    [event.orderId, row.location_id, event.refundAmount, row.timestamp.toISOString()],
  );
}
