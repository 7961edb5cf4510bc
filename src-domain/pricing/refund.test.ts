import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ZERO, cents } from '../money/cents.ts';
import { refundOfUnits } from './refund.ts';

describe('refundOfUnits', () => {
  it('adds up to what was paid, however the line comes back, and whichever refunds fail on the way', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.integer({ min: 1, max: 60 }),
        fc.array(fc.record({ units: fc.integer({ min: 1, max: 20 }), fails: fc.boolean() }), {
          maxLength: 12,
        }),
        (paid, quantity, attempts) => {
          const standing: { units: number; amount: number }[] = [];
          const before = () => ({
            units: standing.reduce((sum, one) => sum + one.units, 0),
            amount: cents(standing.reduce((sum, one) => sum + one.amount, 0)),
          });
          const failing: (typeof standing)[number][] = [];
          const give = (units: number, fails: boolean) => {
            if (before().units + units > quantity) return;
            const amount = refundOfUnits(cents(paid), quantity, before(), units);
            expect(amount).toBeGreaterThanOrEqual(0);
            const refund = { units, amount };
            standing.push(refund);
            if (fails) failing.push(refund);
          };
          for (const { units, fails } of attempts) give(units, fails);
          for (const refund of failing) standing.splice(standing.indexOf(refund), 1);
          while (before().units < quantity) give(1, false);
          expect(before().amount).toBe(paid);
        },
      ),
    );
  });

  it('gives each of three bottles at 10.00 its share: 3.33, 3.34, 3.33', () => {
    const shares = [
      { units: 0, amount: ZERO },
      { units: 1, amount: cents(333) },
      { units: 2, amount: cents(667) },
    ];
    expect(shares.map((before) => refundOfUnits(cents(1000), 3, before, 1))).toEqual([333, 334, 333]);
  });

  it.each([
    ['more than was sold', 2, 1, 2],
    ['nothing', 2, 0, 0],
    ['less than nothing before', 2, -1, 1],
  ])('refuses %s', (_, quantity, units, returned) => {
    expect(() => refundOfUnits(cents(500), quantity, { units, amount: ZERO }, returned)).toThrow(RangeError);
  });
});
