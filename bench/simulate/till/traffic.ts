/** Counts what a till sends, and holds it to what the server has asked for: how much at once, how large, and not in a pause. */
import { type Flow, MAX_WINDOW, type PushRequest } from '#sync/protocol/messages.ts';
import type { RequestName } from '../model/server.ts';
import type { LineWatcher } from '../world/line.ts';

const MINUTE = 60_000;

export interface TrafficOptions {
  /** Virtual time. */
  readonly now: () => number;
  readonly mostPerMinute: number;
  /** Not a copied data folder: the one batch by which it shows the server that it is one is no part of any flow. */
  readonly isDirected: boolean;
  readonly complain: (what: string) => void;
}

export class TrafficWatch implements LineWatcher {
  openings = 0;
  requests = 0;
  /** Within the last full minute and the one before, roughly: enough to see a storm. */
  private minute = 0;
  private thisMinute = 0;
  private pushesUnderWay = 0;
  private flow: Flow | null = null;
  private newestWord = 0;
  private pausedUntil = 0;
  private readonly now: () => number;
  private readonly complain: (what: string) => void;
  private readonly mostPerMinute: number;
  private readonly isDirected: boolean;

  constructor({ now, mostPerMinute, isDirected, complain }: TrafficOptions) {
    this.now = now;
    this.mostPerMinute = mostPerMinute;
    this.isDirected = isDirected;
    this.complain = complain;
  }

  opening(): void {
    this.openings += 1;
    this.flow = null;
    this.newestWord = 0;
    this.pausedUntil = 0;
    this.pushesUnderWay = 0;
    this.countMinute();
  }

  asked(name: RequestName, request: unknown): void {
    this.requests += 1;
    this.countMinute();
    if (name === 'events.push') this.checkPush(request as PushRequest);
  }

  settled(name: RequestName): void {
    if (name === 'events.push') this.pushesUnderWay -= 1;
  }

  isSending(): boolean {
    return this.pushesUnderWay > 0;
  }

  /** The till has heard it. */
  told(flow: Flow, request: number): void {
    if (!this.isDirected || request < this.newestWord) return;
    this.newestWord = request;
    this.flow = flow;
    this.pausedUntil = this.now() + flow.pauseMs;
  }

  private checkPush({ events }: PushRequest): void {
    this.pushesUnderWay += 1;
    const { window = MAX_WINDOW, maxEvents = Number.POSITIVE_INFINITY } = this.flow ?? {};
    if (this.pushesUnderWay > window)
      this.complain(`${this.pushesUnderWay} batches are under way where the server takes ${window}`);
    if (events.length > maxEvents)
      this.complain(`a batch of ${events.length} events where the server takes ${maxEvents}`);
    if (this.now() < this.pausedUntil) this.complain('a batch was sent in a pause that the server asked for');
  }

  private countMinute(): void {
    const minute = Math.floor(this.now() / MINUTE);
    if (minute !== this.minute) this.thisMinute = 0;
    this.minute = minute;
    this.thisMinute += 1;
    if (this.thisMinute > this.mostPerMinute)
      this.complain(`more than ${this.mostPerMinute} messages within a minute`);
  }
}
