/** The open sale while the server changes the catalogue under it. Real store, real prices. */
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Item, itemSchema } from '#domain/catalogue/item.ts';
import { cents } from '#domain/money/cents.ts';
import type { Person, SaleView } from '../api/views.ts';
import { cartStore } from '../store/cart-store.ts';
import { catalogueReader } from '../store/catalogue-reader.ts';
import { catalogueWriter } from '../store/catalogue-writer.ts';
import { type Store, openStore } from '../store/open-store.ts';
import { orderReader } from '../store/order-reader.ts';
import { saleCommitter } from '../store/sale-committer.ts';
import { NOON, SETTINGS, removeTillTemplate, testTillFolder } from '../test-support/test-till.ts';
import type { TemporaryFolder } from '../test-support/temporary-folder.ts';
import { SaleDesk } from './sale-desk.ts';

const MAYA: Person = { userId: 'maya.torres', name: 'Maya Torres', role: 'cashier' };

let temporary: TemporaryFolder;
let store: Store;
let desk: SaleDesk;
let shown: SaleView[];
let lost: (readonly string[])[];
beforeEach(async () => {
  const made = await testTillFolder();
  temporary = made.temporary;
  store = openStore(made.folder);
  openDesk();
});
afterEach(() => {
  store.close();
  temporary.remove();
});
afterAll(removeTillTemplate);

/** As a start of the till does. */
function openDesk(): void {
  shown = [];
  lost = [];
  const { writer } = store;
  desk = new SaleDesk({
    settings: () => SETTINGS,
    catalogue: catalogueReader(writer),
    carts: cartStore(writer),
    orders: orderReader(writer),
    commitSale: saleCommitter(writer),
    now: () => NOON,
    onChange: (view) => shown.push(view),
    onLinesLost: (skus) => lost.push(skus),
    onCommitted: () => undefined,
  });
}

const COLA = 'SODA-COLA-001';
const WATER = 'WATER-STILL-001';

function change(sku: string, changes: Partial<Item>): void {
  const reader = catalogueReader(store.writer);
  const item = itemSchema.parse({ ...reader.findBySku(sku), barcodes: [], ...changes });
  store.writer.transaction(() => catalogueWriter(store.writer).upsertItem(item));
}

function remove(sku: string): void {
  store.writer.transaction(() => {
    store.writer.connection.prepare('DELETE FROM barcodes WHERE sku = ?').run(sku);
    store.writer.connection.prepare('DELETE FROM items WHERE sku = ?').run(sku);
  });
}

describe('a price that comes from the server', () => {
  test('counts at once in the open sale, is told with the old one, and stays told over a restart', () => {
    desk.addItem(COLA, 2);
    change(COLA, { price: cents(199) });
    desk.catalogueChanged();
    const told = { kind: 'price', sku: COLA, name: 'Cola 355ml Can', from: 149, to: 199 };
    expect(shown.at(-1)).toMatchObject({ subtotal: 398, notices: [told] });
    openDesk();
    expect(desk.view()).toMatchObject({ subtotal: 398, notices: [told] });
    expect(desk.dismissNotices(desk.view().orderId).notices).toEqual([]);
    openDesk();
    expect(desk.view().notices).toEqual([]);
  });

  test('is told even when the till was off as it came', () => {
    desk.addItem(COLA, 1);
    change(COLA, { price: cents(99) });
    openDesk();
    expect(desk.view().notices).toMatchObject([{ from: 149, to: 99 }]);
  });

  test('is told with the next scan when nobody has said yet that it came', () => {
    desk.addItem(COLA, 1);
    change(COLA, { price: cents(99) });
    expect(desk.addItem(WATER, 1).notices).toMatchObject([{ sku: COLA, from: 149, to: 99 }]);
  });

  test('of an item that is not in the sale is no news', () => {
    desk.addItem(COLA, 1);
    const before = shown.length;
    change(WATER, { price: cents(500) });
    desk.catalogueChanged();
    expect(shown).toHaveLength(before);
    expect(desk.view().notices).toEqual([]);
  });

  test('does not move the amount that somebody is paying, and is told when payment is left', () => {
    desk.addItem(COLA, 2);
    const due = desk.beginPayment().total;
    change(COLA, { price: cents(999) });
    desk.catalogueChanged();
    expect(desk.view()).toMatchObject({ phase: 'paying', total: due, notices: [] });
    expect(desk.leavePayment()).toMatchObject({
      phase: 'selling',
      subtotal: 1_998,
      notices: [{ from: 149, to: 999 }],
    });
  });

  test('is not in a receipt whose amount was named before it came', () => {
    desk.addItem(COLA, 2);
    const { orderId, total } = desk.beginPayment();
    change(COLA, { price: cents(999) });
    desk.catalogueChanged();
    expect(desk.tenderCash({ orderId, total }, total, MAYA)).toMatchObject({ total, change: 0 });
    const lines = store.writer.connection.prepare('SELECT unit_price, amount FROM order_lines').all();
    expect(lines).toEqual([{ unit_price: 149, amount: 298 }]);
    expect(desk.addItem(COLA, 1)).toMatchObject({ subtotal: 999, notices: [] });
  });

  test('that comes between the last look and Pay is told on the payment', () => {
    desk.addItem(COLA, 1);
    change(COLA, { price: cents(199) });
    expect(desk.beginPayment()).toMatchObject({ phase: 'paying', subtotal: 199, notices: [{ to: 199 }] });
  });
});

describe('an item that the server takes away', () => {
  test('leaves the open sale, by name', () => {
    desk.addItem(COLA, 1);
    desk.addItem(WATER, 1);
    remove(COLA);
    desk.catalogueChanged();
    expect(desk.view()).toMatchObject({
      lines: [{ sku: WATER }],
      notices: [{ kind: 'withdrawn', sku: COLA, name: 'Cola 355ml Can' }],
    });
    expect(lost).toEqual([[COLA]]);
  });

  test('can still be paid by who is paying for it', () => {
    desk.addItem(COLA, 1);
    const { orderId, total } = desk.beginPayment();
    remove(COLA);
    desk.catalogueChanged();
    expect(desk.tenderCash({ orderId, total }, total, MAYA).total).toBe(total);
    expect(lost).toEqual([]);
  });
});

test('notices of a sale cannot be taken away by a call that names another one', () => {
  desk.addItem(COLA, 1);
  change(COLA, { price: cents(99) });
  desk.catalogueChanged();
  expect(() => desk.dismissNotices('ORD-another')).toThrow(/another sale/);
  expect(desk.view().notices).toHaveLength(1);
});
