/** Writes events into the log: many by COPY, the few of an order in one statement with the head of their chain. */
import { z } from 'zod';
import type { EventRecord } from '#domain/events/event-record.ts';
import type { CopyRow, Queryable } from '../database/database.ts';
import { TRANSACTION_NUMBER } from './log-clock.ts';

const COLUMNS = [
  'tx',
  'terminal_id',
  'location_id',
  'seq',
  'event_id',
  'event_type',
  'aggregate_id',
  'timestamp',
  'payload',
  'metadata',
  'prev_hash',
  'hash',
];

const transactionRow = z.object({ tx: z.int() });

/**
 * All of a batch at once. Twice as quick as INSERT, with half the text: no quote of a payload is escaped. In the order of
 * their seq, and in a transaction: its number is the first part of their position.
 * @param known that number ({@link TRANSACTION_NUMBER}), from who has asked for it already: it costs a round trip
 */
export async function insertEvents(
  tx: Queryable,
  events: readonly EventRecord[],
  known?: number,
): Promise<void> {
  if (events.length === 0) return;
  const transaction = known ?? (await transactionNumber(tx));
  await tx.copyRows(
    'event_log',
    COLUMNS,
    events.map((event) => rowOf(event, transaction)),
  );
}

async function transactionNumber(tx: Queryable): Promise<number> {
  const [row] = await tx.query(transactionRow, `SELECT ${TRANSACTION_NUMBER} AS tx`);
  if (row === undefined) throw new Error('log_clock has no row');
  return row.tx;
}

/** Events of one chain, and the head of that chain moved to the last of them: one statement, one round trip. */
export async function insertWithHead(
  tx: Queryable,
  events: readonly EventRecord[],
  now: Date,
): Promise<void> {
  const last = events.at(-1);
  if (last === undefined) return;
  await tx.execute(
    `WITH head AS (UPDATE terminals SET head_seq = $3, head_hash = $4, last_seen_at = $5 WHERE terminal_id = $1)
     INSERT INTO event_log
       (tx, terminal_id, location_id, seq, event_id, event_type, aggregate_id, timestamp, payload, metadata, prev_hash, hash)
     SELECT ${TRANSACTION_NUMBER}, $1, $2, e.seq, e.event_id, e.event_type, e.aggregate_id, e.timestamp, e.payload::jsonb,
            e.metadata::jsonb, e.prev_hash, e.hash
     FROM unnest($6::bigint[], $7::uuid[], $8::text[], $9::text[], $10::timestamptz[], $11::text[], $12::text[], $13::text[],
                 $14::text[])
       AS e (seq, event_id, event_type, aggregate_id, timestamp, payload, metadata, prev_hash, hash)`,
    [
      last.terminalId,
      last.locationId,
      last.seq,
      last.hash,
      now.toISOString(),
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

function rowOf(event: EventRecord, tx: number): CopyRow {
  return [
    tx,
    event.terminalId,
    event.locationId,
    event.seq,
    event.eventId,
    event.eventType,
    event.aggregateId,
    event.timestamp,
    event.payload,
    event.metadata,
    event.prevHash,
    event.hash,
  ];
}
