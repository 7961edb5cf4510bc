/** Puts together where the till stands with its server and its disk, from those who know the parts. */
import type { EngineStatus } from '#sync/engine-status.ts';
import type { Outbox } from '#sync/outbox.ts';
import { PROTOCOL_VERSION } from '#sync/protocol/messages.ts';
import type { CareStatus, SyncStatus } from '../api/sync-status.ts';

export interface SyncSources {
  /** null for a till without a server. */
  readonly server: { readonly url: string; readonly epoch: number } | null;
  readonly outbox: Outbox;
  /** How many events wait for their number (`store/recovery.ts`): to the outbox they are not there yet. */
  readonly unnumbered: () => number;
  /** As {@link waitingSize} answers. */
  readonly waitingSize: (acked: number, waiting: number) => number;
  readonly downCursor: () => { readonly cursor: string | null; readonly appliedAt: string | null };
  /** null until the engine has said its first word. */
  readonly engine: EngineStatus | null;
  readonly care: CareStatus;
}

/** Log and cursors are read from the disk, so that the badge is right even while the engine's thread is silent. */
export function syncStatus(sources: SyncSources): SyncStatus {
  const { server, engine, care } = sources;
  const up = engine?.up;
  return {
    state: server ? (up?.state ?? 'connecting') : 'off',
    refusal: up?.refusal ?? null,
    offlineSince: up?.offlineSince ?? null,
    problem: up?.problem ?? null,
    serverUrl: server?.url ?? null,
    protocol: PROTOCOL_VERSION,
    epoch: server?.epoch ?? 1,
    clockSkewMs: up?.clockSkewMs ?? null,
    up: upStatus(sources),
    quarantined: {
      count: up?.quarantined.count ?? 0,
      newest: [...(up?.quarantined.newest ?? [])],
    },
    down: downStatus(sources),
    care,
  };
}

function upStatus({ outbox, unnumbered, waitingSize, engine }: SyncSources): SyncStatus['up'] {
  const lastSeq = outbox.head().seq;
  const ackedThrough = outbox.ackedThrough();
  const waiting = Math.max(0, lastSeq - ackedThrough) + unnumbered();
  const rate = engine?.up.rate ?? null;
  return {
    lastSeq,
    ackedThrough,
    waiting,
    waitingBytes: waitingSize(ackedThrough, waiting),
    oldestWaitingAt: outbox.oldestWaitingAt(),
    rate,
    secondsLeft:
      rate === null || rate.eventsPerSecond <= 0 ? null : Math.ceil(waiting / rate.eventsPerSecond),
    paused: engine?.up.paused ?? false,
  };
}

function downStatus({ engine, downCursor }: SyncSources): SyncStatus['down'] {
  const { cursor, appliedAt } = downCursor();
  const down = engine?.down;
  return {
    state: down?.state ?? 'idle',
    snapshot: down?.snapshot ?? null,
    appliedAt,
    cursor,
    problem: down?.problem ?? null,
  };
}
