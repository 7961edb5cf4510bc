import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ChangesPage } from '#sync/protocol/changes.ts';
import type { Database } from '../database/database.ts';
import { draftOfMoved } from '../inventory/moved-event.ts';
import { moveStock } from '../inventory/move-stock.ts';
import { createStockService } from '../inventory/stock-service.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { type DownShop, type DownTill, downShop } from '../test-support/down-shop.ts';
import { type TillMirror, pageOf } from '../test-support/till-mirror.ts';
import { cursorText, parseCursor } from './cursor.ts';

const MANY_ITEMS = 10_000;

describe.each(TEST_DATABASES)('the changes for a terminal on $kind', ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  let shop: DownShop;
  let here: string;
  let till: DownTill;
  let code: string;

  beforeAll(async () => {
    home = await create();
    database = await home.open();
    shop = downShop(database);
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await home.dispose();
  });
  beforeEach(async () => {
    here = shop.newLocation();
    till = await shop.enrol(here);
    code = shop.newKey('C');
    await shop.makeCode(code);
  });

  async function cursorNow(): Promise<string> {
    return (await shop.mirror(here)).cursor;
  }
  async function pageBehind(after: string, limit = 1000): Promise<ChangesPage> {
    return pageOf(await shop.pull(till, after, { limit }));
  }
  const needsSnapshot = { ok: false, code: 'snapshot_needed' };

  it.each([
    '',
    'x',
    '1',
    '1.beginning.1',
    '1.1.1.00000000-0000-0000-0000-000000000000',
    '\u0000',
    '9'.repeat(500),
  ])('are a snapshot for whoever has the cursor %j', async (cursor) => {
    expect(await shop.pull(till, cursor)).toMatchObject(needsSnapshot);
  });

  it('are a snapshot for whoever has nothing', async () => {
    expect(await shop.pull(till, null)).toMatchObject(needsSnapshot);
  });

  it('are nothing when nothing has changed, and the cursor stays what it was', async () => {
    const cursor = await cursorNow();
    expect(await pageBehind(cursor)).toEqual({
      ok: true,
      to: cursor,
      more: false,
      merchandise_codes: [],
      items: [],
      promotions: [],
      staff: [],
      settings: null,
      stock: [],
      stock_through: 0,
    });
  });

  it('have a new price, once, as it is now', async () => {
    const sku = shop.newKey('SKU');
    await shop.makeItem(sku, code);
    const cursor = await cursorNow();
    await shop.changePrice(sku, 1, 8.99);
    await shop.changePrice(sku, 2, 7.99);
    const page = await pageBehind(cursor);
    expect(page.items).toMatchObject([{ sku, price: 799, version: 3 }]);
    expect(page.more).toBe(false);
    expect((await pageBehind(page.to)).items).toEqual([]);
  });

  it('have what was deleted', async () => {
    const sku = shop.newKey('SKU');
    await shop.makeItem(sku, code);
    const promotion = shop.newKey('PROMO');
    await shop.makePromotion(promotion, [sku]);
    const mirror = await shop.mirror(here);
    const cursor = mirror.cursor;
    await shop.promotions.remove(promotion, 1, shop.everywhere());
    await shop.items.remove(sku, 1, shop.everywhere());
    await shop.codes.remove(code, 1, shop.everywhere());
    const page = await pageBehind(cursor);
    expect(page).toMatchObject({
      merchandise_codes: [{ code, version: 2, deleted: true }],
      items: [{ sku, version: 2, deleted: true }],
      promotions: [{ promotion_id: promotion, version: 2, deleted: true }],
    });
    mirror.apply(page);
    expect(mirror.view()).toEqual((await shop.mirror(here)).view());
  });

  it('have the people and the settings of the location, with what the log does not have', async () => {
    const cursor = await cursorNow();
    await shop.putPerson(here, 'U-1', 'Ann');
    await shop.putPerson(here, 'U-2', 'Bob');
    await shop.staff.deactivate('U-1', 1, shop.at(here));
    await shop.putSettings(here, 'Corner Wines');
    const page = await pageBehind(cursor);
    expect(page.staff).toMatchObject([
      { user_id: 'U-1', name: 'Ann', active: false, version: 2 },
      { user_id: 'U-2', name: 'Bob', active: true, version: 1 },
    ]);
    expect(page.staff[0]?.pin_hash).toMatch(/^\$argon2id\$/);
    expect(page.settings).toMatchObject({ store_name: 'Corner Wines', version: 1 });
  });

  it('have the stock that moved or was promised, and which events of this terminal are in it', async () => {
    const [wine, soda, chips] = [shop.newKey('WINE'), shop.newKey('SODA'), shop.newKey('CHIPS')];
    const other = await shop.enrol(here);
    await shop.sell(other, { [chips]: 50 });
    const cursor = await cursorNow();
    await shop.sell(till, { [wine]: 5 });
    await shop.sell(other, { [wine]: -2, [soda]: 10 });
    const page = await pageBehind(cursor);
    expect(page.stock).toEqual([
      { sku: soda, quantity: 10, reserved: 0 },
      { sku: wine, quantity: 3, reserved: 0 },
    ]);
    expect(page.stock_through).toBe(1);
    await shop.log.write(async (tx) => {
      await tx.execute('UPDATE stock SET reserved = 4 WHERE location_id = $1 AND sku = $2', [here, chips]);
      await tx.execute(
        `INSERT INTO orders (order_id, location_id, channel, origin, status, subtotal, deposit, tax, total, payment_method,
                             age_verified, placed_by, created_at, updated_at)
         VALUES ($1, $2, 'web', 'api', 'placed', 0, 0, 0, 0, 'card', TRUE, 'test', NOW(), NOW())`,
        [`${here}-O`, here],
      );
      await tx.execute(
        `INSERT INTO order_lines (order_id, line_number, sku, quantity, unit_price, amount, name, deposit, tax)
         VALUES ($1, 1, $2, 4, 0, 0, '', 0, 0)`,
        [`${here}-O`, chips],
      );
      await tx.append(shop.at(here), [{ eventType: 'order.created', aggregateId: `${here}-O`, data: {} }]);
    });
    expect((await pageBehind(page.to)).stock).toEqual([{ sku: chips, quantity: 50, reserved: 4 }]);
  });

  it('have nothing of another location', async () => {
    const cursor = await cursorNow();
    const there = shop.newLocation();
    const stranger = await shop.enrol(there);
    await shop.sell(stranger, { [shop.newKey('SKU')]: 5 });
    await shop.putPerson(there, 'U-9', 'Zoe');
    await shop.putSettings(there, 'Elsewhere');
    const page = await pageBehind(cursor);
    expect(page).toMatchObject({ to: cursor, staff: [], settings: null, stock: [], more: false });
    expect(JSON.stringify(await shop.mirror(here).then((mirror) => mirror.view()))).not.toMatch(
      /Zoe|Elsewhere/,
    );
  });

  it('take from a terminal no word about the catalogue, people or settings', async () => {
    await shop.putPerson(here, 'U-1', 'Ann');
    const cursor = await cursorNow();
    const forged = [
      till.events.next('product.deleted', 'X', { sku: 'X', version: 9 }),
      till.events.next('staff.updated', 'U-1', { name: 'Mallory', role: 'manager', version: 9 }),
      till.events.next('staff.created', 'U-666', { name: 'Mallory' }),
      till.events.next('settings.updated', here, { store_name: 'Mallory' }),
      till.events.next('order.created', 'no-such-order', {}),
      till.events.next('inventory.updated', 'no such sku', {}),
    ];
    await shop.log.write((tx) => tx.appendReceived(forged));
    const page = await pageBehind(cursor);
    expect(page).toMatchObject({
      items: [],
      staff: [{ user_id: 'U-1', name: 'Ann', version: 1 }],
      settings: null,
      stock: [],
    });
  });

  it('are a snapshot for the cursor of a history that the server has lost, and of another server', async () => {
    const sku = shop.newKey('SKU');
    await shop.makeItem(sku, code);
    const cursor = parseCursor(await cursorNow());
    if (cursor?.kind !== 'behind') throw new Error('no cursor');
    const other = { ...cursor.at, eventId: '01a20d69-4bbe-745a-9c83-05d2cbcc0817' };
    for (const lost of [
      { ...cursor, at: other },
      { ...cursor, seen: other },
      { ...cursor, at: { ...cursor.at, id: cursor.at.id + 1_000_000 } },
    ]) {
      expect(await shop.pull(till, cursorText(lost))).toMatchObject(needsSnapshot);
    }
    // As if the server had been restored from a backup of before the price was told.
    await shop.changePrice(sku, 1, 8.99);
    const { to } = await pageBehind(cursorText(cursor));
    await database.execute(`DELETE FROM event_log WHERE tx = (SELECT max(tx) FROM event_log)`);
    await shop.makeItem(shop.newKey('SKU'), code);
    expect(await shop.pull(till, to)).toMatchObject(needsSnapshot);
    expect(await shop.pull(till, cursorText(cursor))).toMatchObject({ ok: true });
  });

  it('are a snapshot for whoever is too far behind, and pages for whoever is not', async () => {
    const cursor = await cursorNow();
    for (let sale = 0; sale < 12; sale += 1) await shop.sell(till, { [`SKU-${sale % 3}`]: 1 });
    expect(await shop.pull(till, cursor, { rowsAPage: 5, mostBehind: 11 })).toMatchObject(needsSnapshot);
    expect(await shop.pull(till, cursor, { rowsAPage: 5, mostBehind: 12 })).toMatchObject({ ok: true });
  });

  it('go past thousands of rows that tell nothing, in pages of bounded work', async () => {
    const mirror = await shop.mirror(here);
    const silent = Array.from({ length: 30 }, (_, at) => till.events.next('drawer.opened', `D-${at}`, {}));
    await shop.log.write((tx) => tx.appendReceived(silent));
    await shop.putSettings(here, 'Behind all of it');
    const first = pageOf(await shop.pull(till, mirror.cursor, { rowsAPage: 10 }));
    expect(first).toMatchObject({ more: true, settings: null });
    expect(await shop.follow(till, mirror, { rowsAPage: 10 })).toBe(4);
    expect(mirror.view()['settings']).toMatchObject({ store_name: 'Behind all of it' });
  });

  it('keep to the limit, but for an order that is larger by itself', async () => {
    const mirror = await shop.mirror(here);
    await shop.sell(till, Object.fromEntries(Array.from({ length: 7 }, (_, at) => [`SKU-${at}`, 1])));
    await shop.makeItem(shop.newKey('SKU'), code);
    await shop.putPerson(here, 'U-1', 'Ann');
    for (const limit of [1, 2, 3, 8]) {
      const copy = mirror.copy();
      for (let more = true; more;) {
        const page = await pageBehind(copy.cursor, limit);
        const told = page.items.length + page.stock.length + page.staff.length;
        expect(told).toBeLessThanOrEqual(limit);
        copy.apply(page);
        ({ more } = page);
      }
      expect(copy.view()).toEqual((await shop.mirror(here)).view());
    }
  });

  it('lead from any place to the same as a snapshot, in pages of any size', async () => {
    const there = shop.newLocation();
    const tills = [till, await shop.enrol(here), await shop.enrol(there)];
    const skus = Array.from({ length: 4 }, () => shop.newKey('SKU'));
    const step = fc.record({
      kind: fc.constantFrom('item', 'item', 'delete', 'sell', 'sell', 'person', 'settings', 'place'),
      which: fc.nat(3),
      number: fc.nat(999),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 25 }),
        fc.record({ limit: fc.integer({ min: 1, max: 6 }), rowsAPage: fc.integer({ min: 1, max: 9 }) }),
        async (steps, sizes) => {
          const places: TillMirror[] = [await shop.mirror(here)];
          for (const { kind, which, number } of steps) {
            if (kind === 'place') places.push(await shop.mirror(here));
            else await doSomething(kind, which, number);
          }
          const whole = (await shop.mirror(here)).view();
          for (const place of places) {
            const copy = place.copy();
            await shop.follow(till, copy, sizes);
            expect(copy.view()).toEqual(whole);
          }
        },
      ),
      { numRuns: 12 },
    );

    async function doSomething(kind: string, which: number, number: number): Promise<void> {
      const sku = skus[which] ?? '';
      const seller = tills[number % tills.length] ?? till;
      const location = number % 3 === 0 ? there : here;
      const stored = await shop.items.find(sku).catch(() => undefined);
      if (kind === 'item') {
        if (stored === undefined) await shop.makeItem(sku, code, number / 100);
        else await shop.changePrice(sku, stored.version, number / 100);
      } else if (kind === 'delete') {
        if (stored !== undefined) await shop.items.remove(sku, stored.version, shop.everywhere());
      } else if (kind === 'sell') {
        await shop.sell(seller, { [sku]: (number % 9) + 1, [skus[(which + 1) % 4] ?? '']: -1 });
      } else if (kind === 'person') {
        const people = await shop.staff.list(location);
        const before = people.find(({ user_id }) => user_id === `U-${which}`);
        await shop.putPerson(location, `U-${which}`, `${which}-${number}`, before?.version, number % 2 === 0);
      } else {
        const before = await shop.settings.find(location).catch(() => undefined);
        await shop.putSettings(location, `Shop ${number}`, before?.record.version);
      }
    }
  }, 120_000);

  it('bring ten thousand items in pages, and in a snapshot', async () => {
    const mirror = await shop.mirror(here);
    const prefix = shop.newKey('MANY');
    const skus = Array.from({ length: MANY_ITEMS }, (_, number) => `${prefix}-${number}`);
    await shop.makeItems(skus, code);
    const pages = await shop.follow(till, mirror);
    expect(pages).toBe(MANY_ITEMS / 1000);
    const whole = (await shop.mirror(here)).view();
    expect(Object.keys(whole).filter((key) => key.startsWith(`item ${prefix}`))).toHaveLength(MANY_ITEMS);
    expect(mirror.view()).toEqual(whole);
  }, 120_000);

  it('tell the stock and the events that are in it as they were in one moment', async () => {
    const sku = shop.newKey('SKU');
    await shop.sell(till, { [sku]: 1 });
    const cursor = await cursorNow();
    const seller = (async () => {
      for (let sale = 0; sale < 60; sale += 1) await shop.sell(till, { [sku]: 1 });
    })();
    for (let sold = 0; sold < 61;) {
      const { stock, stock_through: through } = await pageBehind(cursor);
      sold = through;
      if (stock.length > 0) expect(stock).toEqual([{ sku, quantity: through, reserved: 0 }]);
    }
    await seller;
  });

  it('have the stock that was set right from the log, although nothing moved', async () => {
    const sku = shop.newKey('SKU');
    await shop.sell(till, { [sku]: 3 });
    await database.execute('UPDATE stock SET quantity = 99 WHERE location_id = $1 AND sku = $2', [here, sku]);
    const cursor = await cursorNow();
    await createStockService(database, shop.log, () => new Date()).rebuild('test');
    expect((await pageBehind(cursor)).stock).toEqual([{ sku, quantity: 3, reserved: 0 }]);
  });

  it('have the movements that the server itself reports', async () => {
    const sku = shop.newKey('SKU');
    const cursor = await cursorNow();
    await shop.log.write(async (tx) => {
      const { moved } = await moveStock(tx, here, [{ sku, change: 24, referenceId: 'DELIVERY' }]);
      await tx.append(
        shop.at(here),
        moved.map((one) => draftOfMoved(one, 'restock')),
      );
    });
    expect((await pageBehind(cursor)).stock).toEqual([{ sku, quantity: 24, reserved: 0 }]);
  });
});
