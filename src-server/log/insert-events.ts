/** The statement that writes events. It takes all its rows at once: the number of round trips does not grow with them. */
import type { EventRecord } from '#domain/events/event-record.ts';
import type { Queryable } from '../database/database.ts';

/** All of one terminal and location, in the order of their seq. */
export async function insertEvents(tx: Queryable, events: readonly EventRecord[]): Promise<void> {
  const [first] = events;
  if (first === undefined) return;
  await tx.execute(
    `INSERT INTO event_log
       (tx, terminal_id, location_id, seq, event_id, event_type, aggregate_id, timestamp, payload, metadata, prev_hash, hash)
     SELECT (SELECT shift + pg_current_xact_id()::text::bigint FROM log_clock),
            $1, $2, e.seq, e.event_id, e.event_type, e.aggregate_id, e.timestamp, e.payload::jsonb, e.metadata::jsonb,
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
