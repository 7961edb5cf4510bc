/** What the real server does with a terminal's history, in its simplest form. */
import { GENESIS_HASH, type EventRecord } from '#domain/events/event-record.ts';
import { findChainBreak } from '../protocol/hash-chain.ts';
import {
  type ChainPoint,
  type EventsPullReply,
  type EventsPullRequest,
  type Flow,
  type HelloReply,
  type HelloRequest,
  MAX_QUARANTINE_LIST,
  type PushReply,
  type PushRequest,
  type QuarantineListReply,
} from '../protocol/messages.ts';
import { headOf } from './memory-outbox.ts';

const AT = '2026-11-23T12:00:00.000Z';
const MARK = '"unusable":true';
/** The payload of an event that this server can store and never use. */
export const UNUSABLE = `{${MARK}}`;

export class ModelLog {
  log: EventRecord[] = [];
  /** What its answers say it can take; undefined: they say nothing. */
  flow: Flow | undefined;
  /** It takes no batch. */
  pausing = false;
  /** It compares nothing of a hello, as one that knows only its own head. */
  naive = false;
  /** Batches that did not continue what it has. */
  forksSeen = 0;
  /** Events of one page of `events.pull`, at most. */
  pageSize = Number.POSITIVE_INFINITY;

  protected greet({ head, acked, recovering }: HelloRequest): HelloReply {
    const own = headOf(this.log);
    if (!this.naive) {
      if (this.differsAt(head) || this.differsAt(acked)) {
        return { ok: false, code: 'forked', message: 'Two histories.' };
      }
      if (own.seq > head.seq && !recovering) return { ok: false, code: 'behind', message: 'An old copy.' };
    }
    return {
      ok: true,
      ackedThrough: own.seq,
      headHash: own.hash,
      serverTime: AT,
      clockSkewMs: 250,
      quarantined: this.quarantined().length,
      ...this.direction(),
    };
  }

  /** What is there is ignored, what does not continue is refused whole, what cannot be used is kept aside. */
  protected ingest({ from, events }: PushRequest): PushReply {
    if (this.pausing) return { ok: false, code: 'paused', message: 'Not now.', ...this.direction() };
    const head = headOf(this.log);
    if (from > head.seq + 1) {
      return { ok: false, code: 'gap', message: `Expected ${head.seq + 1}.`, expected: head.seq + 1 };
    }
    const fresh = events.filter((event) => event.seq > head.seq);
    if (events.some((event) => this.differsAt(event)) || findChainBreak(head, fresh)) {
      this.forksSeen += 1;
      return { ok: false, code: 'chain_broken', message: 'Chain broken.' };
    }
    this.log = [...this.log, ...fresh];
    return {
      ok: true,
      ackedThrough: headOf(this.log).seq,
      quarantined: this.quarantined().length,
      ...this.direction(),
    };
  }

  protected page({ after, limit }: EventsPullRequest): EventsPullReply {
    const events = this.log.slice(after, after + Math.min(limit, this.pageSize));
    return { ok: true, events, head: headOf(this.log) };
  }

  protected quarantineList(): QuarantineListReply {
    const unusable = this.quarantined();
    const newest = unusable.toReversed().slice(0, MAX_QUARANTINE_LIST);
    return {
      ok: true,
      count: unusable.length,
      events: newest.map(({ seq, eventType }) => ({ seq, eventType, reason: 'It cannot be used.', at: AT })),
    };
  }

  quarantined(): EventRecord[] {
    return this.log.filter(({ payload }) => payload.includes(MARK));
  }

  private direction(): { flow?: Flow } {
    return this.flow ? { flow: this.flow } : {};
  }

  private differsAt({ seq, hash }: ChainPoint): boolean {
    if (seq > this.log.length) return false;
    return hash !== (seq === 0 ? GENESIS_HASH : this.log[seq - 1]?.hash);
  }
}
