import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossesReorderPoint, isLow, suggestedOrder } from './reorder.ts';

describe('reordering', () => {
  it("suggests the seed's two cases", () => {
    expect(suggestedOrder(5, 10, 12)).toEqual({ cases: 2, quantity: 24 });
  });

  it('alerts once per crossing and never where alerts are off', () => {
    expect(crossesReorderPoint(11, 10, 10)).toBe(true);
    expect(crossesReorderPoint(10, 9, 10)).toBe(false);
    expect(crossesReorderPoint(12, 11, 10)).toBe(false);
    expect(crossesReorderPoint(1, -1, 0)).toBe(false);
    expect(isLow(0, 0)).toBe(false);
  });

  it('always brings the stock to twice the reorder point with less than a case too many', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: -100, max: 500 }),
        fc.integer({ min: 1, max: 48 }),
        (reorderPoint, quantity, caseSize) => {
          fc.pre(quantity <= reorderPoint);
          const order = suggestedOrder(quantity, reorderPoint, caseSize);
          expect(order.quantity).toBe(order.cases * caseSize);
          expect(quantity + order.quantity).toBeGreaterThanOrEqual(2 * reorderPoint);
          expect(quantity + order.quantity - caseSize).toBeLessThan(2 * reorderPoint);
        },
      ),
    );
  });
});
