/**
 * How long to wait before a connection is tried again: doubling, and spread over the upper half of the wait, so that
 * several server processes that lost the same Redis do not all come back in the same moment.
 */
export interface ReconnectWait {
  /** Milliseconds until the next attempt. */
  next(): number;
  /** The connection is there. Only if it stays does the next outage begin with a short wait again. */
  connected(): void;
}

const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/** `random` is in [0, 1), `now` in milliseconds on a clock that never goes back. */
export function createReconnectWait(
  random: () => number = Math.random,
  now: () => number = () => performance.now(),
): ReconnectWait {
  let failures = 0;
  let connectedAt: number | undefined;
  return {
    next() {
      // A server that drops each connection at once must not be asked four times a second for ever.
      if (connectedAt !== undefined && now() - connectedAt >= LONGEST_MS) failures = 0;
      connectedAt = undefined;
      const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 16));
      failures += 1;
      return Math.floor(longest * (0.5 + random() / 2));
    },
    connected() {
      connectedAt = now();
    },
  };
}
