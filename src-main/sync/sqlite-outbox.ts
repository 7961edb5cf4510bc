import { asc, eq, gte, sql } from 'drizzle-orm';
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
  const page = query
    .select({
      eventId: eventLog.eventId,
      terminalId: eventLog.terminalId,
      seq: eventLog.seq,
      eventType: eventLog.eventType,
      aggregateId: eventLog.aggregateId,
      timestamp: eventLog.timestamp,
      locationId: eventLog.locationId,
      payload: eventLog.payload,
      metadata: eventLog.metadata,
      prevHash: eventLog.prevHash,
      hash: eventLog.hash,
    })
    .from(eventLog)
    .where(gte(eventLog.seq, sql.placeholder('from')))
    .orderBy(asc(eventLog.seq))
    .limit(sql.placeholder('count'))
    .prepare();
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
    read: (from, { maxEvents, maxBytes }) => withinBytes(page.all({ from, count: maxEvents }), maxBytes),
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

/** The longest beginning that fits; at least one event, or a large one would stop the queue for ever. */
function withinBytes(events: EventRecord[], maxBytes: number): EventRecord[] {
  let bytes = 0;
  const fitting = events.findIndex((event) => {
    bytes += Buffer.byteLength(event.payload) + Buffer.byteLength(event.metadata);
    return bytes > maxBytes;
  });
  return fitting === -1 ? events : events.slice(0, Math.max(1, fitting));
}
