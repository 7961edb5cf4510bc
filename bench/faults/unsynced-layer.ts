/** The disk that forgets (`drop-unsynced.c`), compiled here and put under a child process. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';

/** Linux with a C compiler and its headers; elsewhere the tests that need the layer are skipped. */
export const canCompileLayer =
  process.platform === 'linux' &&
  spawnSync('gcc', ['-E', '-x', 'c', '-'], {
    input: '#include <dlfcn.h>',
    stdio: ['pipe', 'ignore', 'ignore'],
  }).status === 0;

/** @returns the compiled library in `folder` */
export function compileLayer(folder: string): string {
  const library = path.join(folder, 'drop-unsynced.so');
  const source = path.join(import.meta.dirname, 'drop-unsynced.c');
  execFileSync('gcc', ['-O2', '-shared', '-fPIC', '-Wall', '-Werror', '-o', library, source], {
    stdio: 'inherit',
  });
  return library;
}

export interface UnderLayer {
  readonly library: string;
  /** What is watched. It must be there. */
  readonly watched: string;
  /** File for the notes: on the same file system, outside of the watched folder. */
  readonly journal: string;
  /** A disk that lies: fsync answers well and counts for nothing. */
  readonly deaf?: boolean;
  /** The process kills itself before this change or sync of what is watched; 0 only counts them. */
  readonly dieAt?: number;
}

/** How many changes and syncs a process made that was given `dieAt`, so far or until it died. */
export function changesCounted(journal: string): number {
  const count = readFileSync(countFile(journal));
  return count.length === 0 ? 0 : Number(count.readBigUInt64LE());
}

export function countFile(journal: string): string {
  return `${journal}.count`;
}

/** What a child's environment needs beside its own. */
export function layerEnvironment({
  library,
  watched,
  journal,
  deaf = false,
  dieAt,
}: UnderLayer): Record<string, string> {
  return {
    LD_PRELOAD: library,
    HOLDFAST_UNSYNCED_FOLDER: realpathSync(watched),
    HOLDFAST_UNSYNCED_JOURNAL: journal,
    ...(deaf ? { HOLDFAST_UNSYNCED_DEAF: '1' } : {}),
    ...(dieAt === undefined ? {} : { HOLDFAST_UNSYNCED_DIE_AT: String(dieAt) }),
  };
}
