/** The bare baselines of the replay: the same rows in two kinds of INSERT, as text and values made beforehand. */
import type { EventRecord } from '#domain/events/event-record.ts';
import type { Database, SqlValue } from '#server/database/database.ts';
import { insertEvents } from '#server/log/insert-events.ts';

const ROWS_PER_INSERT = 500;

export interface RawStatement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** `INSERT … VALUES ($1, …), …`: one parameter a field, 5,500 a statement. */
export function valuesStatements(events: readonly EventRecord[]): RawStatement[] {
  return pagesOf(events).map((page) => {
    const values = page.map(fieldsOf);
    let parameter = 0;
    const rows = values.map((fields) => `(1, ${fields.map(() => `$${(parameter += 1)}`).join(', ')})`);
    return {
      sql: `INSERT INTO event_log (tx, event_id, terminal_id, seq, event_type, aggregate_id, timestamp, location_id,
                                   payload, metadata, prev_hash, hash) VALUES ${rows.join(', ')}`,
      values: values.flat(),
    };
  });
}

/** `INSERT … SELECT FROM unnest(…)`: one array a field, the quickest INSERT there is. */
export function unnestStatements(events: readonly EventRecord[]): RawStatement[] {
  return pagesOf(events).map((page) => {
    const rows = page.map(fieldsOf);
    return {
      sql: `INSERT INTO event_log (tx, event_id, terminal_id, seq, event_type, aggregate_id, timestamp, location_id, payload,
                                   metadata, prev_hash, hash)
            SELECT 1, e.event_id, e.terminal_id, e.seq, e.event_type, e.aggregate_id, e.timestamp, e.location_id,
                   e.payload::jsonb, e.metadata::jsonb, e.prev_hash, e.hash
            FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[], $7::text[],
                        $8::text[], $9::text[], $10::text[], $11::text[])
              AS e (event_id, terminal_id, seq, event_type, aggregate_id, timestamp, location_id, payload, metadata,
                    prev_hash, hash)`,
      values: Array.from({ length: 11 }, (_, field) => rows.map((row) => String(row[field]))),
    };
  });
}

/** `INSERT … SELECT FROM jsonb_to_recordset($1)`: one JSON text a statement. */
export function jsonStatements(events: readonly EventRecord[]): RawStatement[] {
  return pagesOf(events).map((page) => ({
    sql: `INSERT INTO event_log (tx, event_id, terminal_id, seq, event_type, aggregate_id, timestamp, location_id, payload,
                                 metadata, prev_hash, hash)
          SELECT 1, e."eventId", e."terminalId", e.seq, e."eventType", e."aggregateId", e.timestamp, e."locationId",
                 e.payload, e.metadata, e."prevHash", e.hash
          FROM jsonb_to_recordset($1::jsonb)
            AS e ("eventId" uuid, "terminalId" text, seq bigint, "eventType" text, "aggregateId" text, timestamp timestamptz,
                  "locationId" text, payload jsonb, metadata jsonb, "prevHash" text, hash text)`,
    values: [`[${page.map(jsonRow).join(',')}]`],
  }));
}

/** Payload and metadata are JSON as they are. */
function jsonRow({ payload, metadata, ...fields }: EventRecord): string {
  return `${JSON.stringify(fields).slice(0, -1)},"payload":${payload},"metadata":${metadata}}`;
}

/** COPY of 500 rows, each in a transaction: the server's own way, without everything that it does besides. */
export async function copyPages(database: Database, events: readonly EventRecord[]): Promise<void> {
  for (const page of pagesOf(events)) await database.transaction((tx) => insertEvents(tx, page));
}

function pagesOf(events: readonly EventRecord[]): EventRecord[][] {
  const pages: EventRecord[][] = [];
  for (let from = 0; from < events.length; from += ROWS_PER_INSERT) {
    pages.push(events.slice(from, from + ROWS_PER_INSERT));
  }
  return pages;
}

function fieldsOf(event: EventRecord): SqlValue[] {
  return [
    event.eventId,
    event.terminalId,
    event.seq,
    event.eventType,
    event.aggregateId,
    event.timestamp,
    event.locationId,
    event.payload,
    event.metadata,
    event.prevHash,
    event.hash,
  ];
}
