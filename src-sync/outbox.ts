import type { EventRecord } from '#domain/events/event-record.ts';
import type { ChainHead } from './protocol/hash-chain.ts';

/** The terminal's event log as the sync engine sees it. The engine never writes events, only how far the server has them. */
export interface Outbox {
  /** The last event that was written; seq 0 before the first. */
  head(): ChainHead;
  /** Cursor: everything up to here is on the server, by the server's own word. */
  ackedThrough(): number;
  /** Hash of an event of ours; undefined when there is none with that seq. */
  hashAt(seq: number): string | undefined;
  /** Events from `from` on, in order, within both bounds (at least one, if there is one). */
  read(from: number, bounds: BatchBounds): EventRecord[];
  /**
   * Sets the cursor to the server's word. Backwards too: a server that was restored from an older backup says less than
   * before, and what it lost counts as unsent again. What is sent depends on the cursor alone; `processed` follows it, at
   * once where few events are passed.
   */
  setAckedThrough(seq: number, at: string): void;
  /** Marks some of the events that the cursor has passed and that are not marked yet. @returns whether more are left */
  markProcessed(at: string): boolean;
  /**
   * Takes back events of this very terminal that its disk had lost, as acknowledged; they continue the head. One transaction
   * with what they say about orders, stock and receipt numbers.
   */
  restore(events: readonly EventRecord[], at: string): void;
  /** When the oldest event that waits was written; null when none waits. */
  oldestWaitingAt(): string | null;
}

export interface BatchBounds {
  readonly maxEvents: number;
  /** Size of the payload and metadata texts together. */
  readonly maxBytes: number;
}
