/**
 * Replays the terminal's event log to the server.
 *
 *                start                       link open                    hello answered
 *     ┌─────────┐       ┌────────────┐                  ┌─────────────┐  nothing waits   ┌──────┐
 *     │ offline │──────▶│ connecting │─────────────────▶│ catching up │─────────────────▶│ live │
 *     └─────────┘       └────────────┘                  └─────────────┘◀─────────────────└──────┘
 *          ▲  ▲               │ fails                          │    new events wait           │
 *          │  └───────────────┘                                │                              │
 *          └───────────────────────────────────────────────────┴── link breaks, silence ──────┘
 *
 *     refused: the server said no to this terminal (token, protocol, forked or altered history). Selling goes
 *     on; the reason is on the screen; tried again now and then, because a person may mend it on either side.
 *
 * What keeps it exact:
 * - The cursor moves on the server's word alone: `hello` and the cumulative acknowledgements.
 * - Silence or a broken line is an unknown outcome: the link is dropped and the next `hello` asks. Nothing is guessed.
 * - Up to WINDOW batches are under way; each was read from disk, so memory does not grow with the backlog.
 * - `wake()` during a push is never lost: `pump` looks at the log itself, not at the wake-ups.
 */
import { assertNever } from '#domain/assert-never.ts';
import { type EventRecord, GENESIS_HASH } from '#domain/events/event-record.ts';
import { backoffDelay, spread } from './backoff.ts';
import type { Outbox } from './outbox.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS, type PushReply } from './protocol/messages.ts';
import type { SetTimer } from './set-timer.ts';
import type { OpenLink, OpenedLink, SyncLink } from './sync-link.ts';

export type SyncState = 'offline' | 'connecting' | 'catching_up' | 'live' | 'refused';

export interface EngineStatus {
  readonly state: SyncState;
  readonly ackedThrough: number;
  /** UTC instant; null while connected. */
  readonly offlineSince: string | null;
  /** The last error in words; null once things go well again. */
  readonly problem: string | null;
}

export interface EngineEnvironment {
  readonly terminalId: string;
  readonly outbox: Outbox;
  readonly openLink: OpenLink;
  readonly now: () => Date;
  /** In [0, 1). */
  readonly random: () => number;
  readonly setTimer: SetTimer;
  readonly onStatus: (status: EngineStatus) => void;
}

/** Batches under way at once: the next one travels while the server commits the last. */
const WINDOW = 3;
/** A refused terminal asks again after this at the latest; spread, or a fleet that an update has put out comes back in step. */
const LONGEST_REFUSED_RETRY_MS = 60_000;

export class SyncEngine {
  private readonly environment: EngineEnvironment;
  private state: SyncState = 'offline';
  private offlineSince: string | null;
  private problem: string | null = null;
  private failures = 0;
  private stopped = false;
  private link: SyncLink | null = null;
  /** seq of the next event to send on this link */
  private nextToSend = 1;
  private inFlight = 0;
  /** Goes up with every link opened or dropped: what a former link still says is not heard. */
  private generation = 0;
  private cancelTimer: (() => void) | null = null;

  constructor(environment: EngineEnvironment) {
    this.environment = environment;
    this.offlineSince = environment.now().toISOString();
  }

  status(): EngineStatus {
    return {
      state: this.state,
      ackedThrough: this.environment.outbox.ackedThrough(),
      offlineSince: this.offlineSince,
      problem: this.problem,
    };
  }

  start(): void {
    this.report();
    void this.connect();
  }

  /** Something was written to the log. Cheap, and safe to call at any time. */
  wake(): void {
    // Before hello is answered nothing may be sent: only its answer says from where.
    if (this.state === 'catching_up' || this.state === 'live') this.pump();
  }

  stop(): void {
    this.stopped = true;
    this.cancelTimer?.();
    this.dropLink();
  }

  private async connect(): Promise<void> {
    this.cancelTimer = null;
    this.enter('connecting');
    this.generation += 1;
    const mine = this.generation;
    const opened = await this.openLink(mine);
    if (this.stopped || mine !== this.generation) {
      if (opened.ok) opened.link.close();
      return;
    }
    if (!opened.ok) {
      if (opened.refused && opened.refused.code !== 'unavailable') this.refuse(opened.refused.message);
      else this.lose(opened.message);
      return;
    }
    this.link = opened.link;
    await this.greet(opened.link, mine);
  }

  /** A line that cannot even be tried (an address that is none) counts as one that does not open. */
  private async openLink(mine: number): Promise<OpenedLink> {
    try {
      return await this.environment.openLink((reason) => {
        if (mine === this.generation) this.lose(reason);
      });
    } catch (error) {
      return { ok: false, refused: null, message: messageOf(error) };
    }
  }

