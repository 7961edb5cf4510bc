import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { parkEvent, retryDeadLetter } from '../subscribers/dead-letters.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { eventually } from '../test-support/eventually.ts';
import { type SmallBusiness, type Till, smallBusiness } from '../test-support/small-business.ts';
import { CHIPS, SODA, WINE, fillCatalogue } from '../test-support/small-shop.ts';
import { STOCK_SUBSCRIBER, takeMovement } from './stock-words.ts';
import { compareStock, rebuildStock } from './rebuild-stock.ts';

const SKUS = [WINE, SODA, CHIPS];

const stockRow = z.object({
  location_id: z.string(),
  sku: z.string(),
  quantity: z.int(),
  reserved: z.int(),
});
const waitingRow = z.object({ waiting: z.int() });
const idRow = z.object({ id: z.int() });

describe.each(TEST_DATABASES)('rebuilding the stock from the log on $kind', ({ kind, create }) => {
  let home: TestDatabase;
  let database: Database;
  let shop: SmallBusiness;
  let shops = 0;

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

  async function openShop(): Promise<{ readonly location: string; readonly till: Till }> {
    shops += 1;
    const location = `SHOP-${shops}`;
    return { location, till: await shop.till(`T${shops}`, location) };
  }
  const table = () =>
    database.query(
      stockRow,
      'SELECT location_id, sku, quantity, reserved FROM stock ORDER BY location_id, sku',
    );
  const rebuild = () => database.transaction(rebuildStock);

  it('changes nothing after any movements, and makes good whatever became of the table', async () => {
    const sku = fc.constantFrom(...SKUS);
    const units = fc.integer({ min: 1, max: 9 });
    const side = fc.constantFrom(0 as const, 1 as const);
    const step = fc.oneof(
      fc.record({
        by: fc.constant('till' as const),
        side,
        changes: fc.array(fc.record({ sku, change: fc.integer({ min: -9, max: 9 }) }), {
          minLength: 1,
          maxLength: 5,
        }),
      }),
      fc.record({ by: fc.constantFrom('restock' as const, 'adjust' as const), side, sku, units }),
      fc.record({ by: fc.constant('transfer' as const), side, sku, units }),
      fc.record({ by: fc.constant('order' as const), side, sku, units }),
      fc.record({ by: fc.constant('refund' as const), restock: fc.boolean() }),
    );
    const spoil = fc.record({
      side,
      sku,
      how: fc.constantFrom('lost' as const, 'more' as const, 'less' as const, 'made up' as const),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 1, maxLength: 12 }),
        fc.array(spoil, { maxLength: 4 }),
        async (steps, spoils) => {
          const sides = [await openShop(), await openShop()] as const;
          const bought: string[] = [];
          for (const one of steps) {
            switch (one.by) {
              case 'till':
                await sides[one.side].till.move(...one.changes);
                break;
              case 'restock':
                await shop.restock(sides[one.side].location, one.sku, one.units);
                break;
              case 'adjust':
                await shop.adjust(sides[one.side].location, one.sku, -one.units);
                break;
              case 'transfer': {
                const [from, to] = [sides[one.side].location, sides[one.side === 0 ? 1 : 0].location];
                const left = (await shop.quantities(from))[one.sku] ?? 0;
                if (left >= one.units) await shop.transfer(from, to, [{ sku: one.sku, quantity: one.units }]);
                break;
              }
              case 'order': {
                const orderId = await shop.order(sides[one.side].location, [
                  { sku: one.sku, quantity: one.units },
                ]);
                if (orderId !== undefined) bought.push(orderId);
                break;
              }
              case 'refund': {
                const orderId = bought.pop();
                if (orderId !== undefined) await shop.refund(orderId, one.restock);
                break;
              }
            }
          }
          const before = await table();
          expect(await compareStock(database)).toEqual([]);
          expect(await rebuild()).toEqual([]);
          expect(await table()).toEqual(before);

          for (const one of spoils) await spoilRow(sides[one.side].location, one.sku, one.how);
          const spoilt = await table();
          const differences = await compareStock(database);
          expect(await rebuild()).toEqual(differences);
          expect(differences.length > 0).toBe(!sameQuantities(spoilt, before));
          expect(sameQuantities(await table(), before)).toBe(true);
          expect(await compareStock(database)).toEqual([]);
        },
      ),
      { numRuns: 40 },
    );
  }, 120_000);

  async function spoilRow(location: string, sku: string, how: 'lost' | 'more' | 'less' | 'made up') {
    const one = [location, sku];
    switch (how) {
      case 'lost':
        await database.execute('DELETE FROM stock WHERE location_id = $1 AND sku = $2', one);
        break;
      case 'more':
        await database.execute(
          'UPDATE stock SET quantity = quantity + 7 WHERE location_id = $1 AND sku = $2',
          one,
        );
        break;
      case 'less':
        await database.execute(
          'UPDATE stock SET quantity = -quantity - 1 WHERE location_id = $1 AND sku = $2',
          one,
        );
        break;
      case 'made up':
        await database.execute(
          `INSERT INTO stock (location_id, sku, quantity) VALUES ($1, $2 || '-X', 5) ON CONFLICT DO NOTHING`,
          one,
        );
        break;
    }
  }

  it('leaves reservations to their orders', async () => {
    const { location } = await openShop();
    await shop.restock(location, WINE, 9);
    await database.execute('UPDATE stock SET quantity = 1, reserved = 4 WHERE location_id = $1', [location]);
    expect(await rebuild()).toEqual([{ location_id: location, sku: WINE, in_table: 1, in_log: 9 }]);
    expect((await table()).filter(({ location_id }) => location_id === location)).toEqual([
      { location_id: location, sku: WINE, quantity: 9, reserved: 4 },
    ]);
  });

  it('makes good what is wrong while everybody moves stock, and undoes no movement', async () => {
    const [here, there] = [await openShop(), await openShop()];
    await shop.restock(here.location, WINE, 500);
    const rebuilding = (async () => {
      for (let round = 0; round < 30; round += 1) {
        await spoilRow(here.location, WINE, 'more');
        await rebuild();
      }
    })();
    await Promise.all([
      (async () => {
        for (let sale = 0; sale < 15; sale += 1)
          await here.till.move({ sku: WINE, change: -2 }, { sku: SODA, change: -1 });
      })(),
      (async () => {
        for (let each = 0; each < 15; each += 1)
          await shop.order(here.location, [{ sku: WINE, quantity: 1 }]);
      })(),
      (async () => {
        for (let each = 0; each < 15; each += 1)
          await shop.transfer(here.location, there.location, [{ sku: WINE, quantity: 3 }]);
      })(),
    ]);
    await rebuilding;
    expect(await compareStock(database)).toEqual([]);
    expect(await shop.quantities(here.location)).toEqual({ [SODA]: -15, [WINE]: 410 });
    expect(await shop.quantities(there.location)).toEqual({ [WINE]: 45 });
  });

  // PGlite has one transaction at a time anyway.
  it.runIf(kind === 'postgres')('lets movers wait until it is done', async () => {
    const { location } = await openShop();
    let moving: Promise<void> = Promise.resolve();
    await database.transaction(async (tx) => {
      await rebuildStock(tx);
      moving = shop.restock(location, WINE, 1);
      await eventually(async () => {
        const [row] = await database.query(
          waitingRow,
          `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
        );
        expect(row?.waiting).toBe(1);
      });
    });
    await moving;
    expect(await shop.quantities(location)).toEqual({ [WINE]: 1 });
  });

  it('leaves out what could not be read, until somebody retries it with success', async () => {
    const { location, till } = await openShop();
    await shop.restock(location, WINE, 12);
    const unreadable = till.next('inventory.updated', WINE, { sku: WINE, change: 'two' });
    const parked = till.moved(WINE, -3);
    await till.push([unreadable, parked]);
    // As if an earlier version had not read the second one either.
    const letter = await database.transaction(async (tx) => {
      await parkEvent(tx, STOCK_SUBSCRIBER, parked.eventId, 'of the test');
      await tx.execute('UPDATE stock SET quantity = quantity + 3 WHERE location_id = $1', [location]);
      const [row] = await tx.query(idRow, 'SELECT id FROM dead_letters WHERE event_id = $1', [
        parked.eventId,
      ]);
      return row?.id ?? 0;
    });
    expect(await shop.told(location, ['inventory.low_stock'])).toHaveLength(1);
    expect(await compareStock(database)).toEqual([]);
    expect(await rebuild()).toEqual([]);

    const takers = new Map([[STOCK_SUBSCRIBER, takeMovement]]);
    expect(await retryDeadLetter(shop.log, takers, letter)).toEqual({ kind: 'taken' });
    expect(await shop.quantities(location)).toEqual({ [WINE]: 9 });
    // It crosses the reorder point where it is taken, and so it is told there.
    expect(await shop.told(location, ['inventory.low_stock'])).toHaveLength(2);
    expect(await retryDeadLetter(shop.log, takers, letter)).toEqual({ kind: 'not_found' });
    const [other] = await database.query(idRow, 'SELECT id FROM dead_letters WHERE event_id = $1', [
      unreadable.eventId,
    ]);
    expect(await retryDeadLetter(shop.log, takers, other?.id ?? 0)).toMatchObject({ kind: 'failed_again' });
    expect(await compareStock(database)).toEqual([]);
  });
});

function sameQuantities(one: readonly z.infer<typeof stockRow>[], other: typeof one): boolean {
  const text = (rows: typeof one) =>
    rows
      .filter(({ quantity }) => quantity !== 0)
      .map(({ location_id, sku, quantity }) => `${location_id} ${sku} ${quantity}`)
      .join();
  return text(one) === text(other);
}
