import { describe, expect, it } from 'vitest';
import { FAKE_ITEMS } from '../testing/fake-catalogue.ts';
import { FakeSale } from '../testing/fake-sale.ts';
import { keepUnchanged } from './keep-unchanged.ts';

function sale(): FakeSale {
  const open = new FakeSale('T1-1');
  for (const item of FAKE_ITEMS.slice(0, 3)) open.add(item, 1);
  return open;
}

describe('keeping what has not changed', () => {
  it('gives the very same sale when reply and push say the same', () => {
    const open = sale();
    const before = open.view();
    expect(keepUnchanged(before, open.view())).toBe(before);
  });

  it('keeps every line but the one that was changed', () => {
    const open = sale();
    const before = open.view();
    open.setQuantity('L2', 5);
    const now = keepUnchanged(before, open.view());
    expect(now.lines.map((line, index) => line === before.lines[index])).toEqual([true, false, true]);
    expect(now.total).toBe(open.view().total);
  });

  it('sees a change that is in no line', () => {
    const open = sale();
    const before = open.view();
    open.confirmAge('1990-01-01');
    const now = keepUnchanged(before, open.view());
    expect(now.age.outcome).toBe('confirmed');
    expect(now.lines).toBe(before.lines);
  });

  it('shows a removed line no more', () => {
    const open = sale();
    const before = open.view();
    open.remove('L1');
    expect(keepUnchanged(before, open.view()).lines.map((line) => line.lineId)).toEqual(['L2', 'L3']);
  });
});
