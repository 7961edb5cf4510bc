import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backoffDelay } from './backoff.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('backoffDelay', () => {
  test('doubles from half a second to half a minute', () => {
    const longest = [0, 1, 2, 3, 4, 5, 6, 7, 20].map((attempt) => backoffDelay(attempt, 0.999_999));
    expect(longest).toEqual([499, 999, 1999, 3999, 7999, 15_999, 29_999, 29_999, 29_999]);
  });

  test('spreads every step over its upper half, also at the cap', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000 }), random, (attempt, chance) => {
        const capped = Math.min(30_000, 500 * 2 ** Math.min(attempt, 30));
        const delay = backoffDelay(attempt, chance);
        expect(delay).toBeGreaterThanOrEqual(capped / 2);
        expect(delay).toBeLessThanOrEqual(capped);
        expect(Number.isInteger(delay)).toBe(true);
      }),
    );
  });

  test('a thousand tills at the cap come back over fifteen seconds, not at once', () => {
    const delays = Array.from({ length: 1000 }, (_, till) => backoffDelay(12, till / 1000));
    const perSecond = Map.groupBy(delays, (delay) => Math.floor(delay / 1000));
    expect(Math.max(...[...perSecond.values()].map((tills) => tills.length))).toBeLessThanOrEqual(70);
  });
});
