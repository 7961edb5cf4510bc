/** Files that are whole or not there: written beside their place, forced to the disk, and moved there in one step. */
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/** What lies under this name was cut off before it was whole, and is nobody's. */
export const PART = '.part';

/**
 * @param mode of the new file: 0o600 where it holds what only the till may know
 * @throws what the file system says; the place is then as it was
 */
export function writeDurably(file: string, content: string | Uint8Array, mode = 0o644): void {
  writePiecesDurably(file, [content], mode);
}

/**
 * The same for what is too large to be in memory at once.
 * @throws what the file system or `pieces` says; the place is then as it was
 */
export function writePiecesDurably(file: string, pieces: Iterable<string | Uint8Array>, mode = 0o644): void {
  const part = `${file}${PART}`;
  try {
    const descriptor = openSync(part, 'w', mode);
    try {
      for (const piece of pieces) writeWhole(descriptor, piece);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    // On a full disk the half of a file takes the space that a sale needs.
    rmSync(part, { force: true });
    throw error;
  }
  putInPlace(part, file);
}

function writeWhole(descriptor: number, piece: string | Uint8Array): void {
  const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
  for (let written = 0; written < bytes.length;) {
    written += writeSync(descriptor, bytes, written, bytes.length - written);
  }
}

/** Moves a file that is whole to its name; it is there after a power cut too. Both names are in one folder. */
export function putInPlace(whole: string, place: string): void {
  renameSync(whole, place);
  syncFolder(path.dirname(path.resolve(place)));
}

/**
 * Makes a folder that stays: a file on the disk is lost with the name of the folder that holds it. The name is forced to the disk each
 * time, because whoever made the folder may have died before that.
 */
export function makeFolder(folder: string, mode = 0o755): void {
  mkdirSync(folder, { recursive: true, mode });
  syncFolder(path.dirname(path.resolve(folder)));
}

/** Forces a file to the disk that somebody else has written. */
export function syncFile(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A rename is on the disk when its folder is. Windows has no such call, and its file system logs renames itself. */
export function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
