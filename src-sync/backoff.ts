export interface WaitBounds {
  readonly firstMs: number;
  readonly longestMs: number;
}

/**
 * Doubles from `firstMs` up to `longestMs`, and spreads the wait after the cap and not before it: jitter that the cap
 * cuts off again is none. `attempt` counts failures in a row from 0; `random` is in [0, 1).
 */
export function backoffDelay(
  attempt: number,
  random: number,
  bounds: WaitBounds = { firstMs: 500, longestMs: 30_000 },
): number {
  return spread(doubling(attempt, bounds), random);
}

/** `firstMs`, twice that, four times … up to `longestMs`. */
export function doubling(attempt: number, bounds: WaitBounds): number {
  return Math.min(bounds.longestMs, bounds.firstMs * 2 ** Math.min(attempt, 16));
}

/**
 * Somewhere in the upper half of `longestMs`: a thousand tills that lost the same server come back over half of the
 * wait and not in the same second, and none comes back at once, as it could if the whole width were drawn from.
 */
export function spread(longestMs: number, random: number): number {
  return Math.floor(longestMs * (0.5 + random / 2));
}
