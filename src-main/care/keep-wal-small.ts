/**
 * Moves what sales have written from the WAL into the database, off their way: a commit then only appends. While the till is busy a
 * passive checkpoint copies what it can without waiting for anybody; when it is idle the file is cut back to nothing.
 */
import { statSync } from 'node:fs';
import type Database from 'better-sqlite3';

/** About a thousand sales. */
const PASSIVE_FROM_BYTES = 4 * 1024 * 1024;

export interface WalKeeper {
  /** To be called every few seconds. */
  look(): void;
  bytes(): number;
}

/** @param connection that nobody sells on: the till's other connections wait for none of this */
export function walKeeper(connection: Database.Database, passiveFromBytes = PASSIVE_FROM_BYTES): WalKeeper {
  const file = `${connection.name}-wal`;
  let last = '';
  const bytes = (): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return {
    bytes,
    look() {
      const found = statSync(file, { throwIfNoEntry: false });
      if (!found || found.size === 0) return;
      const state = `${found.size} ${found.mtimeMs}`;
      if (state === last) cutBack(connection);
      else if (found.size >= passiveFromBytes) connection.pragma('wal_checkpoint(PASSIVE)');
      last = state;
    },
  };
}

/**
 * Needs the WAL for itself for a moment: without patience, so that neither a sale nor a reader ever waits for it. Who has it
 * right now keeps it, and it is tried again.
 */
function cutBack(connection: Database.Database): void {
  const patience = Number(connection.pragma('busy_timeout', { simple: true }));
  connection.pragma('busy_timeout = 0');
  try {
    connection.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    connection.pragma(`busy_timeout = ${patience}`);
  }
}
