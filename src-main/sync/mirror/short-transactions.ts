/**
 * Many records written in transactions that are short, each as long as a tender may wait, with the write lock free between
 * them for as long as it was held. SQLite's waiting writer looks again only now and then: it would hardly ever meet
 * the instant between two transactions.
 */
import type { WriteHandle } from '../../store/handles.ts';

export interface Pace {
  /** Milliseconds of a clock that nobody can set. */
  readonly monotonicMs: () => number;
  /** Resolves, or returns, after about so long: the write lock is free meanwhile. */
  readonly pause: (ms: number) => void | Promise<void>;
}

/** A waiting writer of SQLite looks after 1, 2, 5, 10, 15 … ms: it then gets its turn within two of these. */
const HELD_MS = 10;
const FIRST_SIZE = 250;
const SMALLEST_SIZE = 50;
const LARGEST_SIZE = 5_000;
/** Whatever one measurement says: the machine may have been busy with something else. */
const MOST_GROWTH = 2;

export class ShortTransactions {
  private readonly store: WriteHandle;
  private readonly pace: Pace;
  private records = FIRST_SIZE;
  private lastEnd = Number.NEGATIVE_INFINITY;
  private lastHeld = 0;

  constructor(store: WriteHandle, pace: Pace) {
    this.store = store;
    this.pace = pace;
  }

  /** How many records the next transaction should have, by how long the last ones took. */
  get size(): number {
    return this.records;
  }

  /** What the caller did since the last transaction counts as a pause. */
  async run<Result>(work: () => Result): Promise<Result> {
    const { monotonicMs, pause } = this.pace;
    const missing = this.lastHeld - (monotonicMs() - this.lastEnd);
    if (missing > 0) await pause(missing);
    const { result, started } = this.store.transaction(() => {
      // From here on: the time before it was somebody else's.
      const began = monotonicMs();
      return { result: work(), started: began };
    });
    this.lastEnd = monotonicMs();
    this.lastHeld = this.lastEnd - started;
    return result;
  }

  /** As {@link run}, for as many records as were asked for; how long it took decides about the next {@link size}. */
  async runRecords(count: number, work: () => void): Promise<void> {
    await this.run(work);
    if (this.lastHeld <= 0) return;
    const fitting = (count * HELD_MS) / this.lastHeld;
    const bounded = Math.min(this.records * MOST_GROWTH, LARGEST_SIZE, Math.max(SMALLEST_SIZE, fitting));
    this.records = Math.floor(bounded);
  }
}