  /** Asks the server where this terminal stands; only its answer decides what is sent. */
  private async greet(link: SyncLink, mine: number): Promise<void> {
    try {
      const reply = await link.hello();
      if (this.stopped || mine !== this.generation) return;
      if (!reply.ok) {
        this.lose(reply.message);
        return;
      }
      if (!this.agreesWith(reply.ackedThrough, reply.headHash)) {
        this.refuse(
          `The server has another history of terminal ${this.environment.terminalId} than this till. Nothing was merged; the till sells on. Call IT.`,
        );
        return;
      }
      this.moveCursor(reply.ackedThrough);
      this.nextToSend = reply.ackedThrough + 1;
      this.inFlight = 0;
      this.problem = null;
      this.offlineSince = null;
      this.enter('catching_up');
      this.pump();
    } catch (error) {
      if (mine === this.generation) this.lose(messageOf(error));
    }
  }

  /** The server's last event of this terminal must be one of ours, unaltered. */
  private agreesWith(ackedThrough: number, headHash: string): boolean {
    const { outbox } = this.environment;
    const own = ackedThrough === 0 ? GENESIS_HASH : outbox.hashAt(ackedThrough);
    return own === headHash;
  }

  private pump(): void {
    try {
      this.fillWindow();
    } catch (error) {
      this.lose(`The till's own log could not be read: ${messageOf(error)}`);
      return;
    }
    const nothingWaits = this.inFlight === 0;
    if (nothingWaits) this.failures = 0;
    this.enter(nothingWaits ? 'live' : 'catching_up');
  }

  private fillWindow(): void {
    const { terminalId } = this.environment;
    while (this.link && this.inFlight < WINDOW) {
      const events = this.readBatch();
      const last = events.at(-1);
      if (!last) break;
      const from = this.nextToSend;
      this.nextToSend = last.seq + 1;
      this.inFlight += 1;
      void this.send(this.link, { terminalId, from, events }, this.generation);
    }
  }

  /**
   * Does not end between a movement and what stands behind it: that may be the till's own word that the item runs low. Only
   * in one batch does the server see that the two are one crossing, and adds no alert of its own.
   */
  private readBatch(): EventRecord[] {
    const { outbox } = this.environment;
    const events = outbox.read(this.nextToSend, { maxEvents: MAX_BATCH_EVENTS, maxBytes: MAX_BATCH_BYTES });
    const last = events.at(-1);
    const endsWithin = last?.eventType === 'inventory.updated' && last.seq < outbox.head().seq;
    return endsWithin && events.length > 1 ? events.slice(0, -1) : events;
  }

  private async send(link: SyncLink, request: Parameters<SyncLink['push']>[0], mine: number): Promise<void> {
    let reply: PushReply;
    try {
      reply = await link.push(request);
    } catch (error) {
      if (mine === this.generation) this.lose(messageOf(error));
      return;
    }
    if (mine !== this.generation || this.stopped) return;
    this.inFlight -= 1;
    if (reply.ok) {
      this.acknowledge(reply.ackedThrough, request.from + request.events.length - 1);
      return;
    }
    switch (reply.code) {
      case 'gap':
      // The server misses something that we hold for sent. The next hello says from where to resume.
      case 'unavailable':
        this.lose(reply.message);
        return;
      case 'chain_broken':
      case 'malformed':
      case 'wrong_terminal':
        this.refuse(reply.message);
        return;
      default:
        assertNever(reply.code);
    }
  }

  /**
   * Forwards only: answers may overtake each other, and only `hello` may take something back. More than was sent
   * on this link is possible, when the server commits late what a former link carried; more than was written is not.
   */
  private acknowledge(through: number, lastOfBatch: number): void {
    const { outbox } = this.environment;
    try {
      if (through < lastOfBatch || through > outbox.head().seq) {
        this.lose(`The server acknowledged event ${through}, which cannot be.`);
        return;
      }
      if (through > outbox.ackedThrough()) this.moveCursor(through);
    } catch (error) {
      this.lose(`The till could not note what the server has: ${messageOf(error)}`);
      return;
    }
    this.nextToSend = Math.max(this.nextToSend, through + 1);
    // Not at hello: a server that answers it and refuses every batch would be asked twice a second by every till.
    this.failures = 0;
    this.pump();
  }

  private moveCursor(through: number): void {
    const { outbox, now } = this.environment;
    if (through === outbox.ackedThrough()) return;
    outbox.setAckedThrough(through, now().toISOString());
    this.report();
  }

  private lose(reason: string): void {
    if (this.stopped) return;
    this.dropLink();
    this.problem = reason;
    this.enter('offline');
    const delay = backoffDelay(this.failures, this.environment.random());
    this.failures += 1;
    this.retryAfter(delay);
  }

  private refuse(reason: string): void {
    if (this.stopped) return;
    this.dropLink();
    this.problem = reason;
    this.enter('refused');
    this.retryAfter(spread(LONGEST_REFUSED_RETRY_MS, this.environment.random()));
  }

  private retryAfter(ms: number): void {
    this.cancelTimer?.();
    this.cancelTimer = this.environment.setTimer(() => void this.connect(), ms);
  }

  private dropLink(): void {
    this.generation += 1;
    this.link?.close();
    this.link = null;
    this.inFlight = 0;
  }

  private enter(state: SyncState): void {
    if (state === this.state) return;
    this.state = state;
    const connected = state === 'live' || state === 'catching_up';
    if (!connected) this.offlineSince ??= this.environment.now().toISOString();
    this.report();
  }

  private report(): void {
    this.environment.onStatus(this.status());
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
