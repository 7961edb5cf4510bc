/**
 * The backups of a till: `backups/till-<last event>-<when>.db.gz`, and beside each its SHA-256 in the form that `sha256sum -c`
 * reads. Which one is the newest is told by the history in it: the clock may have been wrong.
 */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { PART, syncFile } from '../store/durable-file.ts';

export interface BackupFile {
  readonly name: string;
  /** The last event in it. */
  readonly seq: number;
  /** UTC instant by the till's clock */
  readonly madeAt: string;
}

export function backupFolder(dataFolder: string): string {
  return path.join(dataFolder, 'backups');
}

export function backupName(seq: number, madeAt: Date): string {
  return `till-${String(seq).padStart(12, '0')}-${madeAt.toISOString().replaceAll(/[:.]/g, '-')}.db.gz`;
}

const NAME = /^till-(\d{12})-(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-(\d{3})Z\.db\.gz$/;

/** What the name of a backup says; undefined for a file of another name. */
export function backupOf(name: string): BackupFile | undefined {
  const match = NAME.exec(name);
  if (!match) return undefined;
  const [, seq, date, hours, minutes, seconds, ms] = match;
  return { name, seq: Number(seq), madeAt: `${date}T${hours}:${minutes}:${seconds}.${ms}Z` };
}

/** The one with the longest history first; of two with the same, the later one. */
export function listBackups(folder: string): BackupFile[] {
  if (!existsSync(folder)) return [];
  const found = readdirSync(folder).flatMap((name) => backupOf(name) ?? []);
  return found.sort((a, b) => (a.name < b.name ? 1 : -1));
}

/** Keeps so many, the newest. */
export function removeOldBackups(folder: string, keep: number): void {
  for (const { name } of listBackups(folder).slice(keep)) {
    rmSync(path.join(folder, name), { force: true });
    rmSync(hashFile(path.join(folder, name)), { force: true });
  }
}

/** What a backup that was cut off has left, and the hash of one that never got its name, or has gone already. */
export function removeUnfinishedBackups(folder: string): void {
  if (!existsSync(folder)) return;
  const names = readdirSync(folder);
  const backups = new Set(
    names.filter((name) => backupOf(name)).map((name) => path.basename(hashFile(name))),
  );
  for (const name of names) {
    const isHash = backupOf(name.replace(/\.sha256$/, '')) !== undefined && name.endsWith('.sha256');
    if (name.includes(PART) || (isHash && !backups.has(name)))
      rmSync(path.join(folder, name), { force: true });
  }
}

export function hashFile(backup: string): string {
  return `${backup}.sha256`;
}

export function hashLine(sha256: string, name: string): string {
  return `${sha256}  ${name}\n`;
}

export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/**
 * Writes the database in a backup to a file of its own, on the disk when this resolves.
 * @throws {Error} in words, when the backup is not byte for byte what was written
 */
export async function unpackBackup(backup: string, to: string): Promise<void> {
  const expected = readFileSync(hashFile(backup), 'utf8').slice(0, 64);
  const actual = await sha256OfFile(backup);
  if (actual !== expected) throw new Error(`${backup} is damaged: its hash is not the one beside it.`);
  await pipeline(createReadStream(backup), createGunzip(), createWriteStream(to, { mode: 0o600 }));
  syncFile(to);
}
