import { GENESIS_HASH, type EventRecord } from '#domain/events/event-record.ts';
import { chainEvent, findChainBreak } from '../protocol/hash-chain.ts';
import type { BatchBounds, Outbox } from '../outbox.ts';

export interface MemoryOutbox extends Outbox {
  readonly log: readonly EventRecord[];
  /** Bounds of every read that was asked for. */
  readonly reads: readonly BatchBounds[];
  append(count: number, payload?: string, eventType?: string): void;
  /** The disk is put back from a copy that has so many events; 0 is a new disk. */
  putBack(count: number): void;
  /** The next call of this method throws, as a full or broken disk makes it. */
  failNext(method: 'read' | 'setAckedThrough' | 'markProcessed' | 'restore', message: string): void;
  /** Events up to here are marked as processed. */
  markedThrough(): number;
}

export const MARKED_AT_ONCE = 10;

/** @param mostAtOnce stands for the limits of a batch where a test wants many small ones */
export function memoryOutbox(terminalId = 'T1', mostAtOnce = Number.POSITIVE_INFINITY): MemoryOutbox {
  const log: EventRecord[] = [];
  const reads: BatchBounds[] = [];
  const failures = new Map<string, string>();
  let acked = 0;
  let marked = 0;
  const failIfAsked = (method: string): void => {
    const message = failures.get(method);
    failures.delete(method);
    if (message !== undefined) throw new Error(message);
  };
  return {
    log,
    reads,
    append(count, payload = '{}', eventType = 'order.created') {
      for (let added = 0; added < count; added += 1) log.push(nextEvent(log, terminalId, payload, eventType));
    },
    putBack(count) {
      log.length = count;
      acked = Math.min(acked, count);
    },
    failNext: (method, message) => {
      failures.set(method, message);
    },
    markedThrough: () => marked,
    head: () => headOf(log),
    ackedThrough: () => acked,
    hashAt: (seq) => log[seq - 1]?.hash,
    read(from, bounds) {
      failIfAsked('read');
      reads.push(bounds);
      return log.slice(from - 1, from - 1 + Math.min(mostAtOnce, bounds.maxEvents));
    },
    setAckedThrough(seq) {
      failIfAsked('setAckedThrough');
      acked = seq;
    },
    markProcessed() {
      failIfAsked('markProcessed');
      marked = Math.min(acked, marked + MARKED_AT_ONCE);
      return marked < acked;
    },
    restore(events) {
      failIfAsked('restore');
      if (findChainBreak(headOf(log), events)) throw new Error('What is restored does not continue the log.');
      log.push(...events);
      acked = log.length;
    },
    oldestWaitingAt: () => log[acked]?.timestamp ?? null,
  };
}

export function headOf(log: readonly EventRecord[]): { seq: number; hash: string } {
  const last = log.at(-1);
  return last ? { seq: last.seq, hash: last.hash } : { seq: 0, hash: GENESIS_HASH };
}

export function nextEvent(
  log: readonly EventRecord[],
  terminalId: string,
  payload: string,
  eventType = 'order.created',
): EventRecord {
  const { seq, hash } = headOf(log);
  return chainEvent(
    {
      eventId: `019aa000-0000-7000-8000-${String(seq + 1).padStart(12, '0')}`,
      terminalId,
      seq: seq + 1,
      eventType,
      aggregateId: `ORD-${seq + 1}`,
      timestamp: '2026-11-23T12:00:00.000Z',
      locationId: 'STORE-001',
      payload,
      metadata: '{}',
    },
    hash,
  );
}
