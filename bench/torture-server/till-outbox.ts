/** The log of a simulated till, in memory, and how far the servers have it. */
import type { EventRecord } from '#domain/events/event-record.ts';
import { GENESIS_HASH } from '#domain/events/event-record.ts';
import type { BatchBounds, Outbox } from '#sync/outbox.ts';
import { type Random, between } from '../random.ts';

export interface TillOutbox extends Outbox {
  /** A sale's events, all or none: a till writes them in one transaction. */
  write(events: readonly EventRecord[]): void;
}

/** So that batches end everywhere in a sale, and not only where five hundred events are full. */
const SHARE_OF_SHORT_PAGES = 0.5;
const LONGEST_SHORT_PAGE = 12;

export interface TillOutboxListeners {
  readonly onAcknowledged: () => void;
  /** Must never be: a server's word was taken back. What it had said is sent again, and nobody else would notice. */
  readonly onForgotten: (acknowledged: number, known: number) => void;
}

export function tillOutbox(random: Random, { onAcknowledged, onForgotten }: TillOutboxListeners): TillOutbox {
  const log: EventRecord[] = [];
  let acked = 0;
  return {
    write(events) {
      log.push(...events);
    },
    head() {
      const last = log.at(-1);
      return last === undefined ? { seq: 0, hash: GENESIS_HASH } : { seq: last.seq, hash: last.hash };
    },
    ackedThrough: () => acked,
    hashAt: (seq) => log[seq - 1]?.hash,
    read(from, bounds) {
      const short = random() < SHARE_OF_SHORT_PAGES;
      const maxEvents = short ? between(random, 2, LONGEST_SHORT_PAGE) : bounds.maxEvents;
      return pageOf(log, from, { ...bounds, maxEvents });
    },
    setAckedThrough(seq) {
      if (seq < acked) onForgotten(acked, seq);
      acked = seq;
      onAcknowledged();
    },
    // In memory there are no marks.
    markProcessed: () => false,
    restore() {
      throw new Error('This till never loses its disk');
    },
    oldestWaitingAt: () => log[acked]?.timestamp ?? null,
  };
}

function pageOf(
  log: readonly EventRecord[],
  from: number,
  { maxEvents, maxBytes }: BatchBounds,
): EventRecord[] {
  const page: EventRecord[] = [];
  let bytes = 0;
  for (const event of log.slice(from - 1, from - 1 + maxEvents)) {
    // Only ASCII is rung up here.
    bytes += event.payload.length + event.metadata.length;
    if (page.length > 0 && bytes > maxBytes) break;
    page.push(event);
  }
  return page;
}
