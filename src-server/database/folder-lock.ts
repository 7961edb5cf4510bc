/**
 * One process per data folder: PGlite has no locks of its own, and two of them tear the files.
 *
 * SQLite's exclusive lock is used as the lock of the operating system that Node does not offer: it dies with its
 * process, so SIGKILL or a power cut leaves nothing behind that would block the next start, and a recycled
 * process id cannot be mistaken for a living server. The pid lies beside it for the person who reads the message.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { DatabaseStartError, errorCode } from './database-failure.ts';

export interface FolderLock {
  release(): void;
}

/**
 * Creates the folder where it is missing.
 * @throws {DatabaseStartError} `data_in_use`, `data_not_writable`
 */
export function lockFolder(folder: string): FolderLock {
  const pidFile = join(folder, 'server.pid');
  let handle: Sqlite.Database | undefined;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    handle = new Sqlite(join(folder, 'server.lock'), { timeout: 0 });
    handle.exec('BEGIN EXCLUSIVE');
    writeFileSync(pidFile, `${process.pid}\n`);
  } catch (error) {
    handle?.close();
    if (errorCode(error) === 'SQLITE_BUSY') {
      throw new DatabaseStartError(
        'data_in_use',
        `Another server (process ${readPid(pidFile)}) is using ${folder}. Stop it, or choose another folder with --data.`,
        { cause: error },
      );
    }
    throw new DatabaseStartError(
      'data_not_writable',
      `The data folder ${folder} cannot be written (${error instanceof Error ? error.message : String(error)}). ` +
        'Give this user write access or choose another folder with --data.',
      { cause: error },
    );
  }
  const held = handle;
  return {
    release() {
      if (!held.open) return;
      rmSync(pidFile, { force: true });
      held.close();
    },
  };
}

function readPid(pidFile: string): string {
  try {
    return readFileSync(pidFile, 'utf8').trim();
  } catch {
    return 'unknown';
  }
}
