/**
 * How often codes may be tried: by one address and by all of them together. In memory of this process: each code is also
 * void after a few wrong halves of its own, which is in the database and holds for all processes.
 */
export interface AttemptLimit {
  /** Counts this try. False: not now. */
  take(address: string): boolean;
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
  let all = 0;
  const byAddress = new Map<string, number>();
  return {
    take(address) {
      const now = monotonicMs();
      if (now - began >= bounds.windowMs) {
        began = now;
        all = 0;
        byAddress.clear();
      }
      const own = byAddress.get(address) ?? 0;
      if (all >= bounds.ofAll || own >= bounds.ofOneAddress) return false;
      all += 1;
      byAddress.set(address, own + 1);
      return true;
    },
  };
}
