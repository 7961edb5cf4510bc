/** Writes events, all rows at once and by COPY: twice as quick as INSERT, with half the text (no quote is escaped). */
import { z } from 'zod';
import type { EventRecord } from '#domain/events/event-record.ts';
import type { CopyRow, Queryable } from '../database/database.ts';

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

/** In the order of their seq. Must be called in a transaction: its number is the first part of their position. */
export async function insertEvents(tx: Queryable, events: readonly EventRecord[]): Promise<void> {
  if (events.length === 0) return;
  const [transaction] = await tx.query(
    transactionRow,
    'SELECT shift + pg_current_xact_id()::text::bigint AS tx FROM log_clock',
  );
  if (transaction === undefined) throw new Error('log_clock has no row');
  await tx.copyRows(
    'event_log',
    COLUMNS,
    events.map((event) => rowOf(event, transaction.tx)),
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
