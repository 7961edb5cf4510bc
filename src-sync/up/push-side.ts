/**
 * Sends what waits, over one open line, from where the server said at hello.
 *
 *              batch sent                acknowledged: cursor moves, the next one is read from the disk
 *     ┌──────┐────────────▶┌─────────┐◀──────────┐
 *     │ idle │             │ sending │───────────┘       "paused": the whole window is sent again from the cursor, in
 *     └──────┘◀────────────└─────────┘◀──────────────┐   order, once every batch under way is answered and the time is over
 *          nothing waits        │                    │
 *                               ├─ pause asked ──▶ paused
 *                               └─ anything else ──▶ ended: the engine drops the line (transient, unknown, refused)
 *
 * - Up to `flow.window` batches are under way; each was read from the disk, so memory does not grow with the backlog.
 * - `pump()` during a push or a pause is never lost: it looks at the log itself, not at how often it was called.
 * - `processed` follows the cursor page by page, once nothing waits: a backlog is sent first.
 * - The next batch goes out before the cursor is on the disk, and acknowledgements that come together move it once: the line is
 *   not idle while the till syncs. A cursor that lags behind the server's word is made good by the next hello.
 */
import type { EventRecord } from '#domain/events/event-record.ts';
import type { Outbox } from '../outbox.ts';
import {
  type Flow,
  MAX_BATCH_BYTES,
  MAX_BATCH_EVENTS,
  type PushReply,
  type PushRequest,
} from '../protocol/messages.ts';
import type { SetTimer } from '../set-timer.ts';
import type { SyncLink } from '../sync-link.ts';
import { LatestWord } from './latest-word.ts';
import { type LineEnd, messageOf, transient, unknown } from './line-end.ts';
import { type PushOutcome, judgePush } from './push-outcome.ts';
import { bytesOf, readBatch } from './read-batch.ts';
import { type Rate, SendRate } from './send-rate.ts';

export interface PushSideOptions {
  readonly terminalId: string;
  readonly outbox: Outbox;
  readonly link: SyncLink;
  readonly now: () => Date;
  readonly setTimer: SetTimer;
  /** The server's first word on what it can take; undefined when it said none. */
  readonly flow: Flow | undefined;
  /** What it has of this terminal: sending goes on behind it. */
  readonly ackedThrough: number;
  /** The cursor has moved. `quarantined` is the server's count, where it told one. */
  readonly onAcknowledged: (through: number, quarantined: number | undefined) => void;
  /** `waits`, `paused` or `rate` may have changed. */
  readonly onChange: () => void;
  /** At most once; nothing else is told afterwards. */
  readonly onEnd: (end: LineEnd) => void;
}

interface SentBatch {
  /** 1, 2, 3 … on this line */
  readonly number: number;
  readonly events: readonly EventRecord[];
}

/** From a server that does not direct: the next batch travels while the server commits the last. */
const UNDIRECTED: Flow = {
  maxEvents: MAX_BATCH_EVENTS,
  maxBytes: MAX_BATCH_BYTES,
  window: 3,
  pauseMs: 0,
};
/** A server that says "not now" and names no time would be asked without end, as fast as the line carries it. */
const UNNAMED_PAUSE_MS = 1_000;
/** Between two pages of marks: the disk is a tender's first. */
const MARK_EVERY_MS = 25;

export class PushSide {
  private readonly options: PushSideOptions;
  private readonly sendRate: SendRate;
  private flow: Flow = UNDIRECTED;
  /** seq of the next event to send */
  private nextToSend: number;
  private inFlight = 0;
  /** Batches sent on this line. */
  private sent = 0;
  private readonly flowWord = new LatestWord();
  private readonly quarantineWord = new LatestWord();
  /** The server's word that is not on the disk yet, and what it said with it of events that it cannot use. */
  private promised: number | null = null;
  private quarantined: number | undefined;
  /** Why nothing of the window counts as sent any more. Nothing new goes out until all of it is answered. */
  private unapplied: Extract<PushOutcome, { kind: 'paused' | 'gap' }> | null = null;
  private cancelPause: (() => void) | null = null;
  private cancelMarking: (() => void) | null = null;
  private waiting = false;
  private ended = false;

  constructor(options: PushSideOptions) {
    this.options = options;
    this.nextToSend = options.ackedThrough + 1;
    this.sendRate = new SendRate(options.now);
    if (options.flow) this.follow(options.flow);
  }

  /** Something is under way, or waits for the end of a pause. */
  waits(): boolean {
    return this.waiting;
  }

  paused(): boolean {
    return this.cancelPause !== null;
  }

  rate(): Rate | null {
    return this.sendRate.current();
  }

  /** Sends what may be sent. Cheap, and safe to call at any time. */
  pump(): void {
    if (this.ended) return;
    try {
      this.fillWindow();
    } catch (error) {
      this.end(transient(`The till's own log could not be read: ${messageOf(error)}`));
      return;
    }
    if (!this.waiting) {
      this.sendRate.rest();
      this.markSoon();
    }
    this.options.onChange();
  }

