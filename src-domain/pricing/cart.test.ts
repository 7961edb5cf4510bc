import { describe, expect, it } from 'vitest';
import { type Cart, emptyCart, removeLine } from './cart.ts';

describe('removing a line', () => {
  const two: Cart = {
    orderId: 'ORD-1',
    lines: [
      { lineId: 'L1', sku: 'WINE', quantity: 1 },
      { lineId: 'L2', sku: 'COLA', quantity: 1 },
    ],
    newestLineId: 'L2',
    customerAge: 40,
  };

  it('keeps the confirmed age while something is left, and makes the line above the newest', () => {
    expect(removeLine(two, 'L2')).toMatchObject({ customerAge: 40, newestLineId: 'L1' });
  });

  it('lets go of the age with the last line', () => {
    const one = removeLine(two, 'L2') ?? two;
    expect(removeLine(one, 'L1')).toEqual(emptyCart('ORD-1'));
  });

  it('that is not there changes nothing', () => {
    expect(removeLine(two, 'L9')).toBeUndefined();
  });
});
