/** The figures of the sync as rows of a table: the manager's panel shows some of them, the IT page all. */
import type { SyncStatus } from '#main/api/sync-status.ts';
import { assertNever } from '#domain/assert-never.ts';
import { clockTime, durationWords, waitingTime } from './dates.ts';
import { loadingWords } from './status-words.ts';

export interface Figure {
  readonly name: string;
  readonly value: string;
  /** Somebody should look at it. */
  readonly attention?: boolean;
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1.2 MB`; whole bytes below a thousand. */
export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let size = value / 1_000;
  let unit = 0;
  while (size >= 1_000 && unit < units.length - 1) {
    size /= 1_000;
    unit += 1;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[unit] ?? ''}`;
}

export function since(instant: string | null, now: Date): string {
  if (instant === null) return '—';
  const time = waitingTime(instant, now);
  return time === null ? clockTime(instant, now) : `${clockTime(instant, now)} (${time})`;
}

/** The till's own events. */
export function upFigures({ up, offlineSince }: SyncStatus, now: Date): readonly Figure[] {
  const waiting =
    up.waiting === 0 ? 'nothing' : `${count(up.waiting)} events, about ${bytes(up.waitingBytes)}`;
  return [
    { name: 'Waiting', value: waiting },
    { name: 'Acknowledged', value: `${count(up.ackedThrough)} of ${count(up.lastSeq)}` },
    { name: 'Oldest waiting', value: since(up.oldestWaitingAt, now) },
    ...(up.rate === null
      ? []
      : [
          {
            name: 'Speed',
            value: `${count(Math.round(up.rate.eventsPerSecond))} events, ${bytes(Math.round(up.rate.bytesPerSecond))} a second`,
          },
        ]),
    ...(up.secondsLeft === null
      ? []
      : [{ name: 'Time left', value: `about ${durationWords(up.secondsLeft)}` }]),
    ...(up.paused ? [{ name: 'Paused', value: 'the server is busy', attention: true }] : []),
    { name: 'Offline since', value: since(offlineSince, now) },
  ];
}

/** What the server tells. */
export function downFigures({ down }: SyncStatus, now: Date): readonly Figure[] {
  return [
    { name: 'Prices and stock', value: downWords(down) },
    { name: 'Last change taken in', value: since(down.appliedAt, now) },
    ...(down.problem === null ? [] : [{ name: 'Last error', value: down.problem, attention: true }]),
  ];
}

function downWords(down: SyncStatus['down']): string {
  switch (down.state) {
    case 'idle':
      return down.cursor === null ? 'not loaded yet' : 'as of the last connection';
    case 'current':
      return 'up to date';
    case 'pulling':
      return 'coming in';
    case 'loading':
      return loadingWords(down);
    default:
      return assertNever(down.state);
  }
}

/** A clock that is this far off makes reports wrong and receipts doubtful. Order and sync do not depend on it. */
const NOTABLE_SKEW_MS = 60_000;

export function clockFigure({ clockSkewMs }: SyncStatus): Figure {
  const name = 'Clock of this PC';
  if (clockSkewMs === null) return { name, value: 'not compared yet' };
  const off = Math.abs(clockSkewMs);
  if (off < NOTABLE_SKEW_MS) return { name, value: 'right' };
  const way = clockSkewMs > 0 ? 'ahead of' : 'behind';
  return { name, value: `${durationWords(off / 1_000)} ${way} the server: set it right`, attention: true };
}

export function careFigures({ care }: SyncStatus, now: Date): readonly Figure[] {
  return [
    { name: 'Database', value: `${bytes(care.databaseBytes)}, journal ${bytes(care.walBytes)}` },
    {
      name: 'Last backup',
      value: care.lastBackupAt === null ? 'none yet' : since(care.lastBackupAt, now),
      attention: care.lastBackupAt === null,
    },
    ...(care.backupProblem === null
      ? []
      : [{ name: 'Backup failed', value: care.backupProblem, attention: true }]),
    {
      name: 'Archived',
      value: care.archivedThrough === 0 ? 'nothing yet' : `up to event ${count(care.archivedThrough)}`,
    },
    ...(care.archiveProblem === null
      ? []
      : [{ name: 'Archive failed', value: care.archiveProblem, attention: true }]),
    ...(care.healed === null ? [] : [{ name: 'Put back', value: care.healed, attention: true }]),
  ];
}
