/** Keeps a worker thread running: starts it, starts it again when it dies, and lets it end by itself when it is told to stop. */
import { Worker } from 'node:worker_threads';
import { type WaitBounds, doubling } from '#sync/backoff.ts';
import type { SetTimer } from '#sync/set-timer.ts';
import { SMALL_YOUNG_GENERATION_LIMITS } from './young-generation.ts';

/** How long a stop may take before the thread is ended: it holds nothing that is not on the disk. */
const STOP_MS = 2_000;

export interface ThreadOptions<From, To> {
  readonly url: URL;
  readonly data: unknown;
  /** Between a death and the next start, longer with each death in a row: one that dies at once must not do that for ever. */
  readonly restart: WaitBounds;
  readonly setTimer: SetTimer;
  /** What tells it to end by itself. */
  readonly stopMessage: To;
  readonly onMessage: (message: From) => void;
  /** Uncaught in the thread; its exit follows. */
  readonly onCrash: (error: unknown) => void;
  /** @param stopping it was told to; else it will be started again */
  readonly onExit: (stopping: boolean) => void;
}

export interface KeptThread<To> {
  /** False between a death and the next start, and once it was told to stop. */
  isRunning(): boolean;
  /** To a thread that does not run: nothing. */
  say(message: To): void;
  /** It does what it is for: the next death is the first of its row. */
  isWell(): void;
  /** Waits for its end. */
  stop(): Promise<void>;
}

export function keepThread<From, To>(options: ThreadOptions<From, To>): KeptThread<To> {
  const { url, data, restart, setTimer, stopMessage } = options;
  let thread: Worker | null = null;
  let stopping = false;
  /** Deaths in a row. */
  let deaths = 0;
  let cancelRestart = (): void => undefined;
  launch();

  function launch(): void {
    const worker = new Worker(url, { workerData: data, resourceLimits: SMALL_YOUNG_GENERATION_LIMITS });
    thread = worker;
    worker.on('message', options.onMessage);
    worker.on('error', options.onCrash);
    worker.on('exit', () => {
      thread = null;
      if (!stopping) {
        cancelRestart = setTimer(launch, doubling(deaths, restart));
        deaths += 1;
      }
      options.onExit(stopping);
    });
  }

  return {
    isRunning: () => thread !== null && !stopping,
    say: (message) => thread?.postMessage(message),
    isWell: () => {
      deaths = 0;
    },
    async stop() {
      stopping = true;
      cancelRestart();
      const worker = thread;
      // Between a crash and the next start there is no thread, and an exit that was is not told again.
      if (!worker) return;
      const exited = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
      worker.postMessage(stopMessage);
      const timer = setTimeout(() => void worker.terminate(), STOP_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}
