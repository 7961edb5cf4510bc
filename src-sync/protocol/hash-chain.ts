/** The hash chain proves that a terminal's history arrived whole, in order and unaltered. */
import { hash } from 'node:crypto';
import { type EventRecord, type UnchainedEvent, chainedText } from '#domain/events/event-record.ts';

/** SHA-256 in lower-case hex over the canonical event and the previous hash. */
export function chainHash(event: UnchainedEvent, prevHash: string): string {
  return hash('sha256', chainedText(event, prevHash), 'hex');
}

export function chainEvent(event: UnchainedEvent, prevHash: string): EventRecord {
  return { ...event, prevHash, hash: chainHash(event, prevHash) };
}

/** Where a run of events stops being a continuation of `head`; undefined when all of it is one. */
export interface ChainBreak {
  readonly seq: number;
  readonly code: 'gap' | 'prev_hash_differs' | 'hash_differs';
}

export interface ChainHead {
  /** 0 before the first event */
  readonly seq: number;
  readonly hash: string;
}

export function findChainBreak(head: ChainHead, events: readonly EventRecord[]): ChainBreak | undefined {
  let { seq, hash } = head;
  for (const event of events) {
    if (event.seq !== seq + 1) return { seq: event.seq, code: 'gap' };
    if (event.prevHash !== hash) return { seq: event.seq, code: 'prev_hash_differs' };
    if (chainHash(event, hash) !== event.hash) return { seq: event.seq, code: 'hash_differs' };
    ({ seq, hash } = event);
  }
  return undefined;
}
