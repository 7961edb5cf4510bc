/**
 * How fast the server takes what is sent, over the last seconds of sending. Kept in a few sums of a quarter of a second each,
 * so that it stays small at any speed.
 */
const WINDOW_MS = 5_000;
const SLICE_MS = 250;

export interface Rate {
  readonly eventsPerSecond: number;
  /** Of payload and metadata. */
  readonly bytesPerSecond: number;
}

interface Slice {
  readonly at: number;
  events: number;
  bytes: number;
}

export class SendRate {
  private readonly now: () => Date;
  /** When the sending began that is measured; null while nothing is sent. */
  private since: number | null = null;
  private slices: Slice[] = [];
  private rate: Rate | null = null;

  constructor(now: () => Date) {
    this.now = now;
  }

  /** null while nothing is sent, and before the first acknowledgement. */
  current(): Rate | null {
    return this.rate;
  }

  sending(): void {
    this.since ??= this.now().getTime();
  }

  acknowledged(events: number, bytes: number): void {
    const now = this.now().getTime();
    // A clock that was put back: times before and after do not belong together.
    if (this.since === null || now < (this.slices.at(-1)?.at ?? this.since)) {
      this.rest();
      this.since = now;
    }
    this.add(now, events, bytes);
    this.slices = this.slices.filter(({ at }) => at > now - WINDOW_MS);
    const elapsed = Math.min(now - (this.since ?? now), WINDOW_MS);
    if (elapsed <= 0) return;
    const perSecond = (sum: number): number => Math.round((sum * 1_000) / elapsed);
    this.rate = {
      eventsPerSecond: perSecond(this.slices.reduce((sum, slice) => sum + slice.events, 0)),
      bytesPerSecond: perSecond(this.slices.reduce((sum, slice) => sum + slice.bytes, 0)),
    };
  }

  /** Nothing is sent any more, or for a while. */
  rest(): void {
    this.since = null;
    this.slices = [];
    this.rate = null;
  }

  private add(now: number, events: number, bytes: number): void {
    const last = this.slices.at(-1);
    if (last !== undefined && now - last.at < SLICE_MS) {
      last.events += events;
      last.bytes += bytes;
    } else this.slices.push({ at: now, events, bytes });
  }
}
