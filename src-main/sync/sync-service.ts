/** The terminal's side of the sync thread: starts it, wakes it, knows its last word, starts it again if it dies. */
import type { EngineStatus } from '#sync/engine-status.ts';
import { IDLE_DOWN, offlineUp } from '#sync/first-status.ts';
import { type SetTimer, realTimer } from '#sync/set-timer.ts';
import { keepThread } from '../threads/keep-thread.ts';
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
  const { now = () => new Date(), setTimer = realTimer } = options;
  let last: EngineStatus | null = null;
  const thread = keepThread<FromSyncThread, ToSyncThread>({
    url: options.threadUrl ?? new URL('./sync-thread.ts', import.meta.url),
    data,
    restart: RESTART,
    setTimer,
    stopMessage: { kind: 'stop' },
    onMessage(message) {
      if (message.kind === 'applied') options.onApplied(message.change);
      if (message.kind !== 'status') return;
      last = message.status;
      // Once it has had a connection, and not before.
      if (last.up.offlineSince === null) thread.isWell();
      options.onStatus();
    },
    onCrash: options.onCrash,
    onExit(stopping) {
      if (stopping) return;
      // Its last word may have been "live", and nobody else would take that back.
      last = afterDeath(last, now);
      options.onStatus();
    },
  });
  return {
    status: () => last,
    wake: () => thread.say({ kind: 'wake' }),
    stop: () => thread.stop(),
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
