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

/** @throws {StoreError} `store_locked` when another process has the folder. */
export function lockFolder(folder: string): FolderLock {
  const connection = new Database(path.join(folder, 'holdfast.lock'), { timeout: 0 });
  try {
    connection.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    connection.close();
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY')) {
      throw new StoreError('store_locked', `Another Holdfast is using ${folder}. Close it first.`, {
        cause: error,
      });
    }
    throw error;
  }
  return { release: () => connection.close() };
}
