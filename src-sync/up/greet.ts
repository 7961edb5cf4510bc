/** Says hello, and judges from the answer how this terminal and its server stand to each other. Changes nothing on the disk. */
import { assertNever } from '#domain/assert-never.ts';
import type { Outbox } from '../outbox.ts';
import { type HelloReply, type HelloRequest, MAX_BATCH_BYTES } from '../protocol/messages.ts';
import type { SyncLink } from '../sync-link.ts';
import { compareHistories, ownHashAt } from './compare-histories.ts';
import { type LineEnd, messageOf, transient, unknown } from './line-end.ts';
import { refusal } from './refusal.ts';

export type Welcome = Extract<HelloReply, { readonly ok: true }>;

export type Greeting =
  /** The server's history is the beginning of ours. */
  | { readonly kind: 'welcome'; readonly welcome: Welcome }
  /** It has more of us, and we know why: it comes back first. */
  | { readonly kind: 'recover'; readonly welcome: Welcome }
  | LineEnd;

export interface GreetOptions {
  readonly terminalId: string;
  readonly outbox: Outbox;
  readonly now: () => Date;
  /** This terminal knows that its disk was lost or put back. */
  readonly isRecovering: () => boolean;
  /** False once this line is given up: an answer that comes all the same is about a till that may be another by now. */
  readonly isCurrent: () => boolean;
}

/** Never rejects. */
export async function greet(link: SyncLink, options: GreetOptions): Promise<Greeting> {
  try {
    const reply = await link.hello(helloRequest(options));
    return reply.ok ? await judge(link, reply, options) : refused(reply, options.terminalId);
  } catch (error) {
    return unknown(messageOf(error));
  }
}

function helloRequest({ outbox, now, isRecovering }: GreetOptions): HelloRequest {
  const seq = outbox.ackedThrough();
  const hash = ownHashAt(outbox, seq);
  if (hash === undefined) {
    throw new Error(`The till's own log lacks event ${seq}, up to which the server has acknowledged it.`);
  }
  const { seq: last, hash: lastHash } = outbox.head();
  return {
    head: { seq: last, hash: lastHash },
    acked: { seq, hash },
    clock: now().toISOString(),
    recovering: isRecovering(),
  };
}

async function judge(link: SyncLink, welcome: Welcome, options: GreetOptions): Promise<Greeting> {
  const { terminalId, outbox, isRecovering } = options;
  const theirs = { seq: welcome.ackedThrough, hash: welcome.headHash };
  const comparison = compareHistories(outbox, theirs);
  switch (comparison) {
    case 'ours':
      return { kind: 'welcome', welcome };
    case 'longer':
      return isRecovering() ? { kind: 'recover', welcome } : refusal('behind', terminalId, null);
    case 'other':
      await showFork(link, theirs.seq, options);
      return refusal('forked', terminalId, null);
    default:
      return assertNever(comparison);
  }
}

/**
 * The server has not noticed: it knows only what it was told. Our event under its last number, and the one behind it, are
 * of no use to it but as evidence, so that IT sees the fork on the server's pages too. Whatever it answers, we are done.
 */
async function showFork(link: SyncLink, seq: number, options: GreetOptions): Promise<void> {
  const { terminalId, outbox, isCurrent } = options;
  if (!isCurrent()) return;
  // Without an event of ours there, what we sent would not contradict the server: it could be taken.
  if (seq === 0 || outbox.hashAt(seq) === undefined) return;
  const events = outbox
    .read(seq, { maxEvents: 2, maxBytes: MAX_BATCH_BYTES })
    .filter((event, index) => event.seq === seq + index);
  if (events.length === 0) return;
  // A line that breaks now takes nothing back from what was seen: the fork is told here, and shown again next time.
  await link.push({ terminalId, from: seq, events }).catch(() => undefined);
}

function refused(reply: Extract<HelloReply, { readonly ok: false }>, terminalId: string): LineEnd {
  switch (reply.code) {
    case 'unavailable':
      return transient(reply.message);
    case 'forked':
    case 'behind':
      return refusal(reply.code, terminalId, reply.message);
    default:
      return assertNever(reply.code);
  }
}
