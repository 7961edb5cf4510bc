/** The bare baselines of the replay: the same rows in two kinds of INSERT, as text and values made beforehand. */
import type { EventRecord } from '#domain/events/event-record.ts';
import type { Queryable, SqlValue } from '#server/database/database.ts';
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

/** `INSERT … SELECT FROM unnest(…)`: the server's own statement, taken from it, so that the two cannot drift apart. */
export async function unnestStatements(events: readonly EventRecord[]): Promise<RawStatement[]> {
  const statements: RawStatement[] = [];
  const recorder: Queryable = {
    query: () => Promise.reject(new Error('An insert asks nothing')),
    execute(sql, values = []) {
      statements.push({ sql, values });
      return Promise.resolve(0);
    },
  };
  for (const page of pagesOf(events)) await insertEvents(recorder, page);
  return statements;
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
