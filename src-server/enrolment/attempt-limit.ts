/**
 * How often codes may be tried in vain: by one address and by all of them together. In memory of this process: each code
 * is also void after a few wrong halves of its own, which is in the database and holds for all processes.
 *
 * Tries that gave a till cost nothing: whoever sets up a shop does that thirty times in a minute, and a code that is good
 * tells a guesser nothing of another. How a try ends is not known while it is under way, so until then it takes a place
 * as a failed one does: of many guesses sent at once no more get through than of as many sent one by one.
 */
import { HttpFailure } from '../http/http-failure.ts';

export interface AttemptLimit {
  /**
   * Does it, and counts it when it fails, however it fails.
   * @throws {HttpFailure} `too_many_attempts`, and it was not done; else what `work` throws
   */
  attempt<Result>(address: string, work: () => Promise<Result>): Promise<Result>;
}

export interface AttemptBounds {
  readonly windowMs: number;
  readonly ofOneAddress: number;
  readonly ofAll: number;
}

const BOUNDS: AttemptBounds = { windowMs: 60_000, ofOneAddress: 10, ofAll: 100 };

/** @param monotonicMs a clock that nobody can set */
export function attemptLimit(monotonicMs: () => number, bounds: AttemptBounds = BOUNDS): AttemptLimit {
  let began = monotonicMs();
  const failed = tally();
  const underWay = tally();

  function failedOfThisWindow(): Tally {
    const now = monotonicMs();
    if (now - began >= bounds.windowMs) {
      began = now;
      failed.clear();
    }
    return failed;
  }

  return {
    async attempt(address, work) {
      const counted = failedOfThisWindow();
      const own = counted.of(address) + underWay.of(address);
      if (own >= bounds.ofOneAddress || counted.all() + underWay.all() >= bounds.ofAll) {
        throw new HttpFailure(
          'too_many_attempts',
          'Too many codes were tried. Wait a minute, then try again.',
        );
      }
      underWay.add(address, 1);
      try {
        return await work();
      } catch (error) {
        // Of the window in which it fails: slow guesses must not get away in the one before.
        failedOfThisWindow().add(address, 1);
        throw error;
      } finally {
        underWay.add(address, -1);
      }
    },
  };
}

interface Tally {
  of(address: string): number;
  all(): number;
  add(address: string, change: 1 | -1): void;
  clear(): void;
}

/** Knows only addresses that have something: it must not grow with all that ever came. */
function tally(): Tally {
  let sum = 0;
  const byAddress = new Map<string, number>();
  return {
    of: (address) => byAddress.get(address) ?? 0,
    all: () => sum,
    add(address, change) {
      sum += change;
      const own = (byAddress.get(address) ?? 0) + change;
      if (own === 0) byAddress.delete(address);
      else byAddress.set(address, own);
    },
    clear() {
      sum = 0;
      byAddress.clear();
    },
  };
}
