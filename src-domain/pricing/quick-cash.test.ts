import { describe, expect, it } from 'vitest';
import { cents } from '../money/cents.ts';
import { quickCashAmounts } from './quick-cash.ts';

describe('quickCashAmounts', () => {
  it.each([
    [4278, [4278, 4300, 4500, 5000, 6000]],
    [2000, [2000, 5000, 10_000]],
    [1, [1, 100, 500, 1000, 2000]],
    [12_345, [12_345, 12_400, 12_500, 13_000, 14_000]],
  ])('offers %i as exact and the next notes', (total, expected) => {
    expect(quickCashAmounts(cents(total))).toEqual(expected);
  });
});
