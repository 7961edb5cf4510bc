import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Item, itemSchema, merchandiseCodeRecordSchema } from '../catalogue/item.ts';
import { addCents } from '../money/cents.ts';
import { type Cart, addToCart, emptyCart } from './cart.ts';
import { type CatalogueFacts, type PricedCart, price } from './price.ts';

function item(sku: string, fields: Partial<Record<keyof Item, unknown>>): Item {
  return itemSchema.parse({
    sku,
    name: sku,
    merchandiseCode: 'WINE',
    cost: 0,
    price: 1999,
    caseSize: 12,
    active: true,
    barcodes: [],
    minimumAge: null,
    deposit: 0,
    reorderPoint: 0,
    ...fields,
  });
}

function facts(items: readonly Item[], rates: Record<string, number>): CatalogueFacts {
  return {
    items: new Map(items.map((entry) => [entry.sku, entry])),
    merchandiseCodes: new Map(
      Object.entries(rates).map(([code, taxRate]) => [
        code,
        merchandiseCodeRecordSchema.parse({
          code,
          description: code,
          taxCategory: 'general',
          taxRate,
          glAccount: '4000',
        }),
      ]),
    ),
  };
}

function cartOf(...lines: readonly (readonly [string, number])[]): Cart {
  return {
    ...emptyCart('ORD-1'),
    lines: lines.map(([sku, quantity], index) => ({ lineId: `L${index}`, sku, quantity })),
  };
}

function priced(cart: Cart, known: CatalogueFacts): PricedCart {
  const result = price(cart, known);
  if (!result.ok) throw new Error(`refused: ${result.refusal.code}`);
  return result.cart;
}

describe('price', () => {
  it("prices the seed's example: two bottles at 19.99, tax 2.80, total 42.78", () => {
    const sale = priced(
      cartOf(['WINE-CAB-001', 2]),
      facts([item('WINE-CAB-001', { minimumAge: 21 })], { WINE: 700 }),
    );
    expect(sale).toMatchObject({
      subtotal: 3998,
      deposit: 0,
      tax: 280,
      total: 4278,
      unitCount: 2,
      minimumAge: 21,
    });
  });

  it('adds untaxed deposits per container', () => {
    const known = facts([item('SODA', { price: 199, deposit: 10, merchandiseCode: 'SODA' })], { SODA: 800 });
    expect(priced(cartOf(['SODA', 6]), known)).toMatchObject({
      subtotal: 1194,
      deposit: 60,
      tax: 96,
      total: 1350,
    });
  });

  it('leaves untaxed merchandise codes out of the tax lines', () => {
    const known = facts([item('MILK', { merchandiseCode: 'GROCERY' })], { GROCERY: 0 });
    expect(priced(cartOf(['MILK', 1]), known)).toMatchObject({ taxes: [], tax: 0, total: 1999 });
  });

  it('refuses by name what it has no facts about', () => {
    const known = facts([item('A', { merchandiseCode: 'LOST' })], {});
    expect(price(cartOf(['B', 1]), known)).toEqual({
      ok: false,
      refusal: { code: 'unknown_item', sku: 'B' },
    });
    expect(price(cartOf(['A', 1]), known)).toEqual({
      ok: false,
      refusal: { code: 'unknown_merchandise_code', merchandiseCode: 'LOST' },
    });
  });

  it('refuses a sale beyond exact arithmetic instead of pricing it wrongly', () => {
    const known = facts([item('GOLD', { price: 100_000_000 })], { WINE: 10_000 });
    expect(price(cartOf(['GOLD', 2]), known)).toEqual({ ok: false, refusal: { code: 'sale_too_large' } });
    expect(priced(cartOf(['GOLD', 1]), known).total).toBe(200_000_000);
  });
});

const CODES = ['BEER', 'SNACK', 'WINE'] as const;
const catalogue = fc
  .tuple(
    fc.array(fc.record({ price: fc.nat(50_000), deposit: fc.nat(50), code: fc.constantFrom(...CODES) }), {
      minLength: 1,
      maxLength: 12,
    }),
    fc.tuple(fc.nat(2_500), fc.nat(2_500), fc.nat(2_500)),
  )
  .map(([rows, rates]) =>
    facts(
      rows.map((row, index) => item(`SKU-${index}`, { ...row, merchandiseCode: row.code })),
      Object.fromEntries(CODES.map((code, index) => [code, rates[index] ?? 0])),
    ),
  );
const sale = catalogue.chain((known) =>
  fc.uniqueArray(fc.constantFrom(...known.items.keys()), { maxLength: 12 }).chain((skus) =>
    fc
      .array(fc.integer({ min: 1, max: 99 }), { minLength: skus.length, maxLength: skus.length })
      .map((quantities) => ({
        known,
        cart: cartOf(...skus.map((sku, index) => [sku, quantities[index] ?? 1] as const)),
      })),
  ),
);

describe('price, for every cart', () => {
  it('adds up: lines make the subtotal, parts make the total, line taxes make the tax', () => {
    fc.assert(
      fc.property(sale, ({ known, cart }) => {
        const result = priced(cart, known);
        expect(addCents(...result.lines.map((line) => line.amount))).toBe(result.subtotal);
        expect(addCents(...result.lines.map((line) => line.tax))).toBe(result.tax);
        expect(addCents(...result.taxes.map((entry) => entry.amount))).toBe(result.tax);
        expect(addCents(result.subtotal, result.deposit, result.tax)).toBe(result.total);
        expect(result.lines.every((line) => line.tax >= 0 && Number.isInteger(line.tax))).toBe(true);
      }),
    );
  });

  it('does not depend on the order of the scans', () => {
    fc.assert(
      fc.property(sale, ({ known, cart }) => {
        const forward = priced(cart, known);
        const backward = priced({ ...cart, lines: [...cart.lines].reverse() }, known);
        expect(backward.taxes).toEqual(forward.taxes);
        expect(backward.total).toBe(forward.total);
      }),
    );
  });

  it('costs the same whether a bottle is scanned six times or its quantity set to six', () => {
    fc.assert(
      fc.property(catalogue, fc.integer({ min: 1, max: 20 }), (known, times) => {
        let scanned: Cart = emptyCart('ORD-1');
        for (let scan = 0; scan < times; scan += 1) {
          scanned = addToCart(scanned, 'SKU-0', 1, `L${scan}`) ?? scanned;
        }
        expect(priced(scanned, known).total).toBe(priced(cartOf(['SKU-0', times]), known).total);
        expect(scanned.lines).toHaveLength(1);
      }),
    );
  });

  it('never taxes less for more', () => {
    fc.assert(
      fc.property(sale, ({ known, cart }) => {
        const more = { ...cart, lines: cart.lines.map((line) => ({ ...line, quantity: line.quantity + 1 })) };
        expect(priced(more, known).tax).toBeGreaterThanOrEqual(priced(cart, known).tax);
      }),
    );
  });
});