  /** The line is gone: what is still answered changes nothing. */
  stop(): void {
    this.ended = true;
    this.cancelPause?.();
    this.cancelPause = null;
    this.cancelMarking?.();
    this.cancelMarking = null;
    this.sendRate.rest();
  }

  private markSoon(): void {
    this.cancelMarking ??= this.options.setTimer(() => {
      this.cancelMarking = null;
      // Whatever is sent now comes to its end, and then it is this one's turn again.
      if (this.waiting) return;
      const { outbox, now } = this.options;
      try {
        if (outbox.markProcessed(now().toISOString())) this.markSoon();
      } catch (error) {
        this.end(transient(`The till could not mark what the server has: ${messageOf(error)}`));
      }
    }, MARK_EVERY_MS);
  }

  private fillWindow(): void {
    const { terminalId, outbox } = this.options;
    while (this.cancelPause === null && this.unapplied === null && this.inFlight < this.flow.window) {
      const events = readBatch(outbox, this.nextToSend, this.flow);
      const last = events.at(-1);
      if (!last) break;
      const from = this.nextToSend;
      this.nextToSend = last.seq + 1;
      this.inFlight += 1;
      this.sendRate.sending();
      void this.send({ terminalId, from, events });
    }
    this.waiting = this.inFlight > 0 || outbox.head().seq >= this.nextToSend;
  }

  private async send(request: PushRequest): Promise<void> {
    this.sent += 1;
    const number = this.sent;
    let reply: PushReply;
    try {
      reply = await this.options.link.push(request);
    } catch (error) {
      this.end(unknown(messageOf(error)));
      return;
    }
    if (this.ended) return;
    this.inFlight -= 1;
    try {
      this.take(
        { number, events: request.events },
        reply,
        judgePush(request, reply, this.options.outbox.head().seq),
      );
    } catch (error) {
      this.end(transient(`The till could not note what the server has: ${messageOf(error)}`));
    }
  }

  private take(batch: SentBatch, reply: PushReply, outcome: PushOutcome): void {
    switch (outcome.kind) {
      case 'acknowledged':
        if (reply.flow && this.flowWord.isNews(batch.number)) this.follow(reply.flow);
        this.acknowledge(outcome.through, batch, reply.ok ? reply.quarantined : undefined);
        break;
      case 'paused':
        this.unapplied = outcome;
        this.follow(
          reply.flow && this.flowWord.isNews(batch.number) ? reply.flow : this.flow,
          UNNAMED_PAUSE_MS,
        );
        break;
      case 'gap':
        // Of a batch behind a paused one the server can say nothing else. It may also be answered before that one.
        this.unapplied ??= outcome;
        break;
      default:
        this.end(outcome);
        return;
    }
    if (this.settleWindow()) this.pump();
  }

  /** Forwards only: answers may overtake each other, and only `hello` may take something back. */
  private acknowledge(through: number, { number, events }: SentBatch, quarantined: number | undefined): void {
    this.nextToSend = Math.max(this.nextToSend, through + 1);
    this.fillWindow();
    this.sendRate.acknowledged(events.length, bytesOf(events));
    const isNews = quarantined !== undefined && this.quarantineWord.isNews(number);
    if (isNews) this.quarantined = quarantined;
    if (this.promised === null) void Promise.resolve().then(() => this.noteCursor());
    this.promised = Math.max(this.promised ?? 0, through);
  }

  /** Behind all answers that came in one piece. */
  private noteCursor(): void {
    const { promised, quarantined } = this;
    if (promised === null || this.ended) return;
    this.promised = null;
    this.quarantined = undefined;
    const { outbox, now, onAcknowledged } = this.options;
    try {
      if (promised > outbox.ackedThrough()) outbox.setAckedThrough(promised, now().toISOString());
    } catch (error) {
      this.end(transient(`The till could not note what the server has: ${messageOf(error)}`));
      return;
    }
    onAcknowledged(promised, quarantined);
    this.pump();
  }

  /** Once the window is empty it is clear what became of it. False when that is the end of the line. */
  private settleWindow(): boolean {
    if (this.unapplied === null || this.inFlight > 0) return true;
    if (this.unapplied.kind === 'gap') {
      // The server misses something that we hold for sent. The next hello says from where to resume.
      this.end(unknown(this.unapplied.message));
      return false;
    }
    this.noteCursor();
    if (this.ended) return false;
    this.unapplied = null;
    this.nextToSend = this.options.outbox.ackedThrough() + 1;
    return true;
  }

  /** The last word counts, also when it ends a pause. */
  private follow(flow: Flow, unnamedPauseMs = 0): void {
    this.flow = flow;
    this.cancelPause?.();
    this.cancelPause = null;
    const pauseMs = flow.pauseMs === 0 ? unnamedPauseMs : flow.pauseMs;
    if (pauseMs === 0) return;
    this.sendRate.rest();
    this.cancelPause = this.options.setTimer(() => {
      this.cancelPause = null;
      this.pump();
    }, pauseMs);
  }

  private end(end: LineEnd): void {
    if (this.ended) return;
    this.stop();
    this.options.onEnd(end);
  }
}
