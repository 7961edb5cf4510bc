/**
 * The book of the tills' orders, written from their events: every order of the shop stands in `orders`, whoever took it.
 * Orders of the API are written by the order service itself, in the transaction of their events; here they are passed by.
 */
import { z } from 'zod';
import { decodeEvent } from '#domain/events/event-wire.ts';
import type { SeedEvent } from '#domain/events/seed-events.ts';
import { centsSchema } from '#domain/money/cents.ts';
import type { Queryable } from '../database/database.ts';
import { type LogRange, type LoggedEvent, readRange, readRangeAbout } from '../log/log-reader.ts';
import { toCurrentEnvelope } from '../log/stored-event.ts';
import { parkedAmong } from '../subscribers/dead-letters.ts';
import { positionOf } from '../subscribers/position-store.ts';
import type { Subscriber } from '../subscribers/subscriber.ts';
import { inReportingTime } from './in-reporting-time.ts';

type Created = Extract<SeedEvent, { type: 'order.created' }>;
type EndStatus = 'completed' | 'voided';

interface CreatedOrder {
  readonly event: Created;
  readonly row: LoggedEvent;
}

/** How far an order has come, by all of its ends in the order of the log: a sale is completed, and voided later. */
interface OrderEnd {
  readonly orderId: string;
  readonly locationId: string;
  readonly status: EndStatus;
  /** UTC instant of the last of them. */
  readonly at: string;
  readonly completedAt: string | null;
}

const NAME = 'order-book';

const END_STATUS: Readonly<Record<string, EndStatus>> = {
  'order.completed': 'completed',
  'order.voided': 'voided',
};
const AFTER_CREATED = ['order.refunded', ...Object.keys(END_STATUS)];

export const orderBook: Subscriber = {
  name: NAME,
  begins: 'with_history',
  async handle(tx, range) {
    const rows = await inReportingTime(tx, await readRange(tx, range, ['order.created', ...AFTER_CREATED]));
    // An order that cannot be read is thrown for, and parked by the runner.
    const created = rows.flatMap((row): CreatedOrder[] => {
      if (row.event_type !== 'order.created') return [];
      const { event } = decodeEvent(toCurrentEnvelope(row));
      return event.type === 'order.created' ? [{ event, row }] : [];
    });
    const ends = endsOf(rows);
    const booked = await bookCreated(tx, created, ends);
    await bookEnds(
      tx,
      [...ends.values()].filter(({ orderId }) => !booked.has(orderId)),
    );
    await bookRefunds(tx, rows);
    const passedBy = await readPassedBy(tx, range, booked);
    await bookEnds(tx, [...endsOf(passedBy).values()]);
    await bookRefunds(tx, passedBy);
  },
};

/** By {@link keyOf}. */
function endsOf(rows: readonly LoggedEvent[]): ReadonlyMap<string, OrderEnd> {
  const ends = new Map<string, OrderEnd>();
  for (const row of rows) {
    const status = END_STATUS[row.event_type];
    if (status === undefined) continue;
    const at = row.timestamp.toISOString();
    const key = keyOf(row);
    const completedAt = status === 'completed' ? at : (ends.get(key)?.completedAt ?? null);
    ends.set(key, { orderId: row.aggregate_id, locationId: row.location_id, status, at, completedAt });
  }
  return ends;
}

/** A terminal ends orders of its own location only. */
function keyOf(row: Pick<LoggedEvent, 'aggregate_id' | 'location_id'>): string {
  return `${row.location_id} ${row.aggregate_id}`;
}

/**
 * An order that is booked late, from a dead letter that was retried, was refunded or voided when the book did not have it
 * yet: those events are behind the position, and will not come again. One that is a dead letter itself comes by its own.
 */
async function readPassedBy(
  tx: Queryable,
  { to }: LogRange,
  booked: ReadonlySet<string>,
): Promise<readonly LoggedEvent[]> {
  if (booked.size === 0) return [];
  const position = await positionOf(tx, NAME);
  if (position.tx === to.tx && position.id === to.id) return [];
  const rows = await readRangeAbout(tx, { from: to, to: position }, AFTER_CREATED, [...booked]);
  const parked = await parkedAmong(
    tx,
    NAME,
    rows.map(({ event_id }) => event_id),
  );
  return inReportingTime(
    tx,
    rows.filter(({ event_id }) => !parked.has(event_id)),
  );
}

const whoSchema = z.looseObject({ user_id: z.string().max(100) });

