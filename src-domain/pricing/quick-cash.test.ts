import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cents } from '../money/cents.ts';
import { quickCashAmounts } from './quick-cash.ts';

describe('quickCashAmounts', () => {
  it.each([
    [4278, [4278, 4500, 5000, 6000, 10_000]],
    [6803, [6803, 7000, 8000, 10_000]],
    [2000, [2000, 5000, 10_000]],
    [1, [1, 100, 500, 1000, 2000]],
    [349, [349, 400, 500, 1000, 2000]],
    [500, [500, 1000, 2000, 5000, 10_000]],
    [12_345, [12_345, 12_500, 13_000, 14_000, 15_000]],
  ])('offers %i as exact and what notes make', (total, expected) => {
    expect(quickCashAmounts(cents(total))).toEqual(expected);
  });

  it('offers at most five, rising from the exact amount, and from five dollars on no single dollars', () => {
    fc.assert(
      fc.property(fc.integer({ min: 500, max: 99_999_999 }), (total) => {
        const [exact, ...notes] = quickCashAmounts(cents(total));
        expect(exact).toBe(total);
        expect(notes.length).toBeLessThanOrEqual(4);
        expect(notes.filter((amount) => amount % 500 !== 0)).toEqual([]);
        expect([total, ...notes].toSorted((a, b) => a - b)).toEqual([total, ...new Set(notes)]);
      }),
    );
  });
});
