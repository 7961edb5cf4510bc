/**
 * Reads what can still be read of the history of a till whose database is damaged, as far as the chain proves it. Changes nothing. The
 * backup may be older than the archive's last run: then the next events are in its files, and in the database those behind them.
 */
import path from 'node:path';
import Database from 'better-sqlite3';
import type { EventRecord } from '#domain/events/event-record.ts';
import { type ChainHead, findChainBreak } from '#sync/protocol/hash-chain.ts';
import {
  ArchiveDamagedError,
  archiveFilesBehind,
  archiveFolder,
  readUnlistedFile,
} from '../store/archive-file.ts';
import { EVENT_COLUMNS } from '../store/event-columns.ts';
import { PROVISIONAL_FROM } from '../store/recovery.ts';
import { sqliteCode } from '../store/store-errors.ts';

export interface Salvage {
  readonly events: readonly EventRecord[];
  /** The log was read to its end without an error: nothing behind the last of them was there. */
  readonly whole: boolean;
  /** Ids of events that waited for their number: they continue nothing and are not salvaged (`store/recovery.ts`). */
  readonly waiting: readonly string[];
}

/** By the index of the numbers, and where that one is damaged, by the table alone. */
const WAYS = [
  `SELECT ${EVENT_COLUMNS} FROM event_log WHERE seq > ? AND seq <= ${PROVISIONAL_FROM} ORDER BY seq`,
  `SELECT ${EVENT_COLUMNS} FROM event_log NOT INDEXED WHERE seq > ? AND seq <= ${PROVISIONAL_FROM} ORDER BY id`,
];

const WAITING = `SELECT event_id FROM event_log WHERE seq > ${PROVISIONAL_FROM} ORDER BY seq`;

/** @param head where the history goes on: the last event of the backup */
export function salvageTail(damaged: string, head: ChainHead): Salvage {
  const events: EventRecord[] = archivedBehind(archiveFolder(path.dirname(damaged)), head);
  let end = events.at(-1) ?? head;
  let whole = false;
  let waiting: readonly string[] = [];
  for (const sql of WAYS) {
    const read = readOn(damaged, sql, end);
    events.push(...read.events);
    end = read.events.at(-1) ?? end;
    ({ whole, waiting } = read);
    if (whole) break;
  }
  return { events, whole, waiting };
}

/** A file that cannot be read, or is of another history, is passed by: the next one may continue what is known all the same. */
function archivedBehind(folder: string, head: ChainHead): EventRecord[] {
  const events: EventRecord[] = [];
  for (const name of archiveFilesBehind(folder, head.seq)) {
    const end = events.at(-1) ?? head;
    const next = eventsIn(folder, name).filter(({ seq }) => seq > end.seq);
    if (!findChainBreak(end, next)) events.push(...next);
  }
  return events;
}

function eventsIn(folder: string, name: string): readonly EventRecord[] {
  try {
    return readUnlistedFile(folder, name);
  } catch (error) {
    if (error instanceof ArchiveDamagedError) return [];
    throw error;
  }
}

function readOn(damaged: string, sql: string, from: ChainHead): Salvage {
  const events: EventRecord[] = [];
  let connection: Database.Database | undefined;
  try {
    connection = new Database(damaged, { readonly: true, fileMustExist: true });
    let head = from;
    for (const event of connection.prepare<[number], EventRecord>(sql).iterate(from.seq)) {
      if (findChainBreak(head, [event])) return { events, whole: false, waiting: [] };
      events.push(event);
      head = event;
    }
    return { events, whole: true, waiting: connection.prepare<[], string>(WAITING).pluck().all() };
  } catch (error) {
    // What was read before the damaged page is good: the chain says so.
    if (sqliteCode(error) === undefined) throw error;
    return { events, whole: false, waiting: [] };
  } finally {
    connection?.close();
  }
}
