/** The key of whoever runs the server: from the environment, or made once and kept beside the data. */
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { DatabaseStartError, errorCode } from '../database/database-failure.ts';
import { newToken } from '../terminals/token.ts';

/**
 * Reads `<folder>/admin.key`, or creates it, readable by this user only. A new one is on the disk when this returns: people
 * write it down, and after a power cut it must not be another one, nor half of one.
 */
export function loadAdminKey(folder: string): string {
  const file = join(folder, 'admin.key');
  try {
    const madeFrom = mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (madeFrom !== undefined) syncFolders(folder, dirname(resolve(madeFrom)));
    const key = readKey(file) ?? makeKey(folder, file);
    if (key === '') throw new Error('the file is empty');
    return key;
  } catch (error) {
    throw new DatabaseStartError(
      'data_not_writable',
      `The admin key ${file} cannot be read or made (${error instanceof Error ? error.message : String(error)}).`,
      { cause: error },
    );
  }
}

function readKey(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Written beside its place and linked there whole. Not renamed: several servers on one PostgreSQL may start at the same
 * time in one folder, and all of them must have the key of the first.
 */
function makeKey(folder: string, file: string): string {
  const part = `${file}.${newToken()}.part`;
  try {
    writeSynced(part, `${newToken()}\n`);
    try {
      linkSync(part, file);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  } finally {
    rmSync(part, { force: true });
  }
  syncFolder(folder);
  return readFileSync(file, 'utf8').trim();
}

function writeSynced(file: string, text: string): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A new folder is on the disk when the one above it is: from `folder` up to the one that was there before. */
function syncFolders(folder: string, upTo: string): void {
  for (let above = dirname(resolve(folder)); ; above = dirname(above)) {
    syncFolder(above);
    if (above === upTo || above === dirname(above)) return;
  }
}

/** Windows has no such call, and its file system logs new names itself. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
