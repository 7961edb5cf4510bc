/**
 * Moves the old part of the history out of the database: events that the server has acknowledged and that are older than the
 * setting. In this order, so that a till that dies anywhere in it has each event in one place at least, and readers take
 * it from one place only:
 *
 *     file, forced to the disk ──▶ row in event_archives ──▶ rows removed, a few hundred a transaction
 *
 * What is begun again writes the same file over the old one, or goes on removing. Orders and receipts stay.
 */
import { z } from 'zod';
import type { EventRecord } from '#domain/events/event-record.ts';
import { findChainBreak } from '#sync/protocol/hash-chain.ts';
import { type ArchivedPart, readArchiveFile, writeArchiveFile } from '../store/archive-file.ts';
import { PART_COLUMNS } from '../store/event-archive.ts';
import { EVENT_COLUMNS } from '../store/event-columns.ts';
import type { ReadHandle, WriteHandle } from '../store/handles.ts';
import { prepareHead } from '../store/recovery.ts';
import { prepareSetting } from '../store/setting-rows.ts';

/** Ten thousand events are some ten megabytes of text and one of file. */
export const EVENTS_PER_FILE = 10_000;
/** A transaction of so many rows holds the write lock for a few milliseconds. */
const ROWS_PER_REMOVAL = 500;

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 90;

/** Days that acknowledged events stay in the database. The server sets it for all tills of a location. */
export function prepareKeepEventsDays(store: ReadHandle): () => number {
  return prepareSetting(store, 'keep_events_days', z.int().min(1).max(3_650), DEFAULT_DAYS);
}

/** What is done when a step ends: whatever happens then, nothing is lost. */
export type ArchiveStep = 'file written' | 'file listed' | 'rows removed';

export interface ArchiveRun {
  /** Of the archive. */
  readonly folder: string;
  readonly keepDays: number;
  readonly now: Date;
  readonly eventsPerFile?: number;
}

/**
 * One step each time it is asked. Between two steps nothing is locked, and the run may be given up.
 * @throws when a file cannot be written (the disk is full) or the history in the database is not whole; nothing is removed then
 */
export function* archiveSteps(store: WriteHandle, run: ArchiveRun): Generator<ArchiveStep, void> {
  const { folder, eventsPerFile = EVENTS_PER_FILE } = run;
  const listed = store.prepareRead<[], ArchivedPart>(
    `SELECT ${PART_COLUMNS} FROM event_archives ORDER BY last_seq DESC LIMIT 1`,
  );
  const list = store.connection.prepare(`
    INSERT INTO event_archives (first_seq, last_seq, file, bytes, sha256, archived_at) VALUES (?, ?, ?, ?, ?, ?)`);
  const page = store.prepareRead<[number, number], EventRecord>(
    `SELECT ${EVENT_COLUMNS} FROM event_log WHERE seq <= ? ORDER BY seq LIMIT ?`,
  );
  const cutOff = listed.get();
  if (cutOff) yield* removeRows(store, folder, cutOff);

  const end = lastOldEvent(store, run);
  for (;;) {
    const events = page.all(end, eventsPerFile);
    const first = events[0];
    if (!first) return;
    const broken = findChainBreak({ seq: first.seq - 1, hash: first.prevHash }, events);
    if (broken)
      throw new Error(`The history in the database is broken at event ${broken.seq} (${broken.code}).`);
    const part = writeArchiveFile(folder, events);
    readArchiveFile(folder, part);
    yield 'file written';
    store.transaction(() =>
      list.run(part.firstSeq, part.lastSeq, part.file, part.bytes, part.sha256, run.now.toISOString()),
    );
    yield 'file listed';
    yield* removeRows(store, folder, part);
  }
}

/**
 * The file is looked at again before anything is removed: between listing it and now somebody may have put back an older
 * folder, or the till may have been off for a year.
 */
function* removeRows(store: WriteHandle, folder: string, part: ArchivedPart): Generator<ArchiveStep, void> {
  const { connection } = store;
  const left = store.prepareRead<[number], { readonly seq: number }>(
    'SELECT seq FROM event_log WHERE seq <= ? ORDER BY seq LIMIT 1',
  );
  const remove = connection.prepare(`
    DELETE FROM event_log WHERE seq IN (
      SELECT seq FROM event_log WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ${ROWS_PER_REMOVAL})`);
  // What the server's figure does not have yet is added to it movement by movement. It has all of these.
  const removeMovements = connection.prepare(
    `DELETE FROM stock_movements WHERE seq <= ? AND seq < coalesce((SELECT min(seq) FROM event_log), 0)`,
  );
  if (left.get(part.lastSeq) === undefined) return;
  readArchiveFile(folder, part);
  while (left.get(part.lastSeq) !== undefined) {
    store.transaction(() => {
      remove.run(part.firstSeq, part.lastSeq);
      removeMovements.run(part.lastSeq);
    });
    yield 'rows removed';
  }
}

/**
 * The last event that may go, 0 when none may. Days count from midnight (UTC), so that a till that is started ten times a day does not
 * make ten files. An event whose clock was ahead goes with the ones behind it: order never depends on clocks. The last
 * event stays, the next one is chained to it.
 */
function lastOldEvent(store: WriteHandle, { keepDays, now }: ArchiveRun): number {
  const midnight = now.getTime() - (now.getTime() % DAY_MS);
  const before = new Date(midnight - keepDays * DAY_MS).toISOString();
  // From the newest backwards: it meets the first old one after the days that stay, however long the history is.
  const last = store.prepareRead<[number, string], { readonly seq: number }>(`
    SELECT seq FROM event_log
    WHERE seq < ? AND seq <= (SELECT acked_through FROM sync_cursor) AND timestamp < ? ORDER BY seq DESC LIMIT 1`);
  return last.get(prepareHead(store)().seq, before)?.seq ?? 0;
}
