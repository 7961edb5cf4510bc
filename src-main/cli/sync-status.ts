/** Where the till stands with its server, from outside: of a till that runs by its own word, of one that does not by its disk. */
import { existsSync } from 'node:fs';
import { lockFolder } from '../store/folder-lock.ts';
import { databaseFile, openReader } from '../store/open-store.ts';
import { StoreError } from '../store/store-errors.ts';
import { readStatusFile } from '../terminal/status-file.ts';
import type { SyncStatus } from '../api/sync-status.ts';
import { reasonOf } from './exit-with-reason.ts';

export interface SyncStatusOptions {
  readonly data: string;
  readonly json: boolean;
}

/** What `--json` prints, in one line. */
interface Report {
  readonly running: boolean;
  /** When the till said so; null when it never has. */
  readonly at: string | null;
  /** On the disk now, whatever was said last. */
  readonly waiting: number;
  readonly sync: SyncStatus | null;
}

export function printSyncStatus({ data, json }: SyncStatusOptions): void {
  try {
    const report = reportOf(data);
    process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${wordsOf(report).join('\n')}\n`);
  } catch (error) {
    const reason = reasonOf(error);
    console.error(reason ? `${reason.message} (${reason.code})` : error);
    process.exitCode = 1;
  }
}

/** @throws {StoreError} when there is no till in the folder */
function reportOf(folder: string): Report {
  if (!existsSync(databaseFile(folder))) {
    throw new StoreError('store_missing', `There is no till database at ${databaseFile(folder)}.`);
  }
  const written = readStatusFile(folder);
  return {
    running: isRunning(folder),
    at: written?.writtenAt ?? null,
    waiting: waitingIn(folder),
    sync: written?.status.sync ?? null,
  };
}

/** The lock goes with the process that holds it, so it cannot be stale. */
function isRunning(folder: string): boolean {
  try {
    lockFolder(folder).release();
    return false;
  } catch (error) {
    if (error instanceof StoreError && error.code === 'store_locked') return true;
    throw error;
  }
}

function waitingIn(folder: string): number {
  const opened = openReader(folder);
  try {
    const row = opened.reader
      .prepareRead<[], { readonly waiting: number }>(
        `SELECT (SELECT count(*) FROM event_log WHERE seq > acked_through) AS waiting FROM sync_cursor`,
      )
      .get();
    return row?.waiting ?? 0;
  } finally {
    opened.close();
  }
}

function wordsOf({ running, at, waiting, sync }: Report): readonly string[] {
  const lines = [
    running ? 'The till is running.' : 'The till is not running.',
    `Waiting for the server: ${waiting} events`,
  ];
  if (sync === null || at === null) return [...lines, 'It has not said anything yet.'];
  return [
    ...lines,
    `${running ? 'State' : 'Last state'}: ${sync.state}${sync.refusal === null ? '' : ` (${sync.refusal})`}, said at ${at}`,
    `Server: ${sync.serverUrl ?? 'none'}, protocol ${sync.protocol}, enrolment ${sync.epoch}`,
    `Acknowledged: ${sync.up.ackedThrough} of ${sync.up.lastSeq}`,
    `Down: ${sync.down.state}, last change at ${sync.down.appliedAt ?? '–'}`,
    `Clock: ${sync.clockSkewMs === null ? 'not compared' : `${sync.clockSkewMs} ms ahead of the server`}`,
    `Set aside by the server: ${sync.quarantined.count}`,
    `Last backup: ${sync.care.lastBackupAt ?? 'none'}`,
    ...[sync.problem, sync.down.problem, sync.care.backupProblem, sync.care.archiveProblem].flatMap(
      (problem) => (problem === null ? [] : [`Problem: ${problem}`]),
    ),
  ];
}
