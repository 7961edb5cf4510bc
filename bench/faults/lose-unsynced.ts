/** The power cut: takes from a folder what its killed process had not synced. */
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { assertNever } from '#domain/assert-never.ts';
import { type Random, between } from '../random.ts';
import { tearFile } from './torn-pages.ts';
import { type FileChange, type NameChange, readUnsynced } from './unsynced-journal.ts';

export interface Loss {
  /** Changes of bytes and names that nothing had synced. */
  readonly unsynced: number;
}

/**
 * @param journal as the layer was told; it and what was kept beside it are removed
 * @param random with it each page and name is lost or kept by chance, as a disk that had begun to write would; without it all is lost
 */
export function loseUnsynced(folder: string, journal: string, random?: Random): Loss {
  const { files, names } = readUnsynced(journal);
  const paths = filesByInode([folder, ...keptBeside(journal)]);
  let unsynced = names.length;
  for (const [inode, changes] of files) {
    unsynced += changes.length;
    const file = paths.get(inode);
    // Removed and never kept: made and removed behind the last sync, so it is not missed.
    if (file === undefined) continue;
    const current = readFileSync(file);
    writeOver(file, random ? tearFile(current, changes, random) : takeBack(current, changes));
  }
  const kept = random ? between(random, 0, names.length) : 0;
  for (const name of names.slice(kept).reverse()) {
    takeNameBack(name, foldersByInode(folder));
  }
  for (const file of [journal, ...keptBeside(journal)]) rmSync(file, { force: true });
  return { unsynced };
}

/** Backwards from how it is now. What a longer file had behind a shorter one's end, the note of its truncation has. */
function takeBack(current: Buffer, changes: readonly FileChange[]): Buffer {
  const longest = Math.max(current.length, ...changes.map(({ size }) => size));
  const bytes = Buffer.alloc(longest);
  current.copy(bytes);
  for (const { old, offset } of changes.toReversed()) old.copy(bytes, offset);
  return bytes.subarray(0, changes[0]?.size ?? current.length);
}

/** In place: the file keeps its inode, by which others of the journal's notes know it. */
function writeOver(file: string, bytes: Buffer): void {
  truncateSync(file);
  writeFileSync(file, bytes, { flag: 'r+' });
}

/**
 * Each only where its change has taken place: a note is written before. Its folder may have another path by now, or be gone
 * with all that was in it.
 */
function takeNameBack(change: NameChange, folders: ReadonlyMap<bigint, string>): void {
  const folder = folders.get(change.folder);
  if (folder === undefined) return;
  const here = (name: string): string => path.join(folder, path.basename(name));
  switch (change.kind) {
    case 'create':
      rmSync(here(change.path), { recursive: true, force: true });
      break;
    case 'remove':
      if (!existsSync(here(change.path))) linkSync(change.kept, here(change.path));
      break;
    case 'remove folder':
      mkdirSync(here(change.path), { recursive: true });
      break;
    case 'rename': {
      const source = folders.get(change.from);
      if (source !== undefined && inodeOf(here(change.to)) === change.inode)
        renameSync(here(change.to), path.join(source, path.basename(change.path)));
      break;
    }
    default:
      assertNever(change);
  }
}

function inodeOf(file: string): bigint | undefined {
  return lstatSync(file, { bigint: true, throwIfNoEntry: false })?.ino;
}

function keptBeside(journal: string): string[] {
  const folder = path.dirname(journal);
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${path.basename(journal)}.removed-`))
    .map((name) => path.join(folder, name));
}

function filesByInode(roots: readonly string[]): Map<bigint, string> {
  const files = new Map<bigint, string>();
  const walk = (file: string): void => {
    const state = lstatSync(file, { bigint: true });
    if (state.isDirectory()) for (const name of readdirSync(file)) walk(path.join(file, name));
    else files.set(state.ino, file);
  };
  for (const root of roots) walk(root);
  return files;
}

/** As they are now: the names that were taken back last may have moved one. */
function foldersByInode(root: string): Map<bigint, string> {
  const folders = new Map<bigint, string>();
  const walk = (folder: string): void => {
    folders.set(lstatSync(folder, { bigint: true }).ino, folder);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) walk(path.join(folder, entry.name));
    }
  };
  walk(root);
  return folders;
}
