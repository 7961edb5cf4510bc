import { describe, expect, it } from 'vitest';
import type { SaleView } from '#main/api/views.ts';
import { FAKE_ITEMS } from '../testing/fake-catalogue.ts';
import { FakeSale } from '../testing/fake-sale.ts';
import { type View, emptied, followSale, movedSelection } from './view.ts';

const open = new FakeSale('T1-1');
for (const item of FAKE_ITEMS.slice(7, 10)) open.add(item, 1);
const sale: SaleView = open.view();
const view = (changes: Partial<View>): View => ({ ...emptied(), ...changes });

describe('the selected line', () => {
  it('is the one that was touched last', () => {
    expect(followSale(view({}), null, sale).selectedLineId).toBe('L3');
  });

  it('moves to the line that took the place of a removed one', () => {
    const removed = {
      ...sale,
      lines: sale.lines.filter(({ lineId }) => lineId !== 'L2'),
      newestLineId: null,
    };
    expect(followSale(view({ selectedLineId: 'L2' }), sale, removed).selectedLineId).toBe('L3');
  });

  it('moves up when the last line is removed, and is none in an empty sale', () => {
    const two = { ...sale, lines: sale.lines.slice(0, 2), newestLineId: null };
    expect(followSale(view({ selectedLineId: 'L3' }), sale, two).selectedLineId).toBe('L2');
    const none = { ...sale, lines: [], newestLineId: null };
    expect(followSale(view({ selectedLineId: 'L1' }), sale, none).selectedLineId).toBeNull();
  });

  it('stays when something else changes', () => {
    const asked: SaleView = { ...sale, phase: 'paying' };
    expect(followSale(view({ selectedLineId: 'L1' }), sale, asked)).not.toHaveProperty('selectedLineId');
  });

  it('goes up and down and stops at the ends', () => {
    expect(movedSelection(view({ selectedLineId: 'L1' }), sale, 1)).toBe('L2');
    expect(movedSelection(view({ selectedLineId: 'L1' }), sale, -1)).toBe('L1');
    expect(movedSelection(view({ selectedLineId: 'L3' }), sale, 1)).toBe('L3');
    expect(movedSelection(view({}), sale, 1)).toBe('L3');
  });
});

describe('what was typed', () => {
  it('is forgotten when another order or payment begins', () => {
    const typed = view({ cashDigits: '5000', approvalCode: 'A1', birthDateDigits: '0704' });
    expect(followSale(typed, sale, { ...sale, orderId: 'T1-2' })).toMatchObject({
      cashDigits: '',
      approvalCode: '',
      birthDateDigits: '',
    });
    expect(followSale(typed, sale, { ...sale, phase: 'paying' })).toMatchObject({ cashDigits: '' });
  });
});
