/** Copies the database while the till sells, checks the copy, and only then counts it as a backup. */
import { createReadStream, createWriteStream, statSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import Database from 'better-sqlite3';
import { PART, makeFolder, putInPlace, syncFile, writeDurably } from '../store/durable-file.ts';
import { lockFolder } from '../store/folder-lock.ts';
import type { WriteHandle } from '../store/handles.ts';
import {
  type BackupFile,
  backupName,
  hashFile,
  hashLine,
  removeOldBackups,
  removeUnfinishedBackups,
  sha256OfFile,
} from './backup-files.ts';
import { checkedHead } from './check-copy.ts';
import { requireSpace } from './disk-space.ts';

export interface BackupRun {
  /** Of the backups. */
  readonly folder: string;
  readonly now: Date;
  /** How many are kept, this one among them. */
  readonly keep: number;
  /** What must stay free on the disk for the sales. */
  readonly reserveBytes: number;
}

/** All pages in one step: what the other connections write meanwhile would make SQLite begin again at each step. */
const ALL_PAGES = 2 ** 31 - 1;

/** @throws when there is no space, or the copy is not as it should be; the backups are then as they were */
export async function makeBackup(store: WriteHandle, run: BackupRun): Promise<BackupFile> {
  const { folder } = run;
  const { name: database } = store.connection;
  // The copy and, beside it, the compressed one; the WAL may hold pages that the file does not have yet.
  const needed = 2 * sizeOf(database) + sizeOf(`${database}-wal`);
  requireSpace(path.dirname(database), needed, run.reserveBytes);
  makeFolder(folder, 0o700);
  // The care thread and a person at a command line: whoever comes second would clear away what the first one has half done.
  const lock = lockFolder(folder);
  try {
    return await copyAndCheck(store, run);
  } finally {
    lock.release();
  }
}

async function copyAndCheck(store: WriteHandle, { folder, now, keep }: BackupRun): Promise<BackupFile> {
  removeUnfinishedBackups(folder);
  const copy = path.join(folder, `copy${PART}`);
  try {
    await store.connection.backup(copy, { progress: () => ALL_PAGES });
    const head = foldIntoOneFile(copy);
    const known = store.prepareRead<[number], { readonly hash: string }>(
      'SELECT hash FROM event_log WHERE seq = ?',
    );
    const ours = known.get(head.seq)?.hash ?? head.hash;
    if (ours !== head.hash) throw new Error(`The copy has another event ${head.seq} than the database.`);
    const name = backupName(head.seq, now);
    await compressInto(copy, path.join(folder, name));
    removeOldBackups(folder, keep);
    return { name, seq: head.seq, madeAt: now.toISOString() };
  } finally {
    removeUnfinishedBackups(folder);
  }
}

/** A database in WAL mode may have files beside it; this one is to be a single file. */
function foldIntoOneFile(copy: string) {
  const connection = new Database(copy, { fileMustExist: true });
  try {
    connection.pragma('journal_mode = DELETE');
    return checkedHead(connection);
  } finally {
    connection.close();
  }
}

async function compressInto(copy: string, backup: string): Promise<void> {
  const compressed = `${backup}${PART}`;
  // The till's token and the hashes of the PINs are in it: for the till's user alone.
  await pipeline(
    createReadStream(copy),
    createGzip({ level: constants.Z_BEST_SPEED }),
    createWriteStream(compressed, { mode: 0o600 }),
  );
  syncFile(compressed);
  // The hash first: a backup without one does not count.
  writeDurably(hashFile(backup), hashLine(await sha256OfFile(compressed), path.basename(backup)));
  putInPlace(compressed, backup);
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
