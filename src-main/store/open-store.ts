/** Opens the till's database so that a commit means "on the disk", or says why it cannot. */
import { randomUUID } from 'node:crypto';
import { constants, accessSync, existsSync, mkdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import { drizzle } from 'drizzle-orm/better-sqlite3';
import { databaseFile } from './database-file.ts';
import { type ReadHandle, type WriteHandle, readHandle, writeHandle } from './handles.ts';
import { type FolderLock, lockFolder } from './folder-lock.ts';
import { finishHealing, isHealingUnfinished } from './healed-database.ts';
import { migrate, refuseNewer, versionOf } from './migrate.ts';
import { refuseOldSqlite } from './sqlite-version.ts';
import { StoreError, sqliteCode } from './store-errors.ts';

/** How long a writer waits for the other one (the sync engine's cursor update takes a millisecond or two). */
const BUSY_TIMEOUT_MS = 5_000;

/** What the WAL file is cut back to after a checkpoint; keeps a long day from filling the disk. */
const WAL_SIZE_LIMIT_BYTES = 64 * 1024 * 1024;

/**
 * Checkpoints are made by the care thread, long before the WAL has so many pages (64 MB), and a sale's commit only appends. Not 0,
 * which would be never: where there is no such thread (set-up, a large import), or when it does not get up again, the
 * WAL still has an end.
 */
const EMERGENCY_CHECKPOINT_PAGES = 16_384;

export { databaseFile };

export interface Store {
  readonly folder: string;
  readonly writer: WriteHandle;
  close(): void;
}

/** @throws {StoreError} `store_exists` when there is one: a database is never replaced. */
export function createStore(folder: string): Store {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw readOnly(folder, error);
  }
  if (existsSync(databaseFile(folder))) {
    throw new StoreError('store_exists', `There is already a till database in ${folder}.`);
  }
  return open(folder, false);
}

/** @throws {StoreError} with the way out in its message. */
export function openStore(folder: string): Store {
  if (!existsSync(databaseFile(folder)) && !isHealingUnfinished(folder)) {
    throw new StoreError(
      'store_missing',
      `There is no till database at ${databaseFile(folder)}. If this till was set up before, restore that file from a backup; a new one is only made when the till is set up.`,
    );
  }
  return open(folder, true);
}

function open(folder: string, mustExist: boolean): Store {
  refuseReadOnly(folder);
  const lock = lockFolder(folder);
  try {
    if (mustExist) {
      finishHealing(folder);
      refuseUnfit(folder);
    }
    return openLocked(folder, lock, mustExist);
  } catch (error) {
    lock.release();
    throw asStoreError(error, folder);
  }
}

function openLocked(folder: string, lock: FolderLock, mustExist: boolean): Store {
  const connection = new Database(databaseFile(folder), {
    fileMustExist: mustExist,
    timeout: BUSY_TIMEOUT_MS,
  });
  try {
    refuseOldSqlite(String(connection.prepare('SELECT sqlite_version()').pluck().get()));
    makeDurable(connection);
    migrate(connection);
    proveDurable(connection);
  } catch (error) {
    connection.close();
    throw error;
  }
  return {
    folder,
    writer: writeHandle(connection, drizzle(connection)),
    close: () => {
      connection.close();
      lock.release();
    },
  };
}

/** A second connection that can only read. The folder stays locked by whoever holds the writer. */
export function openReader(folder: string): { readonly reader: ReadHandle; close(): void } {
  const connection = new Database(databaseFile(folder), {
    readonly: true,
    fileMustExist: true,
    timeout: BUSY_TIMEOUT_MS,
  });
  return { reader: readHandle(connection, drizzle(connection)), close: () => connection.close() };
}

/**
 * A second writing connection in the same process, for the sync engine's thread: it moves the cursor and
 * nothing else. Takes no folder lock, because its process holds it.
 * @throws {StoreError} `not_durable` among others: a cursor that a power cut takes back would be harmless, but
 * FULL is the connection's, and whoever writes through it one day relies on it.
 */
export function openCursorWriter(folder: string): { readonly writer: WriteHandle; close(): void } {
  return openSecondWriter(folder);
}

/**
 * As {@link openCursorWriter}, for the thread that looks after the disk: it removes what is in the archive, and does all
 * checkpoints.
 */
