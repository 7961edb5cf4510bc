import { eq, sql } from 'drizzle-orm';
import type { EventRecord } from '#domain/events/event-record.ts';
import type { Outbox } from '#sync/outbox.ts';
import { prepareHead } from '../store/event-log.ts';
import type { WriteHandle } from '../store/handles.ts';
import { eventLog, syncCursor } from '../store/schema.ts';

/** The event log in SQLite, as the engine's outbox. */
export function sqliteOutbox(store: WriteHandle): Outbox {
  const { query, connection } = store;
  const head = prepareHead(store);
  const cursor = query
    .select({ acked: syncCursor.ackedThrough })
    .from(syncCursor)
    .where(eq(syncCursor.slot, 1))
    .prepare();
  const hash = query
    .select({ hash: eventLog.hash })
    .from(eventLog)
    .where(eq(eventLog.seq, sql.placeholder('seq')))
    .prepare();
  const page = store.prepareRead<[number, number], EventRecord>(`
    SELECT event_id AS eventId, terminal_id AS terminalId, seq, event_type AS eventType, aggregate_id AS aggregateId,
           timestamp, location_id AS locationId, payload, metadata, prev_hash AS prevHash, hash
    FROM event_log WHERE seq >= ? ORDER BY seq LIMIT ?`);
  const oldest = connection
    .prepare<[], string>('SELECT timestamp FROM event_log WHERE processed = 0 ORDER BY seq LIMIT 1')
    .pluck();
  const process = connection.prepare(
    'UPDATE event_log SET processed = 1, processed_at = ? WHERE processed = 0 AND seq <= ?',
  );
  const unprocess = connection.prepare(
    'UPDATE event_log SET processed = 0, processed_at = NULL WHERE seq > ? AND processed = 1',
  );
  const move = connection.prepare('UPDATE sync_cursor SET acked_through = ?, acked_at = ? WHERE slot = 1');

  return {
    head,
    ackedThrough: () => cursor.get()?.acked ?? 0,
    hashAt: (seq) => hash.get({ seq })?.hash,
    read: (from, { maxEvents, maxBytes }) => withinBytes(page.iterate(from, maxEvents), maxBytes),
    setAckedThrough(seq, at) {
      store.transaction(() => {
        // Only a cursor that moves back has something to take back; asked on every acknowledgement, this would
        // read the whole backlog again and again.
        if (seq < (cursor.get()?.acked ?? 0)) unprocess.run(seq);
        else process.run(at, seq);
        move.run(seq, at);
      });
    },
    oldestWaitingAt: () => oldest.get() ?? null,
  };
}

/**
 * The longest beginning that fits; at least one event, or a large one would stop the queue for ever. Rows behind it
 * are never read: five hundred long orders would be 20 MB.
 */
function withinBytes(rows: Iterable<EventRecord>, maxBytes: number): EventRecord[] {
  const events: EventRecord[] = [];
  let bytes = 0;
  for (const event of rows) {
    bytes += Buffer.byteLength(event.payload) + Buffer.byteLength(event.metadata);
    if (bytes > maxBytes && events.length > 0) break;
    events.push(event);
  }
  return events;
}
