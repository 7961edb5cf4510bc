import { cpSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import createdSample from '#domain/events/contracts/order.created.json' with { type: 'json' };
import completedSample from '#domain/events/contracts/order.completed.json' with { type: 'json' };
import authorizedSample from '#domain/events/contracts/payment.authorized.json' with { type: 'json' };
import capturedSample from '#domain/events/contracts/payment.captured.json' with { type: 'json' };
import updatedSample from '#domain/events/contracts/inventory.updated.json' with { type: 'json' };
import lowStockSample from '#domain/events/contracts/inventory.low_stock.json' with { type: 'json' };
import { canonicalJson } from '#domain/events/canonical-json.ts';
import { decodeEvent, encodeEvent } from '#domain/events/event-wire.ts';
import { GENESIS_HASH, eventRecordSchema } from '#domain/events/event-record.ts';
import { decodeOrderFacts, encodeOrderFacts } from '#domain/events/order-facts.ts';
import { type Cents, cents } from '#domain/money/cents.ts';
import { type Cart, MAX_CART_LINES, emptyCart } from '#domain/pricing/cart.ts';
import { price } from '#domain/pricing/price.ts';
import { findChainBreak } from '#sync/protocol/hash-chain.ts';
import { sqliteOutbox } from '../sync/sqlite-outbox.ts';
import { canMountDisks, mountSmallDisk } from '../test-support/small-disk.ts';
import { removeTillTemplate, testTillFolder } from '../test-support/test-till.ts';
import type { TemporaryFolder } from '../test-support/temporary-folder.ts';
import { cartStore } from './cart-store.ts';
import { catalogueReader } from './catalogue-reader.ts';
import { eventLogOf } from './event-log.ts';
import { type Store, openStore } from './open-store.ts';
import { type TenderedSale, saleCommitter } from './sale-committer.ts';
import { sqliteCode } from './store-errors.ts';

const AT = '2026-11-23T12:00:00.000Z';

const ON_THE_RECEIPT = {
  schema: 2,
  lines: [{ name: 'Cabernet Sauvignon 750ml', merchandise_code: 'WINE', deposit: 0, tax: 2.8 }],
  taxes: [{ merchandise_code: 'WINE', description: 'Wine Products', rate: 700, amount: 2.8 }],
  cashier: 'Maya',
};

let store: Store;
let temporary: TemporaryFolder;
beforeEach(async () => {
  const made = await testTillFolder();
  temporary = made.temporary;
  store = openStore(made.folder);
});
afterEach(() => {
  store.close();
  temporary.remove();
});
afterAll(removeTillTemplate);

type Quantities = Readonly<Record<string, number>>;

/** A paid sale of these quantities, and the cart that it was put together in. */
function tendered(orderId: string, quantities: Quantities): { sale: TenderedSale; cart: Cart } {
  const catalogue = catalogueReader(store.writer);
  const cart: Cart = {
    ...emptyCart(orderId),
    lines: Object.entries(quantities).map(([sku, quantity]) => ({ lineId: `line ${sku}`, sku, quantity })),
    customerAge: 40,
  };
  const facts = catalogue.factsFor(Object.keys(quantities));
  const priced = price(cart, facts);
  if (!priced.ok) throw new Error(priced.refusal.code);
  const { total } = priced.cart;
  const sale: TenderedSale = {
    orderId,
    priced: priced.cart,
    ageVerified: true,
    payment: {
      paymentId: `pay-${orderId}`,
      method: 'cash',
      tendered: cents(total + 500),
      change: cents(500),
      approvalCode: null,
    },
    userId: 'maya.torres',
    terminalId: 'T1',
    locationId: 'STORE-001',
    completedAt: AT,
    utcOffsetMinutes: -300,
    stockFacts: facts.items,
    receipt: (receiptNumber) => receiptOf(orderId, receiptNumber, total),
    printReceipt: true,
    nextCart: emptyCart(`${orderId}-next`),
  };
  return { sale, cart };
}

function receiptOf(orderId: string, receiptNumber: string, total: Cents) {
  return {
    storeName: 'Shop',
    storeAddress: [],
    receiptNumber,
    orderId,
    printedTime: '2026-11-23 12:00',
    cashier: 'Maya',
    terminalId: 'T1',
    lines: [],
    subtotal: total,
    deposit: cents(0),
    taxes: [],
    total,
    tenders: [],
    change: cents(0),
    footer: [],
  };
}

function sell(orderId: string, quantities: Quantities): string {
  return saleCommitter(store.writer)(tendered(orderId, quantities).sale).receiptNumber;
}

const rows = (sql: string): unknown[] => store.writer.connection.prepare(sql).all();

/** Events that were written after `from`, as the wire has them. */
function eventsAfter(from: number) {
  const outbox = sqliteOutbox(store.writer);
  return outbox.read(from + 1, { maxEvents: 10_000, maxBytes: 100_000_000 });
}

const TABLES = [
  'counters',
  'orders',
  'order_lines',
  'payments',
  'stock',
  'stock_movements',
  'event_log',
  'print_jobs',
  'open_cart',
] as const;

function wholeDatabase(): unknown {
  return Object.fromEntries(TABLES.map((table) => [table, rows(`SELECT * FROM ${table} ORDER BY 1, 2`)]));
}

describe('a committed sale', () => {
  test('is in every table it belongs to', () => {
    const number = sell('ORD-1', { 'WINE-CAB-001': 2 });
    expect(number).toBe('STORE-001-T1-000001');
    expect(rows('SELECT * FROM orders')).toEqual([
      {
        id: 1,
        order_id: 'ORD-1',
        receipt_number: number,
        completed_at: AT,
        user_id: 'maya.torres',
        subtotal: 3998,
        deposit: 0,
        tax: 280,
        total: 4278,
        age_verified: 1,
        receipt: JSON.stringify(receiptOf('ORD-1', number, cents(4278))),
      },
    ]);
    expect(rows('SELECT sku, quantity, unit_price, amount, deposit, tax FROM order_lines')).toEqual([
      { sku: 'WINE-CAB-001', quantity: 2, unit_price: 1999, amount: 3998, deposit: 0, tax: 280 },
    ]);
    expect(rows('SELECT payment_id, method, amount, tendered, change_given FROM payments')).toEqual([
      { payment_id: 'pay-ORD-1', method: 'cash', amount: 4278, tendered: 4778, change_given: 500 },
    ]);
    expect(rows("SELECT quantity, is_low FROM stock WHERE sku = 'WINE-CAB-001'")).toEqual([
      { quantity: 23, is_low: 0 },
    ]);
    expect(rows("SELECT change, quantity_after FROM stock_movements WHERE reason = 'sale'")).toEqual([
      { change: -2, quantity_after: 23 },
    ]);
    expect(rows('SELECT order_id, is_copy, state, attempts FROM print_jobs')).toEqual([
      { order_id: 'ORD-1', is_copy: 0, state: 'waiting', attempts: 0 },
    ]);
    expect(cartStore(store.writer).load()).toMatchObject(emptyCart('ORD-1-next'));
  });

  test('keeps its receipt also when nothing is to be printed', () => {
    const { sale } = tendered('ORD-1', { 'WATER-STILL-001': 1 });
    const { receiptNumber } = saleCommitter(store.writer)({ ...sale, printReceipt: false });
    expect(rows('SELECT receipt FROM orders')).toEqual([
      { receipt: JSON.stringify(receiptOf('ORD-1', receiptNumber, cents(99))) },
    ]);
    expect(rows('SELECT * FROM print_jobs')).toEqual([]);
  });

  test('says what happened in this order, one stock movement a SKU', () => {
    const { seq } = sqliteOutbox(store.writer).head();
    sell('ORD-1', { 'WINE-CAB-001': 2, 'BEER-ALE-006': 1 });
    expect(eventsAfter(seq).map(({ eventType, aggregateId }) => [eventType, aggregateId])).toEqual([
      ['order.created', 'ORD-1'],
      ['payment.authorized', 'ORD-1'],
      ['payment.captured', 'ORD-1'],
      ['inventory.updated', 'WINE-CAB-001'],
      ['inventory.updated', 'BEER-ALE-006'],
      ['inventory.low_stock', 'BEER-ALE-006'],
      ['order.completed', 'ORD-1'],
    ]);
  });

  test('alerts once when the reorder point is crossed, in whole cases, and shows the item as low', () => {
    const alerts = () => rows("SELECT payload FROM event_log WHERE event_type = 'inventory.low_stock'");
    sell('ORD-1', { 'WINE-CAB-001': 14 });
    expect(alerts()).toEqual([]);
    sell('ORD-2', { 'WINE-CAB-001': 6 });
    sell('ORD-3', { 'WINE-CAB-001': 1 });
    expect(alerts()).toEqual([
      {
        payload:
          '{"current_quantity":5,"reorder_point":10,"sku":"WINE-CAB-001","suggested_order_quantity":24}',
      },
    ]);
    expect(rows("SELECT quantity, is_low FROM stock WHERE sku = 'WINE-CAB-001'")).toEqual([
      { quantity: 4, is_low: 1 },
    ]);
  });

  test('may take more than the books have: the bottle is in the customer’s hand', () => {
    sell('ORD-1', { 'WINE-CAB-001': 30 });
    expect(rows("SELECT quantity FROM stock WHERE sku = 'WINE-CAB-001'")).toEqual([{ quantity: -5 }]);
  });

  test('is written in the shapes of the contract, field by field', () => {
    const { seq } = sqliteOutbox(store.writer).head();
    sell('ORD-1', { 'WINE-CAB-001': 20 });
    const samples: Readonly<Record<string, { readonly data: object }>> = {
      'order.created': createdSample,
      'payment.authorized': authorizedSample,
      'payment.captured': capturedSample,
      'inventory.updated': updatedSample,
      'inventory.low_stock': lowStockSample,
      'order.completed': completedSample,
    };
    const events = eventsAfter(seq);
    expect(new Set(events.map(({ eventType }) => eventType))).toEqual(new Set(Object.keys(samples)));
    for (const record of events) {
      const data: unknown = JSON.parse(record.payload);
      const sample = samples[record.eventType]?.data ?? {};
      expect(shapeOf(data)).toEqual(shapeOf(sample));
      const envelope = {
        event: record.eventType,
        ...(record.aggregateId === 'ORD-1' ? { order_id: 'ORD-1' } : {}),
        timestamp: record.timestamp,
        location_id: record.locationId,
        channel: 'counter',
        data,
      };
      const decoded = decodeEvent(envelope);
      const again = encodeEvent(decoded.event, { timestamp: AT, locationId: 'STORE-001' });
      expect(again['data']).toEqual(data);
      expect(eventRecordSchema.parse(record)).toEqual(record);
    }
  });

  test('tells in its metadata who sold, on which receipt, for what', () => {
    const before = eventLogOf(store.writer).head().seq;
    sell('ORD-1', { 'WINE-CAB-001': 2 });
    const events = z
      .array(z.object({ event_type: z.string(), metadata: z.string() }))
      .parse(rows(`SELECT event_type, metadata FROM event_log WHERE seq > ${before} ORDER BY seq`));
    const common = {
      user_id: 'maya.torres',
      channel: 'counter',
      receipt_number: 'STORE-001-T1-000001',
      utc_offset_minutes: -300,
      tendered: 47.78,
      change: 5,
    };
    expect(events.length).toBeGreaterThan(4);
    for (const { event_type, metadata } of events) {
      const { schema, lines, taxes, cashier, ...rest } = z
        .record(z.string(), z.unknown())
        .parse(JSON.parse(metadata));
      expect(rest).toEqual(common);
      // The order alone says what was on its receipt.
      expect({ event_type, schema, lines, taxes, cashier }).toEqual({
        event_type,
        ...(event_type === 'order.created' ? ON_THE_RECEIPT : {}),
      });
    }
  });

  test('says in its event all that its lines and its receipt have, to the cent', () => {
    const { sale } = tendered('ORD-1', { 'WINE-CAB-001': 2, 'SODA-COLA-001': 7, 'BEER-ALE-006': 1 });
    const before = eventLogOf(store.writer).head().seq;
    saleCommitter(store.writer)(sale);
    const [created] = eventsAfter(before);
    const facts = decodeOrderFacts(JSON.parse(created?.metadata ?? ''));
    expect(facts.lines).toEqual(
      sale.priced.lines.map(({ name, merchandiseCode, deposit, tax }) => ({
        name,
        merchandiseCode,
        deposit,
        tax,
      })),
    );
    expect(facts.taxes).toEqual(sale.priced.taxes.map(({ base: _base, ...tax }) => tax));
    expect(facts.cashier).toBe('Maya');
  });

  test('leaves room for as many lines as a cart may have, of the longest names', () => {
    const lines = Array.from({ length: MAX_CART_LINES }, () => ({
      name: '"'.repeat(80),
      merchandiseCode: 'M'.repeat(20),
      deposit: cents(999_999_999),
      tax: cents(999_999_999),
    }));
    const metadata = canonicalJson(encodeOrderFacts({ lines, taxes: [], cashier: '"'.repeat(60) }));
    expect(eventRecordSchema.shape.metadata.safeParse(metadata).success).toBe(true);
  });

  test('adds up in the tables and continues the chain, whatever was sold', () => {
    const skus = ['WINE-CAB-001', 'BEER-ALE-006', 'CIG-RED-020', 'SODA-COLA-001', 'WATER-STILL-001'];
    const basket = fc
      .uniqueArray(fc.tuple(fc.constantFrom(...skus), fc.integer({ min: 1, max: 99 })), {
        minLength: 1,
        selector: ([sku]) => sku,
      })
      .map((lines) => Object.fromEntries(lines));
    let sold = 0;
    fc.assert(
      fc.property(basket, (quantities) => {
        sold += 1;
        sell(`ORD-${sold}`, quantities);
      }),
      { numRuns: 60 },
    );
    expect(
      rows(`SELECT orders.order_id FROM orders JOIN order_lines USING (order_id) GROUP BY order_id
            HAVING sum(order_lines.amount) <> orders.subtotal OR sum(order_lines.deposit) <> orders.deposit
                OR sum(order_lines.tax) <> orders.tax
                OR orders.total <> (SELECT sum(amount) FROM payments WHERE payments.order_id = orders.order_id)`),
    ).toEqual([]);
    expect(
      rows(`SELECT sku FROM stock JOIN (SELECT sku, sum(change) AS moved FROM stock_movements GROUP BY sku) USING (sku)
            WHERE quantity <> moved`),
    ).toEqual([]);
    expect(rows('SELECT count(*) AS n, max(seq) - count(*) AS gaps FROM event_log')).toMatchObject([
      { gaps: 0 },
    ]);
    expect(findChainBreak({ seq: 0, hash: GENESIS_HASH }, eventsAfter(0))).toBeUndefined();
    expect(rows('SELECT count(DISTINCT receipt_number) AS n FROM orders')).toEqual([{ n: sold }]);
    expect(rows("SELECT value FROM counters WHERE name = 'receipt'")).toEqual([{ value: sold }]);
  });
});

/** Keys and types, without the values: two things of one shape have one of these. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'string' : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, entry]) => [key, shapeOf(entry)]),
  );
}

describe('a sale that fails', () => {
  const statements = [
    ...TABLES.filter((table) => table !== 'counters' && table !== 'open_cart' && table !== 'stock').map(
      (table) => [`inserts into ${table}`, `BEFORE INSERT ON ${table}`] as const,
    ),
    ['counts the receipt for the first time', 'BEFORE INSERT ON counters'],
    ['moves the stock', 'BEFORE UPDATE ON stock'],
    ['empties the cart', 'BEFORE UPDATE ON open_cart'],
    ['writes its second line', 'BEFORE INSERT ON order_lines WHEN new.line_number = 2'],
    ['writes its last event', "BEFORE INSERT ON event_log WHEN new.event_type = 'order.completed'"],
    ['has written everything', 'AFTER UPDATE ON open_cart'],
  ] as const;

  test.each(statements)('while it %s leaves the open cart and nothing else', (_name, when) => {
    const { sale, cart } = tendered('ORD-1', { 'WINE-CAB-001': 16, 'BEER-ALE-006': 2 });
    cartStore(store.writer).save(cart, AT);
    const before = wholeDatabase();
    const commit = saleCommitter(store.writer);
    store.writer.connection.exec(`CREATE TEMP TRIGGER fault ${when} BEGIN SELECT RAISE(ABORT, 'fault'); END`);
    expect(() => commit(sale)).toThrow('fault');
    expect(wholeDatabase()).toEqual(before);
    expect(cartStore(store.writer).load()).toEqual({ ...cart, notices: [], shown: {} });
    expect(store.writer.connection.inTransaction).toBe(false);

    store.writer.connection.exec('DROP TRIGGER fault');
    expect(commit(sale).receiptNumber).toBe('STORE-001-T1-000001');
    expect(findChainBreak({ seq: 0, hash: GENESIS_HASH }, eventsAfter(0))).toBeUndefined();
  });

  test('because its receipt cannot be made leaves nothing', () => {
    const { sale } = tendered('ORD-1', { 'WINE-CAB-001': 1 });
    const before = wholeDatabase();
    const receipt = () => {
      throw new Error('no such font');
    };
    expect(() => saleCommitter(store.writer)({ ...sale, receipt })).toThrow('no such font');
    expect(wholeDatabase()).toEqual(before);
  });

  test('twice under one order id is one sale', () => {
    sell('ORD-1', { 'WINE-CAB-001': 1 });
    const before = wholeDatabase();
    expect(() => sell('ORD-1', { 'WINE-CAB-001': 1 })).toThrow('UNIQUE');
    expect(wholeDatabase()).toEqual(before);
  });

  test('because the database may not grow is told as full, and sells when it may', () => {
    const pages = Number(store.writer.connection.pragma('page_count', { simple: true }));
    store.writer.connection.pragma(`max_page_count = ${pages}`);
    const outcomes = Array.from({ length: 200 }, (_, index) => {
      try {
        return sell(`ORD-${index}`, { 'WINE-CAB-001': 1, 'BEER-ALE-006': 1, 'CIG-RED-020': 1 });
      } catch (error) {
        return sqliteCode(error);
      }
    });
    expect(outcomes.at(-1)).toBe('SQLITE_FULL');
    const sold = outcomes.filter((outcome) => outcome?.startsWith('STORE-001')).length;
    expect(rows('SELECT count(*) AS n FROM orders')).toEqual([{ n: sold }]);
    store.writer.connection.pragma('max_page_count = 1073741823');
    expect(sell('ORD-after', { 'WINE-CAB-001': 1 })).toBe(
      `STORE-001-T1-${String(sold + 1).padStart(6, '0')}`,
    );
    expect(findChainBreak({ seq: 0, hash: GENESIS_HASH }, eventsAfter(0))).toBeUndefined();
  });
});

test.skipIf(!canMountDisks)(
  'a disk that is really full: nothing sold, nothing lost, sells again with space',
  () => {
    const disk = mountSmallDisk(temporary.join('disk'), 2);
    const folder = temporary.join('disk', 'till');
    try {
      store.close();
      cpSync(temporary.join('till'), folder, { recursive: true });
      store = openStore(folder);
      sell('ORD-first', { 'WINE-CAB-001': 1 });
      disk.fill();
      let failed: string | undefined;
      let sold = 1;
      for (let index = 0; index < 2000 && failed === undefined; index += 1) {
        try {
          sell(`ORD-${index}`, { 'WINE-CAB-001': 1, 'BEER-ALE-006': 1 });
          sold += 1;
        } catch (error) {
          failed = sqliteCode(error);
        }
      }
      expect(failed).toBe('SQLITE_FULL');
      expect(rows('SELECT count(*) AS n FROM orders')).toEqual([{ n: sold }]);
      disk.free();
      sell('ORD-again', { 'WINE-CAB-001': 1 });
      store.close();
      store = openStore(folder);
      expect(rows('SELECT count(*) AS n FROM orders')).toEqual([{ n: sold + 1 }]);
      expect(findChainBreak({ seq: 0, hash: GENESIS_HASH }, eventsAfter(0))).toBeUndefined();
      store.close();
    } finally {
      disk.unmount();
    }
    store = openStore(temporary.join('till'));
  },
);