export function openCareWriter(folder: string): { readonly writer: WriteHandle; close(): void } {
  return openSecondWriter(folder);
}

function openSecondWriter(folder: string): { readonly writer: WriteHandle; close(): void } {
  const connection = new Database(databaseFile(folder), { fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  try {
    makeDurable(connection);
    proveDurable(connection);
  } catch (error) {
    connection.close();
    throw asStoreError(error, folder);
  }
  return { writer: writeHandle(connection, drizzle(connection)), close: () => connection.close() };
}

/**
 * better-sqlite3 is compiled with WAL defaulting to synchronous=NORMAL, and the pragma goes on answering FULL
 * right after the switch to WAL and drops at the first write. So FULL is set here, and read back after a write.
 */
function makeDurable(connection: Database.Database): void {
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  connection.pragma(`journal_size_limit = ${WAL_SIZE_LIMIT_BYTES}`);
  connection.pragma(`wal_autocheckpoint = ${EMERGENCY_CHECKPOINT_PAGES}`);
  connection.pragma('trusted_schema = OFF');
}

function proveDurable(connection: Database.Database): void {
  connection
    .prepare(
      "INSERT INTO settings (key, value) VALUES ('opened_at', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    // SQLite writes nothing where the same value stands already, as after another opening in this millisecond.
    .run(JSON.stringify({ at: new Date().toISOString(), connection: randomUUID() }));
  const synchronous = connection.pragma('synchronous', { simple: true });
  const journal = connection.pragma('journal_mode', { simple: true });
  const foreignKeys = connection.pragma('foreign_keys', { simple: true });
  const FULL = 2;
  if (synchronous !== FULL || journal !== 'wal' || foreignKeys !== 1) {
    throw new StoreError(
      'not_durable',
      `The database would not promise that a sale is on the disk (synchronous ${String(synchronous)}, journal ${String(journal)}, foreign keys ${String(foreignKeys)}). The till does not sell like that; put its data on a local disk.`,
    );
  }
}

/**
 * Looks at the database through a connection that cannot write. A writing one would change what it refuses: it
 * folds the WAL back into a damaged file when it closes, and takes a file of no bytes for a new database.
 */
function refuseUnfit(folder: string): void {
  const connection = new Database(databaseFile(folder), {
    readonly: true,
    fileMustExist: true,
    timeout: BUSY_TIMEOUT_MS,
  });
  try {
    if (versionOf(connection) === 0) throw corrupt(folder, 'it is empty');
    refuseNewer(connection);
    const verdict = String(connection.prepare('PRAGMA quick_check(1)').pluck().get());
    if (verdict !== 'ok') throw corrupt(folder, verdict);
  } finally {
    connection.close();
  }
}

/**
 * Changes nothing. For whoever holds the folder's lock.
 * @returns what is wrong with the database; null when it is in order
 * @throws {StoreError} when it cannot be told, or is of another version
 */
export function damageOf(folder: string): StoreError | null {
  try {
    refuseUnfit(folder);
    return null;
  } catch (error) {
    const refusal = asStoreError(error, folder);
    if (refusal instanceof StoreError && refusal.code === 'store_corrupt') return refusal;
    throw refusal;
  }
}

function corrupt(folder: string, detail: string, cause?: unknown): StoreError {
  return new StoreError(
    'store_corrupt',
    `The till database ${databaseFile(folder)} is damaged (${detail}). Nothing was changed or replaced. Copy the whole folder away first, then restore the last backup of it; sales that the server has acknowledged are on the server.`,
    { cause },
  );
}

function refuseReadOnly(folder: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    if (existsSync(databaseFile(folder))) accessSync(databaseFile(folder), constants.R_OK | constants.W_OK);
  } catch (error) {
    throw readOnly(folder, error);
  }
}

function readOnly(folder: string, cause: unknown): StoreError {
  return new StoreError(
    'store_read_only',
    `The till cannot write to ${folder}. Give its user the right to write there, or choose another folder.`,
    { cause },
  );
}

function asStoreError(error: unknown, folder: string): unknown {
  if (error instanceof StoreError) return error;
  const code = sqliteCode(error);
  if (code === undefined) return error;
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) return corrupt(folder, code, error);
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN'))
    return readOnly(folder, error);
  return error;
}
