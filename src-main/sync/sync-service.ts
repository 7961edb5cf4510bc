/** The terminal's side of the sync thread: starts it, wakes it, knows its last word, starts it again if it dies. */
import { Worker } from 'node:worker_threads';
import type { EngineStatus } from '#sync/engine.ts';
import type { FromSyncThread, SyncThreadData, ToSyncThread } from './sync-thread-messages.ts';

export interface SyncService {
  /** null when this till has no server */
  status(): EngineStatus | null;
  wake(): void;
  stop(): Promise<void>;
}

/** A thread that died is started again after this; its cursor is on the disk, so nothing is lost by it. */
const RESTART_MS = 1_000;
/** How long a stop may take before the thread is ended: it holds nothing that is not on the disk. */
const STOP_MS = 2_000;

export function startSync(
  data: SyncThreadData,
  options: {
    readonly onStatus: () => void;
    readonly onCrash: (error: unknown) => void;
    readonly threadUrl?: URL;
  },
): SyncService {
  const threadUrl = options.threadUrl ?? new URL('./sync-thread.ts', import.meta.url);
  let last: EngineStatus | null = null;
  let stopping = false;
  let restart: NodeJS.Timeout | undefined;
  let running = false;
  let thread = launch();

  function launch(): Worker {
    const worker = new Worker(threadUrl, { workerData: data });
    running = true;
    worker.on('message', (message: FromSyncThread) => {
      if (message.kind !== 'status') return;
      last = message.status;
      options.onStatus();
    });
    worker.on('error', options.onCrash);
    worker.on('exit', () => {
      running = false;
      if (stopping) return;
      restart = setTimeout(() => {
        thread = launch();
      }, RESTART_MS);
    });
    return worker;
  }

  const say = (message: ToSyncThread): void => thread.postMessage(message);
  return {
    status: () => last,
    wake: () => say({ kind: 'wake' }),
    async stop() {
      stopping = true;
      clearTimeout(restart);
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
