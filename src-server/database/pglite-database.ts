/**
 * The driver for PGlite: PostgreSQL in this process, its files in `<folder>/pgdata`.
 *
 * A folder is born complete: it is initialised as `pgdata.new`, fsynced and then renamed. So a `pgdata` that
 * cannot be opened is always damage, never a half-made beginning, and is left untouched.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { PGlite, type Transaction } from '@electric-sql/pglite';
import { z } from 'zod';
import { copyStatement, copyText } from './copy-text.ts';
import type { Database, Queryable } from './database.ts';
import { DatabaseStartError, errorCode } from './database-failure.ts';
import { DURABLE_START_PARAMETERS, DurableNodeFiles } from './durable-node-files.ts';
import { lockFolder } from './folder-lock.ts';

export interface PgliteOptions {
  readonly folder: string;
  /**
   * Write-ahead log between two checkpoints; default 64 MB. PGlite has no background checkpointer: without this the
   * log would grow until the process ends, and with it the recovery after a kill.
   */
  readonly checkpointAfterBytes?: number;
}

export interface PgliteDatabase extends Database {
  /** fsyncs done since the start, by commits and checkpoints. */
  syncs(): number;
}

/** 32 MB of buffers instead of 128: the operating system caches the files anyway, and the process is 160 MB smaller. */
const START_PARAMETERS = [...DURABLE_START_PARAMETERS, '-c', 'shared_buffers=32MB'];

const CHECKPOINT_AFTER_BYTES = 64 * 1024 * 1024;
/** transactions */
const LOOK_AT_LOG_EVERY = 64;

/** @throws {DatabaseStartError} `data_in_use`, `data_not_writable`, `database_damaged` */
export async function openPglite({
  folder,
  checkpointAfterBytes = CHECKPOINT_AFTER_BYTES,
}: PgliteOptions): Promise<PgliteDatabase> {
  const lock = lockFolder(folder);
  try {
    const data = join(folder, 'pgdata');
    if (!existsSync(data)) await createCluster(folder, data);
    const files = new DurableNodeFiles(data);
    const engine = await openCluster(data, files);
    return toDatabase(engine, files, checkpointAfterBytes, () => {
      lock.release();
    });
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function createCluster(folder: string, data: string): Promise<void> {
  const unfinished = join(folder, 'pgdata.new');
  rmSync(unfinished, { recursive: true, force: true });
  const engine = await PGlite.create({ fs: new DurableNodeFiles(unfinished), startParams: START_PARAMETERS });
  await engine.close();
  // initdb runs in an engine of its own that does not sync.
  for (const entry of readdirSync(unfinished, { recursive: true, withFileTypes: true })) {
    syncPath(join(entry.parentPath, entry.name));
  }
  syncPath(unfinished);
  renameSync(unfinished, data);
  syncPath(folder);
  syncFoldersAbove(folder);
}

/** The folder may be new itself, and those around it: without their names on the disk a power cut takes all that is in them. */
function syncFoldersAbove(folder: string): void {
  for (let below = resolve(folder), above = dirname(below); above !== below; above = dirname(below)) {
    below = above;
    try {
      syncPath(above);
    } catch (error) {
      // A folder that this user may not read was there before.
      if (errorCode(error) !== 'EACCES') throw error;
    }
  }
}

/** Windows cannot open folders to sync them; its file system journals the names itself. */
function syncPath(path: string): void {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r+');
  } catch {
    if (process.platform === 'win32') return;
    descriptor = openSync(path, 'r');
  }
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

async function openCluster(data: string, files: DurableNodeFiles): Promise<PGlite> {
  // Without this file PGlite would take the folder for an empty one and start a new database over the old.
  if (!existsSync(join(data, 'PG_VERSION'))) throw damaged(data, 'PG_VERSION is missing');
  refuseFullDisk(data);
  try {
    const engine = await PGlite.create({ fs: files, startParams: START_PARAMETERS });
    const { rows } = await engine.query<{ fsync: string }>('SHOW fsync');
    if (rows[0]?.fsync !== 'on') throw new Error('PGlite runs without fsync');
    return engine;
  } catch (error) {
    throw damaged(data, error instanceof Error ? error.message : String(error), error);
  }
}

/** One more file of the write-ahead log, in bytes: the recovery after a kill may need it. */
const LEAST_SPACE = 16 * 1024 * 1024;

/** Asked before PGlite is: its failure on a full disk cannot be told from damage, and nobody should move a sound database away. */
function refuseFullDisk(data: string): void {
  const { bavail, bsize } = statfsSync(data);
  if (bavail * bsize >= LEAST_SPACE) return;
  throw new DatabaseStartError(
    'data_not_writable',
    `The disk of the database in ${data} is full. Nothing was changed. Make space (at least 16 MB), then start again.`,
  );
}

function damaged(data: string, reason: string, cause?: unknown): DatabaseStartError {
  return new DatabaseStartError(
    'database_damaged',
    `The database in ${data} cannot be opened (${reason}). Nothing was changed. ` +
      'Move the folder away and keep it, then start again: the terminals, once enrolled anew, send their whole history.',
    { cause },
  );
}

function toDatabase(
  engine: PGlite,
  files: DurableNodeFiles,
  checkpointAfterBytes: number,
  released: () => void,
): PgliteDatabase {
  const running = new Set<Promise<unknown>>();
  let closing: Promise<void> | undefined;
  let transactions = 0;
  let checkpointAt = 0;

  async function track<Result>(work: Promise<Result>): Promise<Result> {
    running.add(work);
    try {
      return await work;
    } finally {
      running.delete(work);
    }
  }

  async function checkpointWhenDue(): Promise<void> {
    transactions += 1;
    if (transactions % LOOK_AT_LOG_EVERY !== 0) return;
    const { rows } = await engine.query<{ written: string }>(
      `SELECT pg_current_wal_lsn() - '0/0' AS written`,
    );
    const written = Number(rows[0]?.written);
    if (checkpointAt === 0) checkpointAt = written + checkpointAfterBytes;
    if (written < checkpointAt) return;
    checkpointAt = written + checkpointAfterBytes;
    await engine.exec('CHECKPOINT');
  }

  return {
    kind: 'pglite',
    ...queryable(engine, track),
    transaction(work) {
      if (closing !== undefined) return Promise.reject(new Error('the database is closing'));
      return track(
        engine
          .transaction((tx) => work(queryable(tx)))
          .then(async (result) => {
            await checkpointWhenDue();
            return result;
          }),
      );
    },
    syncs: () => files.syncs,
    close() {
      closing ??= (async () => {
        await Promise.allSettled(running);
        await engine.close();
        released();
      })();
      return closing;
    },
  };
}

function queryable(
  target: PGlite | Transaction,
  track: <Result>(work: Promise<Result>) => Promise<Result> = (work) => work,
): Queryable {
  return {
    async query<Row>(rowSchema: z.ZodType<Row>, sql: string, parameters: readonly unknown[] = []) {
      const { rows } = await track(target.query<Record<string, unknown>>(sql, [...parameters]));
      return z.array(rowSchema).parse(rows);
    },
    async execute(sql, parameters = []) {
      const { affectedRows } = await track(target.query(sql, [...parameters]));
      return affectedRows ?? 0;
    },
    async copyRows(table, columns, rows) {
      const blob = new Blob([copyText(rows)]);
      await track(target.query(copyStatement(table, columns, "'/dev/blob'"), [], { blob }));
    },
  };
}
