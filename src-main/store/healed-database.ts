/**
 * The last part of healing a till, which must end whatever dies in it: the new database stands whole under a name of its own,
 * the damaged one and what belongs to it move aside, and the new one takes its place. A WAL of the damaged
 * database beside the new one would be read into it, so the new one moves last.
 */
import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { databaseFile } from './database-file.ts';
import { putInPlace, syncFolder } from './durable-file.ts';

/** Where whoever heals puts the new database, once it is whole and on the disk. */
export function healedFile(folder: string): string {
  return `${databaseFile(folder)}.healed`;
}

export function isHealingUnfinished(folder: string): boolean {
  return existsSync(healedFile(folder));
}

/**
 * Nothing happens when there is nothing to finish. For whoever holds the folder's lock.
 * @returns the folder with the damaged files; undefined when there were none
 */
export function finishHealing(folder: string): string | undefined {
  if (!isHealingUnfinished(folder)) return undefined;
  const database = databaseFile(folder);
  const left = [database, `${database}-wal`, `${database}-shm`].filter((file) => existsSync(file));
  // By the new file's own time, so that a second try names the same folder.
  const made = statSync(healedFile(folder)).mtime.toISOString().replaceAll(/[:.]/g, '-');
  const aside = path.join(folder, `damaged-${made}`);
  if (left.length > 0) mkdirSync(aside, { recursive: true, mode: 0o700 });
  for (const file of left) renameSync(file, path.join(aside, path.basename(file)));
  if (existsSync(aside)) syncFolder(aside);
  syncFolder(folder);
  putInPlace(healedFile(folder), database);
  return existsSync(aside) ? aside : undefined;
}
