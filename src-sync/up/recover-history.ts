/**
 * Gets this terminal's own events back from the server, page by page, when its disk was lost or put back from a copy. Each
 * page is on the disk before the next is asked for: whatever interrupts it, the next hello goes on from there.
 */
import type { Outbox } from '../outbox.ts';
import { findChainBreak } from '../protocol/hash-chain.ts';
import {
  type ChainPoint,
  type EventsPullReply,
  type FramedEvent,
  MAX_BATCH_EVENTS,
} from '../protocol/messages.ts';
import type { SyncLink } from '../sync-link.ts';
import { type LineEnd, messageOf, transient, unknown } from './line-end.ts';
import { refusal } from './refusal.ts';

export interface RecoveryOptions {
  readonly terminalId: string;
  readonly outbox: Outbox;
  readonly now: () => Date;
  /** False once this line is given up: what still comes over it must change nothing. */
  readonly isCurrent: () => boolean;
  /** A page is on the disk. */
  readonly onPage: () => void;
}

/** Null when the history is whole again, or when nobody waits for it any more. */
export type Recovered = LineEnd | null;

/** @param server its head as hello told it; it may grow by what a former line carried. Never rejects. */
export async function recoverHistory(
  link: SyncLink,
  server: ChainPoint,
  options: RecoveryOptions,
): Promise<Recovered> {
  const { terminalId, outbox, isCurrent } = options;
  try {
    let goal = server;
    for (;;) {
      const own = outbox.head();
      if (own.seq === goal.seq && own.hash === goal.hash) return null;
      if (own.seq >= goal.seq) return refusal('forked', terminalId, null);
      const reply = await askForPage(link, own.seq);
      if (!isCurrent()) return null;
      if ('kind' in reply) return reply;
      const wrong = whatIsWrong(own, reply.events, terminalId);
      if (wrong !== null) return wrong;
      outbox.restore(reply.events, options.now().toISOString());
      options.onPage();
      goal = reply.head;
    }
  } catch (error) {
    return transient(`The till could not keep what came back from the server: ${messageOf(error)}`);
  }
}

async function askForPage(
  link: SyncLink,
  after: number,
): Promise<Extract<EventsPullReply, { readonly ok: true }> | LineEnd> {
  try {
    const reply = await link.pullEvents({ after, limit: MAX_BATCH_EVENTS });
    return reply.ok ? reply : transient(reply.message);
  } catch (error) {
    return unknown(messageOf(error));
  }
}

/**
 * The chain alone proves that these are the events that this terminal once wrote, so nothing else is asked of their texts:
 * what the server could only quarantine is part of the history too, and without it nothing behind it would come back.
 */
function whatIsWrong(own: ChainPoint, events: readonly FramedEvent[], terminalId: string): LineEnd | null {
  if (events.length === 0) {
    return unknown(`The server has more than event ${own.seq} of this till and did not hand it over.`);
  }
  const foreign = events.find((event) => event.terminalId !== terminalId);
  if (foreign) {
    return refusal('not_understood', terminalId, `it handed over an event of ${foreign.terminalId}`);
  }
  const broken = findChainBreak(own, events);
  if (broken === undefined) return null;
  return broken.code === 'gap'
    ? unknown(`The server handed over event ${broken.seq}, which is not the next one.`)
    : refusal('forked', terminalId, `event ${broken.seq}: ${broken.code}`);
}
