import { describe, expect, test } from 'vitest';
import type { Item, MerchandiseCode } from '#domain/catalogue/item.ts';
import { basisPoints } from '#domain/money/basis-points.ts';
import { ZERO, cents } from '#domain/money/cents.ts';
import type { CatalogueFacts } from '#domain/pricing/price.ts';
import { addToCart } from '#domain/pricing/cart.ts';
import { emptySale, followFacts } from './follow-facts.ts';
import type { OpenSale } from '../store/cart-store.ts';

const WINE: Item = {
  sku: 'WINE-CAB-001',
  name: 'Cabernet Sauvignon 750ml',
  merchandiseCode: 'WINE',
  cost: cents(1_250),
  price: cents(1_999),
  caseSize: 12,
  active: true,
  barcodes: [],
  minimumAge: 21,
  deposit: ZERO,
  reorderPoint: 10,
};
const CODE: MerchandiseCode = {
  code: 'WINE',
  description: 'Wine',
  taxCategory: 'alcohol',
  taxRate: basisPoints(700),
  glAccount: '4000',
};

function facts(changes: Partial<Item> = {}, code: Partial<MerchandiseCode> = {}): CatalogueFacts {
  return {
    items: new Map([[WINE.sku, { ...WINE, ...changes }]]),
    merchandiseCodes: new Map([['WINE', { ...CODE, ...code }]]),
  };
}

const NO_FACTS: CatalogueFacts = { items: new Map(), merchandiseCodes: new Map() };

function rungUp(): OpenSale {
  const empty = emptySale('ORD-1');
  return followFacts(empty, addToCart(empty, WINE.sku, 2, 'L1') ?? empty, facts());
}

describe('the open sale follows the catalogue', () => {
  test('without a word while nothing of it changes', () => {
    const sale = rungUp();
    expect(sale.notices).toEqual([]);
    expect(
      followFacts(sale, sale, facts({ name: 'Cabernet', cost: cents(1), reorderPoint: 3 })).notices,
    ).toEqual([]);
  });

  test.each([
    [facts({ price: cents(1_799) }), { kind: 'price', from: 1_999, to: 1_799 }],
    [facts({ deposit: cents(10) }), { kind: 'deposit', from: 0, to: 10 }],
    [facts({}, { taxRate: basisPoints(900) }), { kind: 'tax' }],
  ])('and tells what a line costs otherwise (%#)', (changed, notice) => {
    const sale = rungUp();
    const { name, sku } = WINE;
    expect(followFacts(sale, sale, changed)).toMatchObject({
      lines: sale.lines,
      notices: [{ ...notice, name, sku }],
    });
  });

  test('tells each change of a line that has several', () => {
    const changed = facts({ price: cents(1_799), deposit: cents(10) }, { taxRate: basisPoints(900) });
    const first = followFacts(rungUp(), rungUp(), changed);
    expect(first.notices.map(({ kind }) => kind)).toEqual(['price', 'deposit', 'tax']);
    const second = followFacts(first, first, facts({ deposit: cents(10) }, { taxRate: basisPoints(900) }));
    expect(second.notices.map(({ kind }) => kind)).toEqual(['deposit', 'tax']);
  });

  test('tells two changes of a price as one, from what the customer heard first', () => {
    const first = followFacts(rungUp(), rungUp(), facts({ price: cents(2_199) }));
    const second = followFacts(first, first, facts({ price: cents(2_499) }));
    expect(second.notices).toMatchObject([{ kind: 'price', from: 1_999, to: 2_499 }]);
    expect(followFacts(second, second, facts()).notices).toEqual([]);
  });

  test('takes off what is no longer sold and keeps its name', () => {
    const sale = rungUp();
    expect(followFacts(sale, sale, NO_FACTS)).toMatchObject({
      lines: [],
      notices: [{ kind: 'withdrawn', sku: WINE.sku, name: WINE.name }],
    });
  });

  test('says nothing of it to the next sale', () => {
    const changed = followFacts(rungUp(), rungUp(), facts({ price: cents(2_199) }));
    expect(followFacts(changed, { ...changed, orderId: 'ORD-2', lines: [] }, facts()).notices).toEqual([]);
  });
});
