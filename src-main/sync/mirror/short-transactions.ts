/**
 * Many records (or pages of an index) written in transactions that are short, each as long as a tender may wait, with the write lock free between
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
const FIRST_SIZE = 100;
/** Where nobody waits for the lock: large transactions are quicker, and still something moves on the screen. */
const UNDISTURBED_SIZE = 20_000;
const SMALLEST_SIZE = 20;
const LARGEST_SIZE = 5_000;
/** Whatever one measurement says: the machine may have been busy with something else. */
const MOST_GROWTH = 2;

export class ShortTransactions {
  private readonly store: WriteHandle;
  private readonly pace: Pace;
  private readonly undisturbed: boolean;
  private records: number;
  private lastEnd = Number.NEGATIVE_INFINITY;
  private lastHeld = 0;

  /** @param undisturbed nobody else needs the lock: no pauses, and large transactions */
  constructor(store: WriteHandle, pace: Pace, undisturbed: boolean) {
    this.store = store;
    this.pace = pace;
    this.undisturbed = undisturbed;
    this.records = undisturbed ? UNDISTURBED_SIZE : FIRST_SIZE;
  }

  /** How many records the next transaction should have, by how long the last ones took. */
  get size(): number {
    return this.records;
  }

  /** What the caller did since the last transaction counts as a pause. */
  async run<Result>(work: () => Result): Promise<Result> {
    const { monotonicMs, pause } = this.pace;
    const missing = this.lastHeld - (monotonicMs() - this.lastEnd);
    if (missing > 0 && !this.undisturbed) await pause(missing);
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
  async runRecords<Result>(count: number, work: () => Result): Promise<Result> {
    const result = await this.run(work);
    if (this.lastHeld <= 0 || this.undisturbed) return result;
    const fitting = (count * HELD_MS) / this.lastHeld;
    const bounded = Math.min(this.records * MOST_GROWTH, LARGEST_SIZE, Math.max(SMALLEST_SIZE, fitting));
    this.records = Math.floor(bounded);
    return result;
  }
}
