import type Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import type { EventRecord } from '#domain/events/event-record.ts';
import { type ChainHead, chainHash } from '#sync/protocol/hash-chain.ts';
import { EVENT_COLUMNS } from '../store/event-columns.ts';
import { readHandle } from '../store/handles.ts';
import { prepareHead } from '../store/recovery.ts';

/**
 * Proves that a database, open on this connection, can be read from end to end, and that its last event is what its hash says.
 * @returns the last event, or where the history begins
 * @throws {Error} in words
 */
export function checkedHead(connection: Database.Database): ChainHead {
  const verdict = String(connection.prepare('PRAGMA quick_check(1)').pluck().get());
  if (verdict !== 'ok') throw new Error(`The database does not hold together: ${verdict}`);
  const store = readHandle(connection, drizzle(connection));
  const head = prepareHead(store)();
  const last = store
    .prepareRead<[number], EventRecord>(`SELECT ${EVENT_COLUMNS} FROM event_log WHERE seq = ?`)
    .get(head.seq);
  if (last && chainHash(last, last.prevHash) !== last.hash) {
    throw new Error(`Event ${last.seq} is not what its hash says.`);
  }
  return head;
}
