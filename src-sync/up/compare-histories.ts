import { GENESIS_HASH } from '#domain/events/event-record.ts';
import type { Outbox } from '../outbox.ts';
import type { ChainPoint } from '../protocol/messages.ts';

/**
 * - `ours`: the server's last event of this terminal is one of ours, unaltered. What we have behind it, it lacks.
 * - `longer`: it has events that are not on this disk.
 * - `other`: under the same number it has another event.
 */
export type Comparison = 'ours' | 'longer' | 'other';

/** @param theirs the server's last event of this terminal */
export function compareHistories(outbox: Outbox, theirs: ChainPoint): Comparison {
  if (theirs.seq > outbox.head().seq) return 'longer';
  return ownHashAt(outbox, theirs.seq) === theirs.hash ? 'ours' : 'other';
}

export function ownHashAt(outbox: Outbox, seq: number): string | undefined {
  return seq === 0 ? GENESIS_HASH : outbox.hashAt(seq);
}
