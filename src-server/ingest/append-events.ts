/** The statements of a batch. Each takes all its rows at once: the number of round trips does not grow with the batch. */
import type { EventRecord } from '#domain/events/event-record.ts';
import type { Queryable } from '../database/database.ts';
import { STOCK_SUBSCRIBER, type StockChange, type UnreadableEvent } from './stock-changes.ts';

/** All of one terminal and location, in the order of their seq. */
export async function insertEvents(tx: Queryable, events: readonly EventRecord[]): Promise<void> {
  const [first] = events;
  if (first === undefined) return;
  await tx.execute(
    `INSERT INTO event_log
       (terminal_id, location_id, seq, event_id, event_type, aggregate_id, timestamp, payload, metadata, prev_hash, hash)
     SELECT $1, $2, e.seq, e.event_id, e.event_type, e.aggregate_id, e.timestamp, e.payload::jsonb, e.metadata::jsonb,
            e.prev_hash, e.hash
     FROM unnest($3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::timestamptz[], $8::text[], $9::text[], $10::text[],
                 $11::text[])
       AS e (seq, event_id, event_type, aggregate_id, timestamp, payload, metadata, prev_hash, hash)`,
    [
      first.terminalId,
      first.locationId,
      events.map((event) => event.seq),
      events.map((event) => event.eventId),
      events.map((event) => event.eventType),
      events.map((event) => event.aggregateId),
      events.map((event) => event.timestamp),
      events.map((event) => event.payload),
      events.map((event) => event.metadata),
      events.map((event) => event.prevHash),
      events.map((event) => event.hash),
    ],
  );
}

export async function moveStock(
  tx: Queryable,
  locationId: string,
  changes: readonly StockChange[],
): Promise<void> {
  if (changes.length === 0) return;
  await tx.execute(
    `INSERT INTO stock (location_id, sku, quantity, updated_by)
     SELECT $1, c.sku, c.change, c.updated_by
     FROM unnest($2::text[], $3::bigint[], $4::uuid[]) AS c (sku, change, updated_by)
     ON CONFLICT (location_id, sku)
       DO UPDATE SET quantity = stock.quantity + EXCLUDED.quantity, updated_by = EXCLUDED.updated_by`,
    [
      locationId,
      changes.map(({ sku }) => sku),
      changes.map(({ change }) => change),
      changes.map(({ updatedBy }) => updatedBy),
    ],
  );
}

export async function parkUnreadable(tx: Queryable, unreadable: readonly UnreadableEvent[]): Promise<void> {
  if (unreadable.length === 0) return;
  await tx.execute(
    `INSERT INTO dead_letters (event_id, subscriber, reason)
     SELECT d.event_id, $1, d.reason FROM unnest($2::uuid[], $3::text[]) AS d (event_id, reason)
     ON CONFLICT (event_id, subscriber) DO NOTHING`,
    [STOCK_SUBSCRIBER, unreadable.map(({ eventId }) => eventId), unreadable.map(({ reason }) => reason)],
  );
}

export async function moveHead(tx: Queryable, last: EventRecord, now: Date): Promise<void> {
  await tx.execute(
    'UPDATE terminals SET head_seq = $2, head_hash = $3, last_seen_at = $4 WHERE terminal_id = $1',
    [last.terminalId, last.seq, last.hash, now.toISOString()],
  );
}
