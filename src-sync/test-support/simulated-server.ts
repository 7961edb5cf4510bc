/**
 * A server behind a line that a test holds in its hand: every request waits until the test lets it through, loses
 * it before the commit, or loses the answer after it.
 */
import type { EventRecord } from '#domain/events/event-record.ts';
import { findChainBreak } from '../protocol/hash-chain.ts';
import type { HelloReply, PushReply, PushRequest, RefusedConnection } from '../protocol/messages.ts';
import type { OpenLink, OpenedLink, SyncLink } from '../sync-link.ts';
import { headOf } from './memory-outbox.ts';

export interface WaitingRequest {
  readonly kind: 'hello' | 'push';
  readonly request: PushRequest | null;
  /** Commits and answers. */
  deliver(): void;
  /** Answers with this, whatever it was. */
  answer(reply: PushReply | HelloReply): void;
  /** The server did it, its answer is lost; the line stays until somebody drops it. */
  commitInSilence(): void;
  fail(message: string): void;
}

export interface SimulatedServer {
  log: EventRecord[];
  /** Requests that nobody has answered yet, oldest first; those of a closed line are gone. */
  readonly waiting: readonly WaitingRequest[];
  readonly pushes: readonly PushRequest[];
  /** Most pushes that were under way at once. */
  readonly mostInFlight: number;
  readonly openLinks: number;
  readonly opened: number;
  readonly openLink: OpenLink;
  /** What the next openings come to; an open line when nothing is said. */
  refuseOpening(refused: RefusedConnection | null, message: string): void;
  /** Lines are not opened before `letOpen`. */
  holdOpening(): void;
  letOpen(): void;
  breakLinks(reason: string): void;
}

export function simulatedServer(): SimulatedServer {
  const server = new Simulation();
  return server;
}

class Simulation implements SimulatedServer {
  log: EventRecord[] = [];
  waiting: WaitingRequest[] = [];
  pushes: PushRequest[] = [];
  mostInFlight = 0;
  opened = 0;
  private readonly links = new Set<(reason: string) => void>();
  private refusals: OpenedLink[] = [];
  private held: (() => void)[] | null = null;

  get openLinks(): number {
    return this.links.size;
  }

  readonly openLink: OpenLink = async (onClosed) => {
    if (this.held) await new Promise<void>((resolve) => this.held?.push(resolve));
    const refusal = this.refusals.shift();
    if (refusal) return refusal;
    this.opened += 1;
    this.links.add(onClosed);
    return { ok: true, link: this.makeLink(onClosed) };
  };

  refuseOpening(refused: RefusedConnection | null, message: string): void {
    this.refusals.push({ ok: false, refused, message });
  }

  holdOpening(): void {
    this.held = [];
  }

  letOpen(): void {
    const held = this.held ?? [];
    this.held = null;
    for (const resume of held) resume();
  }

  breakLinks(reason: string): void {
    const closing = [...this.links];
    this.links.clear();
    this.waiting = [];
    for (const onClosed of closing) onClosed(reason);
  }

  private makeLink(onClosed: (reason: string) => void): SyncLink {
    const mine: WaitingRequest[] = [];
    return {
      hello: () => this.ask<HelloReply>(mine, 'hello', null, () => this.greet()),
      push: (request) => {
        this.pushes.push(request);
        return this.ask<PushReply>(mine, 'push', request, () => this.ingest(request));
      },
      close: () => {
        this.links.delete(onClosed);
        this.waiting = this.waiting.filter((entry) => !mine.includes(entry));
      },
    };
  }

  private ask<Reply extends PushReply | HelloReply>(
    mine: WaitingRequest[],
    kind: WaitingRequest['kind'],
    request: PushRequest | null,
    work: () => Reply,
  ): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.waiting = this.waiting.filter((other) => other !== entry);
      };
      const entry: WaitingRequest = {
        kind,
        request,
        deliver: () => {
          done();
          resolve(work());
        },
        answer: (reply) => {
          done();
          resolve(reply as Reply);
        },
        commitInSilence: () => {
          done();
          work();
        },
        fail: (message) => {
          done();
          reject(new Error(message));
        },
      };
      mine.push(entry);
      this.waiting.push(entry);
      this.mostInFlight = Math.max(
        this.mostInFlight,
        this.waiting.filter((other) => other.kind === 'push').length,
      );
    });
  }

  private greet(): HelloReply {
    const { seq, hash } = headOf(this.log);
    return { ok: true, ackedThrough: seq, headHash: hash, serverTime: '2026-11-23T12:00:00.000Z' };
  }

  /** As the real one: what is there is ignored, what does not continue is refused whole. */
  private ingest({ from, events }: PushRequest): PushReply {
    const head = headOf(this.log);
    if (from > head.seq + 1) {
      return { ok: false, code: 'gap', message: `Expected ${head.seq + 1}.`, expected: head.seq + 1 };
    }
    const fresh = events.filter((event) => event.seq > head.seq);
    if (findChainBreak(head, fresh)) return { ok: false, code: 'chain_broken', message: 'Chain broken.' };
    this.log = [...this.log, ...fresh];
    return { ok: true, ackedThrough: headOf(this.log).seq };
  }
}
