/** Lets every promise go on that can, before the next event is taken: after it nothing moves until time does. */

export interface Settling {
  /** Work that the machine does outside of this thread (decompression): time stands still until it is done. */
  track<Result>(work: Promise<Result>): Promise<Result>;
  settle(): Promise<void>;
}

/** Turns of the loop before it is left alone for a millisecond at a time: a busy machine reads a file when it can. */
const EAGER_TURNS = 1_000;
/** Milliseconds: what takes longer never ends. */
const LONGEST = 60_000;

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
      for (let turns = 0; turns < EAGER_TURNS + LONGEST; turns += 1) {
        // Either runs when no microtask is left.
        await new Promise((resolve) => {
          if (turns < EAGER_TURNS) setImmediate(resolve);
          else setTimeout(resolve, 1);
        });
        if (outside === 0) return;
      }
      throw new Error('Work outside of the simulated time does not end.');
    },
  };
}
