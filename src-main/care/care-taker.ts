/**
 * Looks after the till's disk while it sells: WAL, backups, archive. Runs in a thread of its own with a connection of its own;
 * clock and timers come from outside.
 */

import { statSync } from 'node:fs';
import type { SetTimer } from '#sync/set-timer.ts';
import type { CareStatus } from '../api/sync-status.ts';
import { archiveFolder } from '../store/archive-file.ts';
import type { WriteHandle } from '../store/handles.ts';
import { prepareSetting } from '../store/setting-rows.ts';
import { sqliteCode } from '../store/store-errors.ts';
import { archiveSteps, prepareKeepEventsDays } from './archive-events.ts';
import { type BackupFile, backupFolder, listBackups } from './backup-files.ts';
import { clearLeftovers } from './clear-leftovers.ts';
import { requireSpace } from './disk-space.ts';
import { HEALED, healedNoteSchema } from './healed-note.ts';
import { keepIdentity } from './identity-file.ts';
import { walKeeper } from './keep-wal-small.ts';
import { makeBackup } from './make-backup.ts';

const LOOK_MS = 2_000;
/** Whether the day's work is due is asked so often: the PC may have slept. */
const DAILY_LOOK_MS = 60_000;
/** A till that has just started has a cashier who waits for it. */
const FIRST_DAILY_MS = 10_000;
const DAY_MS = 86_400_000;
/** After a failure, so that a full disk is not asked once a minute. */
const RETRY_MS = 900_000;
/** Between two steps of the archive the write lock is the till's for longer than a step takes. */
const STEP_MS = 20;
const KEEP_BACKUPS = 7;
/** What care leaves free on the disk. */
const RESERVE_BYTES = 256 * 1024 * 1024;

export interface CareOptions {
  /** Data folder of the till. */
  readonly folder: string;
  readonly store: WriteHandle;
  readonly now: () => Date;
  readonly setTimer: SetTimer;
  readonly onStatus: (status: CareStatus) => void;
  readonly keepBackups?: number;
  readonly reserveBytes?: number;
}

export interface CareTaker {
  start(): void;
  status(): CareStatus;
  /** Makes a backup now, or joins the one that is being made. @throws what went wrong; the status says it too */
  backUp(): Promise<BackupFile>;
  /** Ends between two steps: nothing is under way when it resolves. */
  stop(): Promise<void>;
}

/** What of the day's work went wrong, and when it is tried again. */
interface Chore {
  problem: string | null;
  notBefore: number;
}

export function careTaker(options: CareOptions): CareTaker {
  const { folder, store, now, setTimer, onStatus } = options;
  const { keepBackups = KEEP_BACKUPS, reserveBytes = RESERVE_BYTES } = options;
  const backups = backupFolder(folder);
  const wal = walKeeper(store.connection);
  const keepDays = prepareKeepEventsDays(store);
  const healed = prepareSetting(store, HEALED, healedNoteSchema, null);
  const archived = store.prepareRead<[], { readonly seq: number | null }>(
    'SELECT max(last_seq) AS seq FROM event_archives',
  );
  const backup: Chore = { problem: null, notBefore: 0 };
  const archive: Chore = { problem: null, notBefore: 0 };
  /** The archive's day's work is done until then. */
  let archivedUntil = 0;
  let making: Promise<BackupFile> | null = null;
  let said = '';
  let stopped = false;
  /** What an earlier process left that died. */
  let cleared = false;
  const timers = new Map<string, () => void>();

  const later = (name: string, work: () => void, ms: number): void => {
    if (stopped) return;
    timers.set(name, setTimer(work, ms));
  };

  function status(): CareStatus {
    return {
      databaseBytes: statSync(store.connection.name, { throwIfNoEntry: false })?.size ?? 0,
      walBytes: wal.bytes(),
      lastBackupAt: listBackups(backups)[0]?.madeAt ?? null,
      backupProblem: backup.problem,
      archivedThrough: archived.get()?.seq ?? 0,
      archiveProblem: archive.problem,
      healed: healed()?.text ?? null,
    };
  }

  function tell(): void {
    const current = status();
    const text = JSON.stringify(current);
    if (text === said) return;
    said = text;
    onStatus(current);
  }

  function look(): void {
    try {
      wal.look();
    } catch (error) {
      // A full disk takes no pages into the database. What is in the WAL is safe there, and the status shows its size.
      if (sqliteCode(error) === undefined) throw error;
    }
    tell();
    later('look', look, LOOK_MS);
  }

  const failed = (chore: Chore, error: unknown): void => {
    chore.problem = wordsOf(error);
    chore.notBefore = now().getTime() + RETRY_MS;
  };

  function backUp(): Promise<BackupFile> {
    making ??= makeBackup(store, { folder: backups, now: now(), keep: keepBackups, reserveBytes })
      .then((made) => {
        backup.problem = null;
        return made;
      })
      .catch((error: unknown) => {
        failed(backup, error);
        throw error;
      })
      .finally(() => {
        making = null;
        tell();
      });
    return making;
  }

  /** By the clock, which may be wrong: a backup of the future says nothing about today. */
  function backupIsDue(): boolean {
    const last = listBackups(backups)[0];
    const age = last ? now().getTime() - Date.parse(last.madeAt) : DAY_MS;
    return (age >= DAY_MS || age < 0) && now().getTime() >= backup.notBefore;
  }

  function daily(): void {
    later('daily', daily, DAILY_LOOK_MS);
    try {
      // Before the first backup: it is what may want its space.
      if (!cleared && !making) {
        clearLeftovers(folder);
        cleared = true;
      }
      keepIdentity(store, folder);
    } catch (error) {
      failed(backup, error);
    }
    // What it throws is in the status.
    if (backupIsDue()) void backUp().catch(() => undefined);
    const at = now().getTime();
    if (at >= archivedUntil && at >= archive.notBefore && !timers.has('archive')) archiveAll();
  }

  /** One step after the other, each in a turn of its own. Also what is read before the first may fail. */
  function archiveAll(): void {
    let steps: ReturnType<typeof archiveSteps> | undefined;
    const step = (): void => {
      timers.delete('archive');
      if (stopped) return;
      try {
        requireSpace(folder, 0, reserveBytes);
        steps ??= archiveSteps(store, { folder: archiveFolder(folder), keepDays: keepDays(), now: now() });
        if (steps.next().done === true) {
          archive.problem = null;
          archivedUntil = now().getTime() + DAY_MS;
        } else later('archive', step, STEP_MS);
      } catch (error) {
        failed(archive, error);
      }
      tell();
    };
    step();
  }

  return {
    status,
    backUp,
    start() {
      look();
      later('daily', daily, FIRST_DAILY_MS);
    },
    async stop() {
      stopped = true;
      for (const cancel of timers.values()) cancel();
      await making?.catch(() => undefined);
    },
  };
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'SQLITE_FULL') return 'The disk of this till is full.';
  return error.message;
}
