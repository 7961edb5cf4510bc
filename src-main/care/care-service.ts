/** The terminal's side of the care thread: starts it, knows its last word, starts it again if it dies. */
import { Worker } from 'node:worker_threads';
import { doubling } from '#sync/backoff.ts';
import { type SetTimer, realTimer } from '#sync/set-timer.ts';
import type { CareStatus } from '../api/sync-status.ts';
import type { CareThreadData, FromCareThread, ToCareThread } from './care-thread-messages.ts';

export interface CareService {
  /** All zeros and nulls until the thread has said its first word. */
  status(): CareStatus;
  /** Resolves when a checked backup is on the disk. @throws {BackupFailedError} */
  backUp(): Promise<void>;
  stop(): Promise<void>;
}

export class BackupFailedError extends Error {
  readonly code = 'backup_failed';

  constructor(message: string) {
    super(message);
    this.name = 'BackupFailedError';
  }
}

/** Nothing of the till waits for this thread, so it need not be back at once. */
const RESTART = { firstMs: 5_000, longestMs: 300_000 };
/** How long a stop may take before the thread is ended: what it has under way is begun again another day. */
const STOP_MS = 2_000;

const NOTHING_SAID: CareStatus = {
  databaseBytes: 0,
  walBytes: 0,
  lastBackupAt: null,
  backupProblem: null,
  archivedThrough: 0,
  archiveProblem: null,
  healed: null,
};

interface Asked {
  readonly resolve: () => void;
  readonly reject: (error: BackupFailedError) => void;
}

export function startCare(
  data: CareThreadData,
  options: {
    readonly onStatus: () => void;
    readonly onCrash: (error: unknown) => void;
    readonly threadUrl?: URL;
    readonly setTimer?: SetTimer;
  },
): CareService {
  const threadUrl = options.threadUrl ?? new URL('./care-thread.ts', import.meta.url);
  const { setTimer = realTimer } = options;
  let last = NOTHING_SAID;
  let stopping = false;
  let cancelRestart = (): void => undefined;
  let thread: Worker | null = null;
  /** Deaths in a row, without a word in between. */
  let deaths = 0;
  let asked = 0;
  const waiting = new Map<number, Asked>();
  launch();

  function launch(): void {
    const worker = new Worker(threadUrl, { workerData: data });
    thread = worker;
    worker.on('message', (message: FromCareThread) => {
      deaths = 0;
      hear(message);
    });
    worker.on('error', options.onCrash);
    worker.on('exit', () => {
      thread = null;
      for (const { reject } of waiting.values()) reject(new BackupFailedError('The backup was interrupted.'));
      waiting.clear();
      if (stopping) return;
      cancelRestart = setTimer(launch, doubling(deaths, RESTART));
      deaths += 1;
    });
  }

  function hear(message: FromCareThread): void {
    if (message.kind === 'status') {
      last = message.status;
      options.onStatus();
      return;
    }
    const question = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.kind === 'backed up') question?.resolve();
    else question?.reject(new BackupFailedError(message.message));
  }

  return {
    status: () => last,
    backUp: () =>
      new Promise((resolve, reject) => {
        if (!thread || stopping) {
          reject(new BackupFailedError('No backup can be made right now. Try again in a few minutes.'));
          return;
        }
        asked += 1;
        waiting.set(asked, { resolve, reject });
        thread.postMessage({ kind: 'back up', id: asked } satisfies ToCareThread);
      }),
    async stop() {
      stopping = true;
      cancelRestart();
      const worker = thread;
      // Between a crash and the next start there is no thread, and an exit that was is not told again.
      if (!worker) return;
      const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.postMessage({ kind: 'stop' } satisfies ToCareThread);
      const timer = setTimeout(() => void worker.terminate(), STOP_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}
