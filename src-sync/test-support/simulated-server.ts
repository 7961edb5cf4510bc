/**
 * A server behind a line that a test holds in its hand: every request waits until the test lets it through, loses
 * it before the commit, or loses the answer after it.
 */
import type {
  EventsPullReply,
  EventsPullRequest,
  HelloReply,
  HelloRequest,
  PushReply,
  PushRequest,
  QuarantineListReply,
  RefusedConnection,
} from '../protocol/messages.ts';
import type { LinkListeners, OpenLink, OpenedLink, SyncLink } from '../sync-link.ts';
import { ModelLog } from './model-log.ts';

export type Reply = HelloReply | PushReply | EventsPullReply | QuarantineListReply;

export interface WaitingRequest {
  readonly kind: 'hello' | 'push' | 'pull' | 'list';
  readonly push: PushRequest | null;
  /** Commits and answers. */
  deliver(): void;
  /** Commits; what it returns lets the answer through, which may be behind those of later requests. */
  commit(): () => void;
  /** Answers with this, whatever it was. */
  answer(reply: Reply): void;
  /** The server did it, its answer is lost; the line stays until somebody drops it. */
  commitInSilence(): void;
  fail(message: string): void;
}

export class SimulatedServer extends ModelLog {
  /** Requests that nobody has answered yet, oldest first; those of a closed line are gone. */
  waiting: WaitingRequest[] = [];
  hellos: HelloRequest[] = [];
  pushes: PushRequest[] = [];
  pulls: EventsPullRequest[] = [];
  lists = 0;
  /** Most pushes that were under way at once. */
  mostInFlight = 0;
  opened = 0;
  private readonly links = new Set<LinkListeners>();
  private refusals: OpenedLink[] = [];
  private held: (() => void)[] | null = null;

  get openLinks(): number {
    return this.links.size;
  }

  readonly openLink: OpenLink = async (listeners) => {
    if (this.held) await new Promise<void>((resolve) => this.held?.push(resolve));
    const refusal = this.refusals.shift();
    if (refusal) return refusal;
    this.opened += 1;
    this.links.add(listeners);
    return { ok: true, link: this.makeLink(listeners) };
  };

  /** What the next opening comes to; an open line when nothing is said. */
  refuseOpening(refused: RefusedConnection | null, message: string): void {
    this.refusals.push({ ok: false, refused, message });
  }

  /** Lines are not opened before `letOpen`. */
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
    for (const { onClosed } of closing) onClosed(reason);
  }

  tellChanges(): void {
    for (const { onChangesAvailable } of this.links) onChangesAvailable();
  }

  private makeLink(listeners: LinkListeners): SyncLink {
    const mine: WaitingRequest[] = [];
    return {
      hello: (request) => {
        this.hellos.push(request);
        return this.ask(mine, 'hello', null, () => this.greet(request));
      },
      push: (request) => {
        this.pushes.push(request);
        return this.ask(mine, 'push', request, () => this.ingest(request));
      },
      pullEvents: (request) => {
        this.pulls.push(request);
        return this.ask(mine, 'pull', null, () => this.page(request));
      },
      listQuarantined: () => {
        this.lists += 1;
        return this.ask(mine, 'list', null, () => this.quarantineList());
      },
      pullChanges: () => Promise.reject(new Error('Nothing comes down here.')),
      prepareSnapshot: () => Promise.reject(new Error('Nothing comes down here.')),
      close: () => {
        this.links.delete(listeners);
        this.waiting = this.waiting.filter((entry) => !mine.includes(entry));
      },
    };
  }

  private ask<Answer extends Reply>(
    mine: WaitingRequest[],
    kind: WaitingRequest['kind'],
    push: PushRequest | null,
    work: () => Answer,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.waiting = this.waiting.filter((other) => other !== entry);
      };
      const commit = (): (() => void) => {
        done();
        const answer = work();
        return () => resolve(answer);
      };
      const entry: WaitingRequest = {
        kind,
        push,
        commit,
        deliver: () => commit()(),
        answer: (reply) => {
          done();
          resolve(reply as Answer);
        },
        commitInSilence: () => void commit(),
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
}
