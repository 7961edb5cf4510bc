/**
 * fast-check's scheduler as an argument that can be lived again. Clones of one `fc.scheduler()` value share their randomness, so
 * that the order of a shrunk life would depend on the lives that were tried before it, and the printed path would lead to another
 * one. Here each clone begins anew from a seed.
 */
import fc, { type Scheduler } from 'fast-check';
import { turn } from './manual-timers.ts';

/** A socket's messages are read one by one: what follows from one in promises is done before the next. */
const scheduler = fc.scheduler({
  act: async (task) => {
    await task();
    await turn();
  },
});

export class OrderOfTasks {
  readonly scheduler: Scheduler;
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
    const [one] = fc.sample(scheduler, { seed, numRuns: 1 });
    if (one === undefined) throw new Error('fast-check made no scheduler.');
    this.scheduler = one;
  }

  [fc.cloneMethod](): OrderOfTasks {
    return new OrderOfTasks(this.seed);
  }

  /** What came, in its order, and what is still under way. */
  toString(): string {
    return fc.stringify(this.scheduler);
  }
}

/** Another seed is no smaller a life; but in another order more of the life can often be left out. */
export const orderOfTasks: fc.Arbitrary<OrderOfTasks> = fc
  .noBias(fc.integer())
  .map((seed) => new OrderOfTasks(seed));
