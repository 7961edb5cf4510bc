/** The terminal's side of the sync thread: starts it, wakes it, knows its last word, starts it again if it dies. */
import { Worker } from 'node:worker_threads';
import { doubling } from '#sync/backoff.ts';
import type { EngineStatus } from '#sync/engine-status.ts';
import { IDLE_DOWN, offlineUp } from '#sync/first-status.ts';
import { type SetTimer, realTimer } from '#sync/set-timer.ts';
import type { AppliedChange } from './applied-change.ts';
import type { FromSyncThread, SyncThreadData, ToSyncThread } from './sync-thread-messages.ts';

export interface SyncService {
  /** null until the thread has said its first word */
  status(): EngineStatus | null;
  wake(): void;
  stop(): Promise<void>;
}

/**
 * A thread that died is started again after a second, then two, four … thirty; its cursor is on the disk, so nothing is
 * lost by it. Each start opens the database and reads the backlog's end: one that dies at once must not do that for ever.
 */
const RESTART = { firstMs: 1_000, longestMs: 30_000 };
/** How long a stop may take before the thread is ended: it holds nothing that is not on the disk. */
const STOP_MS = 2_000;

export function startSync(
  data: SyncThreadData,
  options: {
    readonly onStatus: () => void;
    /** The server's word has reached this till's disk. */
    readonly onApplied: (change: AppliedChange) => void;
    readonly onCrash: (error: unknown) => void;
    readonly threadUrl?: URL;
    readonly now?: () => Date;
    readonly setTimer?: SetTimer;
  },
): SyncService {
  const threadUrl = options.threadUrl ?? new URL('./sync-thread.ts', import.meta.url);
  let last: EngineStatus | null = null;
  let stopping = false;
  const { now = () => new Date(), setTimer = realTimer } = options;
  let cancelRestart = (): void => undefined;
  let running = false;
  /** Deaths in a row, without a connection in between. */
  let deaths = 0;
  let thread = launch();

  function launch(): Worker {
    const worker = new Worker(threadUrl, { workerData: data });
    running = true;
    worker.on('message', (message: FromSyncThread) => {
      if (message.kind === 'applied') options.onApplied(message.change);
      if (message.kind !== 'status') return;
      last = message.status;
      if (last.up.offlineSince === null) deaths = 0;
      options.onStatus();
    });
    worker.on('error', options.onCrash);
    worker.on('exit', () => {
      running = false;
      if (stopping) return;
      // Its last word may have been "live", and nobody else would take that back.
      last = afterDeath(last, now);
      cancelRestart = setTimer(
        () => {
          thread = launch();
        },
        doubling(deaths, RESTART),
      );
      deaths += 1;
      options.onStatus();
    });
    return worker;
  }

  const say = (message: ToSyncThread): void => thread.postMessage(message);
  return {
    status: () => last,
    wake: () => say({ kind: 'wake' }),
    async stop() {
      stopping = true;
      cancelRestart();
      // Between a crash and the next start there is no thread, and an exit that was is not told again.
      if (!running) return;
      const exited = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
      say({ kind: 'stop' });
      const timer = setTimeout(() => void thread.terminate(), STOP_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** What is known of the server stays; what only a running thread can know does not. */
function afterDeath(last: EngineStatus | null, now: () => Date): EngineStatus {
  const died = offlineUp(
    last?.up.ackedThrough ?? 0,
    last?.up.offlineSince ?? now().toISOString(),
    'The sync stopped unexpectedly; it is starting again.',
  );
  if (last === null) return { up: died, down: IDLE_DOWN };
  const { clockSkewMs, quarantined } = last.up;
  return {
    up: { ...died, clockSkewMs, quarantined },
    down: { ...last.down, state: 'idle', snapshot: null },
  };
}
