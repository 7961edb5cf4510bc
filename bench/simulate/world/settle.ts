/** Lets every promise go on that can, before the next event is taken: after it nothing moves until time does. */

export interface Settling {
  /** Work that the machine does outside of this thread (decompression): time stands still until it is done. */
  track<Result>(work: Promise<Result>): Promise<Result>;
  settle(): Promise<void>;
}

/** More turns than anything finite takes; what needs more is a loop that never ends. */
const MOST_TURNS = 100_000;

export function settling(): Settling {
  let outside = 0;
  return {
    async track(work) {
      outside += 1;
      try {
        return await work;
      } finally {
        outside -= 1;
      }
    },
    async settle() {
      for (let turns = 0; turns < MOST_TURNS; turns += 1) {
        // Runs when no microtask is left.
        await new Promise((resolve) => setImmediate(resolve));
        if (outside === 0) return;
      }
      throw new Error('Work outside of the simulated time does not end.');
    },
  };
}
