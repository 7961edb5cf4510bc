import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { type SmallBusiness, type Till, smallBusiness } from '../test-support/small-business.ts';
import { CHIPS, SODA, WINE, fillCatalogue } from '../test-support/small-shop.ts';

/** Of the wine: small-shop.ts. */
const REORDER_POINT = 10;
const CASE_SIZE = 12;
const ALERTS = ['inventory.low_stock', 'inventory.oversold'];

/** What is told when the wine falls to its reorder point with this many left. */
const low = (left: number) => ({
  type: 'inventory.low_stock',
  data: {
    sku: WINE,
    current_quantity: left,
    reorder_point: REORDER_POINT,
    suggested_order_quantity: Math.ceil((2 * REORDER_POINT - left) / CASE_SIZE) * CASE_SIZE,
  },
});
const oversold = (sku: string, left: number, referenceId: string) => ({
  type: 'inventory.oversold',
  data: { sku, current_quantity: left, reference_id: referenceId },
});

describe.each(TEST_DATABASES)('moving stock on $kind', ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  let shop: SmallBusiness;
  let shops = 0;
  let location = '';
  let till: Till;
  let otherTill: Till;

  beforeAll(async () => {
    home = await create();
    database = await home.open();
    await fillCatalogue(database);
    shop = smallBusiness(database);
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await home.dispose();
  });
  const openShop = async () => {
    shops += 1;
    location = `SHOP-${shops}`;
    till = await shop.till(`A${shops}`, location);
    otherTill = await shop.till(`B${shops}`, location);
  };
  beforeEach(openShop);

  const alerts = () => shop.told(location, ALERTS);
  const lowStockOf = (current: number) =>
    till.nextSeed({
      type: 'inventory.low_stock',
      sku: WINE,
      currentQuantity: current,
      reorderPoint: REORDER_POINT,
      suggestedOrderQuantity: CASE_SIZE,
    });

  it('adds up what all sell, whoever comes first, with the quantities around each movement', async () => {
    await shop.restock(location, WINE, 100);
    await Promise.all([
      ...Array.from({ length: 10 }, () => shop.order(location, [{ sku: WINE, quantity: 1 }])),
      ...Array.from({ length: 5 }, () => shop.restock(location, WINE, 2)),
      till.move({ sku: WINE, change: -3 }, { sku: WINE, change: -4 }),
      otherTill.move({ sku: WINE, change: -5 }),
    ]);
    expect(await shop.quantities(location)).toEqual({ [WINE]: 88 });
    const told = await shop.told(location, ['inventory.updated']);
    for (const { data } of told) {
      const { old_quantity: from, new_quantity: to, change } = data as Record<string, number>;
      expect(to).toBe((from ?? 0) + (change ?? 0));
    }
    // Those of the tills stand in their own histories.
    expect(told).toHaveLength(1 + 10 + 5);
  });

  describe('low stock', () => {
    it('is told once for a crossing, however many sales follow', async () => {
      await shop.restock(location, WINE, 12);
      await till.move({ sku: WINE, change: -1 });
      expect(await alerts()).toEqual([]);
      await otherTill.move({ sku: WINE, change: -1 });
      await till.move({ sku: WINE, change: -1 });
      await shop.order(location, [{ sku: WINE, quantity: 2 }]);
      await shop.restock(location, WINE, 3);
      await otherTill.move({ sku: WINE, change: -2 });
      expect(await alerts()).toEqual([low(10)]);
    });

    it('is told again after the shelf was full', async () => {
      await shop.restock(location, WINE, 11);
      await till.move({ sku: WINE, change: -1 });
      await shop.restock(location, WINE, 1);
      await shop.order(location, [{ sku: WINE, quantity: 3 }]);
      expect(await alerts()).toEqual([low(10), low(8)]);
    });

    it('is told for each crossing within one batch', async () => {
      await shop.restock(location, WINE, 12);
      await till.move(
        { sku: WINE, change: -2 },
        { sku: SODA, change: -1 },
        { sku: WINE, change: -1 },
        { sku: WINE, change: 5 },
        { sku: WINE, change: -6 },
      );
      expect(await alerts()).toEqual([low(10), oversold(SODA, -1, `A${shops}-SALE`), low(8)]);
    });

    it('is not told of items without a reorder point, or that the catalogue does not have', async () => {
      await shop.restock(location, CHIPS, 5);
      await till.move(
        { sku: CHIPS, change: -5 },
        { sku: 'NO-SUCH', change: 20 },
        { sku: 'NO-SUCH', change: -20 },
      );
      expect(await alerts()).toEqual([]);
    });

    it('is told once when many sell at the same time', async () => {
      await shop.restock(location, WINE, 30);
      await Promise.all([
        ...Array.from({ length: 10 }, () => shop.order(location, [{ sku: WINE, quantity: 1 }])),
        (async () => {
          for (let sale = 0; sale < 7; sale += 1) await till.move({ sku: WINE, change: -1 });
        })(),
        (async () => {
          for (let sale = 0; sale < 7; sale += 1) await otherTill.move({ sku: WINE, change: -1 });
        })(),
      ]);
      expect(await shop.quantities(location)).toEqual({ [WINE]: 6 });
      expect(await alerts()).toEqual([low(10)]);
    });

    it("counts the till's own word in the same batch as the alert", async () => {
      await shop.restock(location, WINE, 12);
      await till.push([till.moved(WINE, -2), lowStockOf(10), till.moved(WINE, -1)]);
      expect(await alerts()).toEqual([]);
    });

    it('does not count its word about another quantity, or another item', async () => {
      await shop.restock(location, WINE, 12);
      // The till does not know of the bottle that was sold at the other one.
      await otherTill.move({ sku: WINE, change: -1 });
      await till.push([till.moved(WINE, -2), lowStockOf(10)]);
      expect(await alerts()).toEqual([low(9)]);
      await openShop();
      await shop.restock(location, WINE, 12);
      await till.push([
        till.moved(WINE, -2),
        till.nextSeed({
          type: 'inventory.low_stock',
          sku: SODA,
          currentQuantity: 10,
          reorderPoint: 10,
          suggestedOrderQuantity: 24,
        }),
      ]);
      expect(await alerts()).toEqual([low(10)]);
    });

    it("counts the till's word for one crossing, not for the next one with the same quantity", async () => {
      await shop.restock(location, WINE, 12);
      await till.push([till.moved(WINE, -2), lowStockOf(10), till.moved(WINE, 2), till.moved(WINE, -2)]);
      expect(await alerts()).toEqual([low(10)]);
    });
  });

  describe('overselling', () => {
    it('is told once for each fall below zero, with the sale that did it', async () => {
      await shop.restock(location, SODA, 3);
      await till.move({ sku: SODA, change: -3 });
      expect(await alerts()).toEqual([]);
      await till.move({ sku: SODA, change: -2 });
      await otherTill.move({ sku: SODA, change: -1 });
      expect(await alerts()).toEqual([oversold(SODA, -2, `A${shops}-SALE`)]);
      await shop.restock(location, SODA, 3);
      await otherTill.move({ sku: SODA, change: -1 }, { sku: SODA, change: 2 }, { sku: SODA, change: -9 });
      expect(await alerts()).toEqual([
        oversold(SODA, -2, `A${shops}-SALE`),
        oversold(SODA, -1, `B${shops}-SALE`),
        oversold(SODA, -8, `B${shops}-SALE`),
      ]);
    });

    it('is told of what nobody ever counted, and never refused to a till', async () => {
      await till.move({ sku: CHIPS, change: -1 });
      expect(await shop.quantities(location)).toEqual({ [CHIPS]: -1 });
      expect(await alerts()).toEqual([oversold(CHIPS, -1, `A${shops}-SALE`)]);
      expect(await shop.order(location, [{ sku: CHIPS, quantity: 1 }])).toBeUndefined();
    });
  });

  describe('against a model', () => {
    type Step =
      | {
          readonly by: 'till' | 'otherTill';
          readonly changes: readonly number[];
          /** How many of its crossings the till tells itself, and by how much it errs. */
          readonly tells: number;
          readonly errs: 0 | 1;
        }
      | { readonly by: 'order' | 'restock'; readonly quantity: number }
      | { readonly by: 'adjustment'; readonly change: number }
      | { readonly by: 'refund'; readonly restock: boolean };

    const change = fc.integer({ min: -8, max: 8 }).filter((units) => units !== 0);
    const step: fc.Arbitrary<Step> = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({
          by: fc.constantFrom('till' as const, 'otherTill' as const),
          changes: fc.array(change, { minLength: 1, maxLength: 6 }),
          tells: fc.nat({ max: 3 }),
          errs: fc.constantFrom(0 as const, 1 as const),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          by: fc.constantFrom('order' as const, 'restock' as const),
          quantity: fc.integer({ min: 1, max: 8 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ by: fc.constant('adjustment' as const), change }) },
      { weight: 1, arbitrary: fc.record({ by: fc.constant('refund' as const), restock: fc.boolean() }) },
    );

    it('tells of each crossing once, and of each fall below zero', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 0, max: 25 }),
          fc.array(step, { minLength: 1, maxLength: 10 }),
          async (counted, steps) => {
            await openShop();
            const tills = { till, otherTill };
            let left = 0;
            const expected: string[] = [];
            /** The alert that a change brings about, if any. */
            const move = (units: number): string[] => {
              const before = left;
              left += units;
              return [
                ...(before > REORDER_POINT && left <= REORDER_POINT ? [`low ${left}`] : []),
                ...(before >= 0 && left < 0 ? [`oversold ${left}`] : []),
              ];
            };
            if (counted > 0) {
              await shop.restock(location, WINE, counted);
              expected.push(...move(counted));
            }
            const bought: { readonly orderId: string; readonly quantity: number }[] = [];
            for (const one of steps) {
              switch (one.by) {
                case 'till':
                case 'otherTill': {
                  const source = tills[one.by];
                  const crossings = one.changes.flatMap(move);
                  const own = crossings.filter((alert) => alert.startsWith('low')).slice(0, one.tells);
                  await source.push([
                    ...one.changes.map((units) => source.moved(WINE, units)),
                    ...own.map((alert) =>
                      source.nextSeed({
                        type: 'inventory.low_stock',
                        sku: WINE,
                        currentQuantity: Number(alert.split(' ')[1]) + one.errs * 1000,
                        reorderPoint: REORDER_POINT,
                        suggestedOrderQuantity: CASE_SIZE,
                      }),
                    ),
                  ]);
                  if (one.errs === 0) for (const alert of own) crossings.splice(crossings.indexOf(alert), 1);
                  expected.push(...crossings);
                  break;
                }
                case 'order': {
                  const orderId = await shop.order(location, [{ sku: WINE, quantity: one.quantity }]);
                  expect(orderId !== undefined).toBe(left >= one.quantity);
                  if (orderId === undefined) break;
                  bought.push({ orderId, quantity: one.quantity });
                  expected.push(...move(-one.quantity));
                  break;
                }
                case 'restock':
                  await shop.restock(location, WINE, one.quantity);
                  expected.push(...move(one.quantity));
                  break;
                case 'adjustment':
                  await shop.adjust(location, WINE, one.change);
                  expected.push(...move(one.change));
                  break;
                case 'refund': {
                  const last = bought.pop();
                  if (last === undefined) break;
                  await shop.refund(last.orderId, one.restock);
                  if (one.restock) expected.push(...move(last.quantity));
                  break;
                }
              }
            }
            const told = (await alerts()).map(({ type, data }) => {
              const { current_quantity: quantity } = data as { current_quantity: number };
              return `${type === 'inventory.low_stock' ? 'low' : 'oversold'} ${quantity}`;
            });
            expect(told).toEqual(expected);
            expect((await shop.quantities(location))[WINE] ?? 0).toBe(left);
          },
        ),
        { numRuns: 100 },
      );
    }, 120_000);
  });
});