/** Who rang it up; a till that does not say so is named itself. */
function whoOf(row: LoggedEvent): string {
  const parsed = whoSchema.safeParse(row.metadata);
  return parsed.success ? parsed.data.user_id : `terminal:${row.terminal_id}`;
}

const itemsSchema = z.looseObject({ items: z.array(z.unknown()) });

/** @returns the ids of those that are new: another order's id cannot be taken */
async function bookCreated(
  tx: Queryable,
  created: readonly CreatedOrder[],
  ends: ReadonlyMap<string, OrderEnd>,
): Promise<ReadonlySet<string>> {
  if (created.length === 0) return new Set();
  const events = created.map(({ event }) => event);
  // Nearly always in the same page: a till commits a sale as a whole.
  const endOf = ({ row }: CreatedOrder) => ends.get(keyOf(row));
  const rows = await tx.query(
    bookedRow,
    `INSERT INTO orders (order_id, location_id, channel, origin, customer_id, status, subtotal, deposit, tax, total,
                         payment_method, age_verified, placed_by, items, created_at, updated_at, completed_at)
     SELECT o.order_id, o.location_id, o.channel, 'terminal', o.customer_id, o.status, o.subtotal, o.deposit, o.tax, o.total,
            o.payment_method, o.age_verified, o.placed_by, o.items::jsonb, o.created_at, o.updated_at, o.completed_at
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
                 $9::bigint[], $10::text[], $11::boolean[], $12::text[], $13::text[], $14::timestamptz[], $15::timestamptz[],
                 $16::timestamptz[])
       AS o (order_id, location_id, channel, customer_id, status, subtotal, deposit, tax, total, payment_method,
             age_verified, placed_by, items, created_at, updated_at, completed_at)
     ON CONFLICT (order_id) DO NOTHING RETURNING order_id`,
    [
      events.map(({ orderId }) => orderId),
      created.map(({ row }) => row.location_id),
      events.map(({ channel }) => channel),
      events.map(({ customerId }) => customerId),
      created.map((one) => endOf(one)?.status ?? 'authorized'),
      events.map(({ subtotal }) => subtotal),
      events.map(({ deposit }) => deposit),
      events.map(({ tax }) => tax),
      events.map(({ total }) => total),
      events.map(({ paymentMethod }) => paymentMethod),
      events.map(({ ageVerified }) => String(ageVerified)),
      created.map(({ row }) => whoOf(row)),
      created.map(({ row }) => JSON.stringify(itemsSchema.parse(row.payload).items)),
      created.map(({ row }) => row.timestamp.toISOString()),
      created.map((one) => endOf(one)?.at ?? one.row.timestamp.toISOString()),
      created.map((one) => endOf(one)?.completedAt ?? null),
    ],
  );
  return new Set(rows.map(({ order_id }) => order_id));
}

const bookedRow = z.object({ order_id: z.string() });

async function bookEnds(tx: Queryable, ends: readonly OrderEnd[]): Promise<void> {
  if (ends.length === 0) return;
  await tx.execute(
    `UPDATE orders SET status = e.status, updated_at = e.at, completed_at = COALESCE(e.completed_at, orders.completed_at)
     FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
       AS e (order_id, location_id, status, at, completed_at)
     WHERE orders.order_id = e.order_id AND orders.location_id = e.location_id AND orders.origin = 'terminal'`,
    [
      ends.map(({ orderId }) => orderId),
      ends.map(({ locationId }) => locationId),
      ends.map(({ status }) => status),
      ends.map(({ at }) => at),
      ends.map(({ completedAt }) => completedAt),
    ],
  );
}

async function bookRefunds(tx: Queryable, rows: readonly LoggedEvent[]): Promise<void> {
  for (const row of rows) if (row.event_type === 'order.refunded') await bookRefund(tx, row);
}

const refundedRow = z.object({ refunded: centsSchema });

async function bookRefund(tx: Queryable, row: LoggedEvent): Promise<void> {
  const { event } = decodeEvent(toCurrentEnvelope(row));
  if (event.type !== 'order.refunded') return;
  // Read back: a sum that is no amount any more is thrown for, and parked. In the table it would hide all orders of the shop.
  await tx.query(
    refundedRow,
    `UPDATE orders SET refunded = refunded + $3, updated_at = $4
     WHERE order_id = $1 AND location_id = $2 AND origin = 'terminal' RETURNING refunded`,
    [event.orderId, row.location_id, event.refundAmount, row.timestamp.toISOString()],
  );
}
