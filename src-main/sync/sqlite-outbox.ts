import path from 'node:path';
import { eq } from 'drizzle-orm';
import type { EventRecord } from '#domain/events/event-record.ts';
import type { Outbox } from '#sync/outbox.ts';
import { ArchiveDamagedError, archiveFolder } from '../store/archive-file.ts';
import { eventArchive } from '../store/event-archive.ts';
import type { WriteHandle } from '../store/handles.ts';
import { historyReader } from '../store/history-reader.ts';
import { syncCursor } from '../store/schema.ts';
import { historyRestorer } from '../store/restore-history.ts';

export interface Paging {
  /** Events that one transaction marks at most. */
  readonly events: number;
  /** Of one acknowledgement, with its cursor: a few sales, as a connected till sends them. */
  readonly markedAtOnce: number;
  /** Leaves the write lock to others for about so long. */
  readonly pause: (ms: number) => void;
}

/** A page takes some ten milliseconds: a tender that meets one waits that long. */
const PAGING: Paging = { events: 2_000, markedAtOnce: 100, pause: sleep };

/** The till's history in SQLite and in the archive beside it, as the engine's outbox. */
export function sqliteOutbox(store: WriteHandle, paging: Paging = PAGING): Outbox {
  const { query, connection } = store;
  const archive = eventArchive(store, archiveFolder(path.dirname(connection.name)));
  const history = historyReader(store, archive);
  const { head } = history;
  const cursor = query
    .select({ acked: syncCursor.ackedThrough })
    .from(syncCursor)
    .where(eq(syncCursor.slot, 1))
    .prepare();
  const oldest = connection
    .prepare<[number], string>(
      'SELECT timestamp FROM event_log WHERE processed = 0 AND seq > ? ORDER BY seq LIMIT 1',
    )
    .pluck();
  /** The last of a page of events that are not marked, up to a seq. */
  const endOfUnmarked = connection
    .prepare<[number, number], number | null>(
      'SELECT max(seq) FROM (SELECT seq FROM event_log WHERE processed = 0 AND seq <= ? ORDER BY seq LIMIT ?)',
    )
    .pluck();
  const process = connection.prepare(
    'UPDATE event_log SET processed = 1, processed_at = ? WHERE processed = 0 AND seq > ? AND seq <= ?',
  );
  const unprocess = connection.prepare(
    'UPDATE event_log SET processed = 0, processed_at = NULL WHERE processed = 1 AND seq > ? AND seq <= ?',
  );
  const move = connection.prepare('UPDATE sync_cursor SET acked_through = ?, acked_at = ? WHERE slot = 1');
  const acked = (): number => cursor.get()?.acked ?? 0;

  const takeMarksBack = (from: number, to: number): void => {
    for (let after = from; after < to; after += paging.events) {
      const started = performance.now();
      store.transaction(() => unprocess.run(after, Math.min(after + paging.events, to)));
      if (after + paging.events < to) paging.pause(performance.now() - started);
    }
  };

  /** Whoever reads that event to send it tells of the damage; a status must be shown all the same. */
  const archivedAt = (seq: number): string | undefined => {
    try {
      return archive.at(seq)?.timestamp;
    } catch (error) {
      if (error instanceof ArchiveDamagedError) return undefined;
      throw error;
    }
  };

  return {
    head,
    ackedThrough: acked,
    hashAt: (seq) => history.hashAt(seq),
    read: (from, { maxEvents, maxBytes }) => withinBytes(history.from(from, maxEvents), maxBytes),
    // A hello may move the cursor over a million events: to mark them all would hold the write lock for seconds, and a tender
    // would wait for it. In a backlog each mark writes an event's page again, which is as much work as to send it.
    setAckedThrough(seq, at) {
      const before = acked();
      if (seq >= before) {
        store.transaction(() => {
          move.run(seq, at);
          // Only its own: of a backlog all those before it may have no mark yet.
          if (seq - before <= paging.markedAtOnce) process.run(at, before, seq);
        });
        return;
      }
      // Backwards the cursor goes first: a crash then leaves events marked that are sent again all the same, and are
      // processed in truth by the time the cursor has passed them. The other way round the cursor would claim, until
      // the next hello, what the server has lost. Up to the head, because of marks that such a crash has left.
      store.transaction(() => move.run(seq, at));
      takeMarksBack(seq, head().seq);
    },
    markProcessed(at) {
      const through = acked();
      const end = endOfUnmarked.get(through, paging.events) ?? null;
      if (end === null) return false;
      store.transaction(() => process.run(at, 0, end));
      return (endOfUnmarked.get(through, 1) ?? null) !== null;
    },
    restore: historyRestorer(store),
    oldestWaitingAt: () => archivedAt(acked() + 1) ?? oldest.get(acked()) ?? null,
  };
}

/**
 * Blocks the thread, as every statement does here. SQLite's waiting writer looks again only now and then: it would
 * hardly ever meet the instant between two pages, so the lock stays free for as long as it was held.
 */
export function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
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
