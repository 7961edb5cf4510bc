/**
 * The book of the tills' orders, written from their events: every order of the shop stands in `orders`, whoever took it.
 * Orders of the API are written by the order service itself, in the transaction of their events; here they are passed by.
 */
import { z } from 'zod';
import { decodeEvent } from '#domain/events/event-wire.ts';
import type { SeedEvent } from '#domain/events/seed-events.ts';
import type { Queryable } from '../database/database.ts';
import { type LoggedEvent, readRange } from '../log/log-reader.ts';
import { toEnvelope } from '../log/stored-event.ts';
import type { Subscriber } from '../subscribers/subscriber.ts';

type Created = Extract<SeedEvent, { type: 'order.created' }>;
type EndStatus = 'completed' | 'voided';

interface CreatedOrder {
  readonly event: Created;
  readonly row: LoggedEvent;
}

interface OrderEnd {
  readonly orderId: string;
  readonly locationId: string;
  readonly status: EndStatus;
  /** UTC instant */
  readonly at: string;
}

const END_STATUS: Readonly<Record<string, EndStatus>> = {
  'order.completed': 'completed',
  'order.voided': 'voided',
};
const END_TYPES = Object.keys(END_STATUS);

export const orderBook: Subscriber = {
  name: 'order-book',
  begins: 'with_history',
  async handle(tx, range) {
    const rows = await readRange(tx, range, ['order.created', 'order.refunded', ...END_TYPES]);
    // An order that cannot be read is thrown for, and parked by the runner.
    const created = rows.flatMap((row): CreatedOrder[] => {
      if (row.event_type !== 'order.created') return [];
      const { event } = decodeEvent(toEnvelope(row));
      return event.type === 'order.created' ? [{ event, row }] : [];
    });
    const ends = rows.flatMap(endOf);
    await bookCreated(tx, created, ends);
    const bookedNow = new Set(created.map(({ event }) => event.orderId));
    await bookEnds(
      tx,
      ends.filter(({ orderId }) => !bookedNow.has(orderId)),
    );
    for (const row of rows) if (row.event_type === 'order.refunded') await bookRefund(tx, row);
  },
};

function endOf(
  row: Pick<LoggedEvent, 'event_type' | 'aggregate_id' | 'location_id' | 'timestamp'>,
): OrderEnd[] {
  const status = END_STATUS[row.event_type];
  if (status === undefined) return [];
  return [
    { orderId: row.aggregate_id, locationId: row.location_id, status, at: row.timestamp.toISOString() },
  ];
}

const whoSchema = z.looseObject({ user_id: z.string().max(100) });

/** Who rang it up; a till that does not say so is named itself. */
function whoOf(row: LoggedEvent): string {
  const parsed = whoSchema.safeParse(row.metadata);
  return parsed.success ? parsed.data.user_id : `terminal:${row.terminal_id}`;
}

const itemsSchema = z.looseObject({ items: z.array(z.unknown()) });

async function bookCreated(
  tx: Queryable,
  created: readonly CreatedOrder[],
  ends: readonly OrderEnd[],
): Promise<void> {
  if (created.length === 0) return;
  const events = created.map(({ event }) => event);
  const endOfOrder = await endsOf(tx, created, ends);
  await tx.execute(
    `INSERT INTO orders (order_id, location_id, channel, origin, customer_id, status, subtotal, deposit, tax, total,
                         payment_method, age_verified, placed_by, items, created_at, updated_at, completed_at)
     SELECT o.order_id, o.location_id, o.channel, 'terminal', o.customer_id, o.status, o.subtotal, o.deposit, o.tax, o.total,
            o.payment_method, o.age_verified, o.placed_by, o.items::jsonb, o.created_at, COALESCE(o.ended_at, o.created_at),
            CASE WHEN o.status = 'completed' THEN o.ended_at END
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
                 $9::bigint[], $10::text[], $11::boolean[], $12::text[], $13::text[], $14::timestamptz[], $15::timestamptz[])
       AS o (order_id, location_id, channel, customer_id, status, subtotal, deposit, tax, total, payment_method,
             age_verified, placed_by, items, created_at, ended_at)
     ON CONFLICT (order_id) DO NOTHING`,
    [
      events.map(({ orderId }) => orderId),
      created.map(({ row }) => row.location_id),
      events.map(({ channel }) => channel),
      events.map(({ customerId }) => customerId),
      created.map((one) => endOfOrder(one)?.status ?? 'authorized'),
      events.map(({ subtotal }) => subtotal),
      events.map(({ deposit }) => deposit),
      events.map(({ tax }) => tax),
      events.map(({ total }) => total),
      events.map(({ paymentMethod }) => paymentMethod),
      events.map(({ ageVerified }) => String(ageVerified)),
      created.map(({ row }) => whoOf(row)),
      created.map(({ row }) => JSON.stringify(itemsSchema.parse(row.payload).items)),
      created.map(({ row }) => row.timestamp.toISOString()),
      created.map((one) => endOfOrder(one)?.at ?? null),
    ],
  );
}

/**
 * How each order ended: nearly always in the same page, because a till commits a sale as a whole. One that is booked late
 * (a dead letter that was retried) may have ended long ago: then the log knows.
 */
async function endsOf(
  tx: Queryable,
  created: readonly CreatedOrder[],
  ends: readonly OrderEnd[],
): Promise<(order: CreatedOrder) => OrderEnd | undefined> {
  const known = new Map(ends.map((end) => [keyOf(end), end]));
  const open = created.filter(
    ({ event, row }) => !known.has(keyOf({ orderId: event.orderId, locationId: row.location_id })),
  );
  if (open.length > 0) {
    const rows = await tx.query(
      endRow,
      `SELECT event_type, aggregate_id, location_id, timestamp FROM event_log
       WHERE aggregate_id = ANY($1) AND event_type = ANY($2)`,
      [open.map(({ event }) => event.orderId), END_TYPES],
    );
    for (const end of rows.flatMap(endOf)) known.set(keyOf(end), end);
  }
  return ({ event, row }) => known.get(keyOf({ orderId: event.orderId, locationId: row.location_id }));
}

const endRow = z.object({
  event_type: z.string(),
  aggregate_id: z.string(),
  location_id: z.string(),
  timestamp: z.date(),
});

/** A terminal ends orders of its own location only. */
function keyOf({ orderId, locationId }: Pick<OrderEnd, 'orderId' | 'locationId'>): string {
  return `${locationId} ${orderId}`;
}

async function bookEnds(tx: Queryable, ends: readonly OrderEnd[]): Promise<void> {
  if (ends.length === 0) return;
  await tx.execute(
    `UPDATE orders SET status = e.status, updated_at = e.at,
                       completed_at = CASE WHEN e.status = 'completed' THEN e.at ELSE completed_at END
     FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) AS e (order_id, location_id, status, at)
     WHERE orders.order_id = e.order_id AND orders.location_id = e.location_id AND orders.origin = 'terminal'`,
    [
      ends.map(({ orderId }) => orderId),
      ends.map(({ locationId }) => locationId),
      ends.map(({ status }) => status),
      ends.map(({ at }) => at),
    ],
  );
}

async function bookRefund(tx: Queryable, row: LoggedEvent): Promise<void> {
  const { event } = decodeEvent(toEnvelope(row));
  if (event.type !== 'order.refunded') return;
  await tx.execute(
    `UPDATE orders SET refunded = refunded + $3, updated_at = $4
     WHERE order_id = $1 AND location_id = $2 AND origin = 'terminal'`,
    [event.orderId, row.location_id, event.refundAmount, row.timestamp.toISOString()],
  );
}
