/**
 * One process per data folder. The lock is SQLite's own lock on a file beside the database, so the operating
 * system drops it when the process dies, however it dies: there is no stale lock to clean up.
 */
import path from 'node:path';
import Database from 'better-sqlite3';
import { StoreError, sqliteCode } from './store-errors.ts';

export interface FolderLock {
  release(): void;
}

/** @throws {StoreError} `store_locked` when another process has the folder, or when the lock file is none. */
export function lockFolder(folder: string): FolderLock {
  const file = path.join(folder, 'holdfast.lock');
  let connection: Database.Database | undefined;
  try {
    connection = new Database(file, { timeout: 0 });
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection?.close();
    const busy = sqliteCode(error)?.startsWith('SQLITE_BUSY') === true;
    throw new StoreError(
      'store_locked',
      busy
        ? `Another Holdfast is using ${folder}. Close it first.`
        : `The lock file ${file} cannot be used. It holds nothing: delete it and start again.`,
      { cause: error },
    );
  }
  const held = connection;
  return { release: () => held.close() };
}
