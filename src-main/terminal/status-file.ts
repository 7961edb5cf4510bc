/**
 * The till's status as a file in its data folder, for who asks from outside while the till has the folder:
 * `holdfast-terminal sync-status`. Replaced as a whole, at most every other second, and only when something in it changed.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { instantSchema } from '#domain/identifiers.ts';
import type { SetTimer } from '#sync/set-timer.ts';
import { type TillStatus, tillStatusSchema } from '../api/views.ts';

const EVERY_MS = 2_000;

const writtenStatusSchema = z.object({ writtenAt: instantSchema, pid: z.int(), status: tillStatusSchema });
export type WrittenStatus = z.infer<typeof writtenStatusSchema>;

export interface StatusFile {
  changed(): void;
  stop(): void;
}

export interface StatusFileOptions {
  readonly folder: string;
  readonly status: () => TillStatus;
  readonly now: () => Date;
  readonly setTimer: SetTimer;
  /** A full disk must not disturb the till: told once until it works again. */
  readonly onError: (error: unknown) => void;
}

export function keepStatusFile({ folder, status, now, setTimer, onError }: StatusFileOptions): StatusFile {
  let cancel: (() => void) | null = null;
  let failing = false;
  let stopped = false;
  let last = '';

  function write(): void {
    cancel = null;
    try {
      const text = JSON.stringify(status());
      if (text === last) return;
      const file = statusFile(folder);
      writeFileSync(
        `${file}.new`,
        `{"writtenAt":"${now().toISOString()}","pid":${process.pid},"status":${text}}\n`,
      );
      renameSync(`${file}.new`, file);
      last = text;
      failing = false;
    } catch (error) {
      if (!failing) onError(error);
      failing = true;
    }
  }

  return {
    changed() {
      // The till's disk cannot be asked any more.
      if (stopped) return;
      cancel ??= setTimer(write, EVERY_MS);
    },
    stop() {
      stopped = true;
      cancel?.();
      write();
    },
  };
}

function statusFile(folder: string): string {
  return path.join(folder, 'status.json');
}

/** undefined when there is none, or none of this version. */
export function readStatusFile(folder: string): WrittenStatus | undefined {
  try {
    return writtenStatusSchema.parse(JSON.parse(readFileSync(statusFile(folder), 'utf8')));
  } catch {
    return undefined;
  }
}
