/** The only time there is in a simulation: it stands still until somebody takes the next event out of the queue. */
import type { SetTimer } from '#sync/set-timer.ts';

interface Entry {
  readonly at: number;
  /** Order of two events of one millisecond: that of their setting. */
  readonly order: number;
  work: (() => void) | null;
}

export interface VirtualTime {
  /** Milliseconds since the beginning. */
  now(): number;
  readonly setTimer: SetTimer;
  /**
   * Moves to the next event not after `until` and returns its work, which the caller runs; undefined when there is none, and
   * it is `until` then.
   */
  next(until: number): (() => void) | undefined;
}

export function virtualTime(): VirtualTime {
  const queue = new EventQueue();
  let now = 0;
  return {
    now: () => now,
    setTimer(work, ms) {
      const entry = queue.add(now + Math.max(0, ms), work);
      return () => {
        entry.work = null;
      };
    },
    next(until) {
      for (let entry = queue.first(); entry && entry.at <= until; entry = queue.first()) {
        queue.dropFirst();
        if (!entry.work) continue;
        now = entry.at;
        return entry.work;
      }
      now = Math.max(now, until);
      return undefined;
    },
  };
}

/** A binary heap. */
class EventQueue {
  private readonly heap: Entry[] = [];
  private added = 0;

  first(): Entry | undefined {
    return this.heap[0];
  }

  add(at: number, work: () => void): Entry {
    const entry: Entry = { at, order: this.added, work };
    this.added += 1;
    this.heap.push(entry);
    this.rise(this.heap.length - 1);
    return entry;
  }

  dropFirst(): void {
    const last = this.heap.pop();
    if (!last || this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink(0);
  }

  private rise(from: number): void {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.isBefore(place, parent)) return;
      this.swap(place, parent);
      place = parent;
    }
  }

  private sink(from: number): void {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      let smallest = place;
      if (this.isBefore(left, smallest)) smallest = left;
      if (this.isBefore(left + 1, smallest)) smallest = left + 1;
      if (smallest === place) return;
      this.swap(place, smallest);
      place = smallest;
    }
  }

  private isBefore(one: number, other: number): boolean {
    const a = this.heap[one];
    const b = this.heap[other];
    if (!a || !b) return false;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  private swap(one: number, other: number): void {
    const a = this.heap[one];
    const b = this.heap[other];
    if (!a || !b) return;
    this.heap[one] = b;
    this.heap[other] = a;
  }
}
