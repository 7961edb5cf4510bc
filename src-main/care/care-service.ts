/** The terminal's side of the care thread: starts it, knows its last word, starts it again if it dies. */
import { type SetTimer, realTimer } from '#sync/set-timer.ts';
import type { CareStatus } from '../api/sync-status.ts';
import { keepThread } from '../threads/keep-thread.ts';
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
  const { setTimer = realTimer } = options;
  let last = NOTHING_SAID;
  let asked = 0;
  const waiting = new Map<number, Asked>();
  const thread = keepThread<FromCareThread, ToCareThread>({
    url: options.threadUrl ?? new URL('./care-thread.ts', import.meta.url),
    data,
    restart: RESTART,
    setTimer,
    stopMessage: { kind: 'stop' },
    onMessage(message) {
      thread.isWell();
      hear(message);
    },
    onCrash: options.onCrash,
    onExit() {
      for (const { reject } of waiting.values()) reject(new BackupFailedError('The backup was interrupted.'));
      waiting.clear();
    },
  });

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
        if (!thread.isRunning()) {
          reject(new BackupFailedError('No backup can be made right now. Try again in a few minutes.'));
          return;
        }
        asked += 1;
        waiting.set(asked, { resolve, reject });
        thread.say({ kind: 'back up', id: asked });
      }),
    stop: () => thread.stop(),
  };
}
