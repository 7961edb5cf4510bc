/**
 * Full-width jitter applied after the cap, so that a thousand tills that lost the same server do not come back in
 * the same second. `attempt` counts failures in a row from 0; `random` is in [0, 1).
 */
export function backoffDelay(
  attempt: number,
  random: number,
  bounds = { firstMs: 500, longestMs: 30_000 },
): number {
  const capped = Math.min(bounds.longestMs, bounds.firstMs * 2 ** Math.min(attempt, 16));
  return Math.floor(capped * (0.5 + random / 2));
}
