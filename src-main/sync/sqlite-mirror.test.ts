import { existsSync, readdirSync } from 'node:fs';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Mirror, SnapshotRefused } from '#sync/down/mirror.ts';
import { type ChangesPageOnWire, changesPageSchema } from '#sync/protocol/changes.ts';
import { catalogueReader } from '../store/catalogue-reader.ts';
import { catalogueSearch } from '../store/catalogue-search.ts';
import { eventLogOf } from '../store/event-log.ts';
import { type Store, databaseFile, openCursorWriter, openStore } from '../store/open-store.ts';
import { readTerminalSettings } from '../store/settings-store.ts';
import { activeStaff } from '../store/staff-store.ts';
import { stockReader } from '../store/stock-reader.ts';
import { stockWriter } from '../store/stock-writer.ts';
import {
  type MadeSnapshot,
  codeLine,
  itemLine,
  itemRecord,
  packed,
  snapshotOf,
  stockLine,
} from '../test-support/snapshot-of.ts';
import type { TemporaryFolder } from '../test-support/temporary-folder.ts';
import { removeTillTemplate, testTillFolder } from '../test-support/test-till.ts';
import type { AppliedChange } from './applied-change.ts';
import { sqliteMirror } from './sqlite-mirror.ts';

const AT = '2026-11-24T12:00:00.000Z';
const BARCODE = '00851009000108';

let temporary: TemporaryFolder;
let folder: string;
/** The till's own connection; the mirror has another, as in its thread. */
let till: Store;
let other: { readonly writer: Store['writer']; close(): void };
let mirror: Mirror;
let applied: AppliedChange[];
beforeEach(async () => {
  ({ folder, temporary } = await testTillFolder());
  till = openStore(folder);
  other = openCursorWriter(folder);
  applied = [];
  mirror = sqliteMirror(other.writer, {
    folder,
    terminalId: 'T1',
    locationId: 'STORE-001',
    onApplied: (change) => applied.push(change),
    pause: () => undefined,
  });
});
afterEach(() => {
  other.close();
  till.close();
  temporary.remove();
});
afterAll(removeTillTemplate);

function page(changes: Partial<ChangesPageOnWire>) {
  return changesPageSchema.parse({
    to: 'C2',
    more: false,
    merchandise_codes: [],
    items: [],
    promotions: [],
    staff: [],
    settings: null,
    stock: [],
    stock_through: 0,
    ...changes,
  });
}

/** As a sale of the till does: stock, movement and event in one transaction. */
function move(sku: string, change: number): void {
  const { writer } = till;
  writer.transaction(() => {
    const events = stockWriter(writer).move({
      sku,
      change,
      reason: 'sale',
      referenceId: 'ORD-1',
      reorderPoint: 5,
      caseSize: 12,
    });
    eventLogOf(writer).append(events, {
      terminalId: 'T1',
      locationId: 'STORE-001',
      timestamp: AT,
      metadata: { user_id: 'maya.torres' },
    });
  });
}

const lastSeq = (): number => eventLogOf(till.writer).head().seq;
const onHand = (sku: string): number => catalogueReader(till.writer).onHand(sku);
const find = (text: string) => catalogueSearch(till.writer)(text, 10).map(({ sku }) => sku);

async function install({ offer, bytes }: MadeSnapshot, signal = new AbortController().signal): Promise<void> {
  const from = mirror.received(offer);
  mirror.receive(offer, bytes.subarray(from));
  await mirror.install(offer, { at: AT, onProgress: () => undefined, signal });
}

const WHOLE = [
  codeLine('WINE'),
  itemLine('WINE-CAB-001', {
    name: 'Cabernet from the server',
    price: 17.99,
    barcodes: ['851009000108'],
    version: 7,
  }),
  itemLine('WINE-NEW-001', { name: 'Quite New Merlot' }),
  stockLine('WINE-CAB-001', 30, 2),
  stockLine('WINE-NEW-001', 4),
];

describe('a page', () => {
  test('changes prices, names, barcodes and what search finds, and moves the cursor with it', () => {
    mirror.applyPage(
      page({
        items: [
          itemRecord('WINE-CAB-001', { name: 'Renamed Red', price: 17.99, barcodes: ['851009000108'] }),
        ],
      }),
      AT,
    );
    const catalogue = catalogueReader(till.writer);
    expect(catalogue.findBySku('WINE-CAB-001')).toMatchObject({ name: 'Renamed Red', price: 1_799 });
    expect(catalogue.findByBarcode(BARCODE)?.sku).toBe('WINE-CAB-001');
    expect(catalogue.findByBarcode('00036000291452')).toBeUndefined();
    expect(find('renamed')).toEqual(['WINE-CAB-001']);
    expect(find('cabernet')).toEqual([]);
    expect(mirror.cursor()).toBe('C2');
    expect(applied).toEqual([{ skus: ['WINE-CAB-001'], staff: false, settings: false, stock: false }]);
  });

  test('takes away what was deleted, also from search, barcodes and the list of what is low', () => {
    mirror.applyPage(page({ items: [{ sku: 'WINE-CAB-001', version: 2, deleted: true }] }), AT);
    expect(catalogueReader(till.writer).findBySku('WINE-CAB-001')).toBeUndefined();
    expect(catalogueReader(till.writer).findByBarcode('00036000291452')).toBeUndefined();
    expect(find('cabernet')).toEqual([]);
    expect(onHand('WINE-CAB-001')).toBe(25);
  });

  test('that tells an older version changes nothing', () => {
    const changed = (price: number, version: number) =>
      mirror.applyPage(page({ items: [itemRecord('WINE-CAB-001', { price, version })] }), AT);
    changed(11, 5);
    changed(22, 4);
    expect(catalogueReader(till.writer).findBySku('WINE-CAB-001')?.price).toBe(1_100);
    expect(applied.at(-1)?.skus).toEqual([]);
  });

  test('in which an item leaves a code that is deleted with it is taken as one', () => {
    mirror.applyPage(
      page({
        merchandise_codes: [
          { code: 'SODA', version: 2, deleted: true },
          {
            code: 'POP',
            description: 'Pop',
            tax_category: 'food',
            tax_rate: 500,
            gl_account: '1',
            version: 1,
          },
        ],
        items: [itemRecord('SODA-COLA-001', { category: 'pop' })],
      }),
      AT,
    );
    expect(catalogueReader(till.writer).merchandiseCode('SODA')).toBeUndefined();
    expect(catalogueReader(till.writer).findBySku('SODA-COLA-001')?.merchandiseCode).toBe('POP');
  });

  test('brings people and what the tills of a store have in common', () => {
    const [maya] = activeStaff(till.writer);
    const pin_hash = maya?.pinHash ?? '';
    mirror.applyPage(
      page({
        staff: [
          { user_id: 'maya.torres', name: 'Maya T.', role: 'manager', pin_hash, active: true, version: 1 },
          { user_id: 'sam.okafor', name: 'Sam', role: 'manager', pin_hash, active: false, version: 3 },
        ],
        settings: {
          store_name: 'New Name',
          store_address: ['1 New Street'],
          receipt_footer: [],
          quick_keys: [{ sku: 'SODA-COLA-001', label: 'Cola', picture: 'can' }],
          keep_events_days: 30,
          version: 1,
        },
      }),
      AT,
    );
    expect(activeStaff(till.writer)).toMatchObject([
      { userId: 'maya.torres', name: 'Maya T.', role: 'manager' },
    ]);
    expect(readTerminalSettings(till.writer)).toMatchObject({ storeName: 'New Name', terminalId: 'T1' });
    expect(catalogueReader(till.writer).quickKeys()).toMatchObject([{ sku: 'SODA-COLA-001', label: 'Cola' }]);
    expect(applied).toMatchObject([{ staff: true, settings: true }]);
  });

  test('that cannot be applied as a whole changes nothing, the cursor neither', () => {
    other.writer.connection.exec(`CREATE TEMP TRIGGER full BEFORE UPDATE ON main.down_cursor
      BEGIN SELECT raise(ABORT, 'the disk is full'); END`);
    const items = [itemRecord('WINE-CAB-001', { price: 1 })];
    expect(() => mirror.applyPage(page({ items }), AT)).toThrow('the disk is full');
    expect(catalogueReader(till.writer).findBySku('WINE-CAB-001')?.price).toBe(1_999);
    expect(mirror.cursor()).toBeNull();
    expect(applied).toEqual([]);
  });
});

describe('stock', () => {
  test('is the figure of the server and the movements of this till that it does not have yet', () => {
    move('WINE-CAB-001', -3);
    const through = lastSeq();
    move('WINE-CAB-001', -4);
    mirror.applyPage(
      page({ stock: [{ sku: 'WINE-CAB-001', quantity: 12, reserved: 1 }], stock_through: through }),
      AT,
    );
    expect(onHand('WINE-CAB-001')).toBe(8);
    expect(
      stockReader(till.writer)
        .low()
        .map(({ sku }) => sku),
    ).toContain('WINE-CAB-001');
  });

  /** A server and two tills, of which one is this. What it is told may be late, and its acknowledgements get lost. */
  test('agrees with the server once everything has been told, whatever came before', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('sell' as const), units: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant('another till sells' as const), units: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ kind: fc.constant('the server takes' as const), events: fc.nat({ max: 4 }) }),
      fc.record({ kind: fc.constant('a page comes' as const) }),
      fc.record({ kind: fc.constant('the server is restored' as const), share: fc.nat({ max: 100 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const sku = `SKU-${lastSeq()}`;
        const base = lastSeq();
        const mine: number[] = [];
        const others: number[] = [];
        let taken = 0;
        const figure = () => [...mine.slice(0, taken), ...others].reduce((sum, units) => sum - units, 0);
        const pull = () =>
          mirror.applyPage(
            page({ stock: [{ sku, quantity: figure(), reserved: 0 }], stock_through: base + taken }),
            AT,
          );
        const view = () => onHand(sku);
        for (const one of steps) {
          switch (one.kind) {
            case 'sell':
              move(sku, -one.units);
              mine.push(one.units);
              // No reorder point is known of it, so that each sale is one event.
              break;
            case 'another till sells':
              others.push(one.units);
              break;
            case 'the server takes':
              taken = Math.min(mine.length, taken + one.events);
              break;
            case 'the server is restored':
              taken = Math.floor((taken * one.share) / 100);
              break;
            default:
              pull();
              expect(view()).toBe(figure() - mine.slice(taken).reduce((sum, units) => sum + units, 0));
          }
        }
        taken = mine.length;
        pull();
        expect(view()).toBe(figure());
      }),
      { numRuns: 60 },
    );
  });
});

describe('a snapshot', () => {
  test('replaces the catalogue as a whole, with the till’s own movements on top of the stock', async () => {
    move('WINE-CAB-001', -3);
    const through = lastSeq();
    move('WINE-CAB-001', -2);
    await install(snapshotOf(WHOLE, { heads: { T1: through, T2: 99 } }));
    const catalogue = catalogueReader(till.writer);
    expect(catalogue.findBySku('WINE-CAB-001')).toMatchObject({
      name: 'Cabernet from the server',
      price: 1_799,
    });
    expect(catalogue.findByBarcode(BARCODE)?.sku).toBe('WINE-CAB-001');
    expect(catalogue.findBySku('SODA-COLA-001')).toBeUndefined();
    expect(find('merlot')).toEqual(['WINE-NEW-001']);
    expect(find('cola')).toEqual([]);
    expect(onHand('WINE-CAB-001')).toBe(28);
    expect(
      stockReader(till.writer)
        .low()
        .map(({ sku }) => sku),
    ).toEqual(['WINE-NEW-001']);
    expect(mirror.cursor()).toBe('C1');
    expect(applied).toMatchObject([{ skus: 'all', stock: true }]);
  });

  test('has the movements of weeks without a server on top, each once, those of meanwhile too', async () => {
    const sold = 4_500;
    const through = lastSeq();
    till.writer.transaction(() => {
      for (let sale = 0; sale < sold; sale += 1) move(sale % 3 === 0 ? 'WINE-CAB-001' : 'BEER-ALE-006', -1);
    });
    const { offer, bytes } = snapshotOf(WHOLE, { heads: { T1: through } });
    mirror.received(offer);
    mirror.receive(offer, bytes);
    await mirror.install(offer, {
      at: AT,
      onProgress: (done) => {
        if (done < offer.records) return;
        // Once before the switch and once behind it: whichever it is, it counts once.
        move('WINE-CAB-001', -1);
      },
      signal: new AbortController().signal,
    });
    expect(onHand('WINE-CAB-001')).toBe(30 - sold / 3 - 2);
    // Of an item that the server does not know the till has what it moved.
    expect(onHand('BEER-ALE-006')).toBe((-sold * 2) / 3);
  });

  test('leaves FTS5 as the migration made it: later changes are merged as they come', async () => {
    await install(snapshotOf(WHOLE));
    const config = till.writer.connection
      .prepare("SELECT v FROM items_fts_config WHERE k = 'automerge'")
      .pluck();
    expect(config.get()).toBe(4);
  });

  test('leaves no spare tables and no file behind, and the next one works as well', async () => {
    const tables = () =>
      till.writer.connection
        .prepare("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'next_%' OR name LIKE 'old_%'")
        .pluck()
        .get();
    for (const cursor of ['C1', 'C2', 'C3']) {
      await install(snapshotOf(WHOLE, { cursor }));
      expect(tables()).toBe(0);
      expect(existsSync(`${folder}/snapshot`)).toBe(false);
    }
    expect(till.writer.connection.pragma('integrity_check', { simple: true })).toBe('ok');
    const low = "SELECT tbl_name FROM sqlite_schema WHERE type = 'index' AND name LIKE 'stock_low%'";
    expect(till.writer.connection.prepare<[], string>(low).pluck().all()).toEqual(['stock']);
    mirror.applyPage(
      page({ to: 'C4', items: [itemRecord('WINE-NEW-001', { name: 'Old Merlot', version: 9 })] }),
      AT,
    );
    expect(find('old merlot')).toEqual(['WINE-NEW-001']);
  });

  test('that a till died behind is cleared away at its next start, file and tables', async () => {
    const tables = () =>
      till.writer.connection
        .prepare("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'old\\_%' ESCAPE '\\'")
        .pluck()
        .get();
    const made = snapshotOf(WHOLE);
    const options = { folder, terminalId: 'T1', locationId: 'STORE-001', pause: () => undefined };
    const dying = sqliteMirror(other.writer, {
      ...options,
      onApplied: () => {
        throw new Error('dies here');
      },
    });
    dying.received(made.offer);
    dying.receive(made.offer, made.bytes);
    const installing = dying.install(made.offer, {
      at: AT,
      onProgress: () => undefined,
      signal: new AbortController().signal,
    });
    await expect(installing).rejects.toThrow('dies here');
    // As a kill a moment earlier would have it.
    mirror.received(made.offer);
    mirror.receive(made.offer, made.bytes);
    expect(tables()).toBeGreaterThan(0);
    sqliteMirror(other.writer, { ...options, onApplied: () => undefined });
    await vi.waitFor(() => expect(tables()).toBe(0));
    expect(existsSync(`${folder}/snapshot`)).toBe(false);
    expect(find('merlot')).toEqual(['WINE-NEW-001']);
  });

  test('whose download was cut off is gone on with after a start', () => {
    const { offer, bytes } = snapshotOf(WHOLE);
    mirror.received(offer);
    mirror.receive(offer, bytes.subarray(0, 10));
    const next = sqliteMirror(other.writer, {
      folder,
      terminalId: 'T1',
      locationId: 'STORE-001',
      onApplied: () => undefined,
    });
    expect(next.received(offer)).toBe(10);
  });

  test('of a shop that keeps nothing on the server yet takes nothing from the till', async () => {
    const people = activeStaff(till.writer).length;
    await install(snapshotOf([stockLine('SODA-COLA-001', 7)], { heads: { T1: lastSeq() } }));
    expect(catalogueReader(till.writer).findBySku('SODA-COLA-001')?.price).toBe(149);
    expect(activeStaff(till.writer)).toHaveLength(people);
    expect(onHand('SODA-COLA-001')).toBe(7);
    expect(
      stockReader(till.writer)
        .low()
        .map(({ sku }) => sku),
    ).toContain('SODA-COLA-001');
    expect(mirror.cursor()).toBe('C1');
  });

  test('of a server that lost its data lets what it tells again count, in whatever version', async () => {
    const pin_hash = activeStaff(till.writer)[0]?.pinHash ?? '';
    const kim = { user_id: 'kim', name: 'Kim', role: 'cashier' as const, pin_hash, active: true };
    const sam = { ...kim, user_id: 'sam.okafor', name: 'Sam' };
    const items = (price: number, version: number) => [itemRecord('WINE-CAB-001', { price, version })];
    mirror.applyPage(page({ staff: [{ ...kim, version: 8 }], items: items(11, 8) }), AT);
    await install(snapshotOf([{ kind: 'staff', record: { ...sam, version: 1 } }]));
    expect(activeStaff(till.writer).map(({ userId }) => userId)).toEqual(['sam.okafor']);
    mirror.applyPage(page({ staff: [{ ...kim, version: 1 }], items: items(12, 1) }), AT);
    expect(activeStaff(till.writer).map(({ userId }) => userId)).toContain('kim');
    expect(catalogueReader(till.writer).findBySku('WINE-CAB-001')?.price).toBe(1_200);
  });

  test('of a server that lost its data lets its settings and promotions count anew as well', async () => {
    const settings = {
      store_name: 'Old Name',
      store_address: [],
      receipt_footer: [],
      quick_keys: [],
      keep_events_days: 30,
    };
    const wine = (price: number) => ({
      promotion_id: 'PROMO-1',
      name: 'Three of a kind',
      type: 'mix_match' as const,
      start_date: '2026-11-24',
      end_date: '2027-11-24',
      rules: { category: 'wine', quantity: 3, price, eligible_skus: ['WINE-CAB-001'] },
      active: true,
    });
    mirror.applyPage(
      page({ settings: { ...settings, version: 8 }, promotions: [{ ...wine(40), version: 8 }] }),
      AT,
    );
    await install(snapshotOf([stockLine('SODA-COLA-001', 7)]));
    // What it has not told yet stays.
    expect(readTerminalSettings(till.writer)?.storeName).toBe('Old Name');
    mirror.applyPage(
      page({
        settings: { ...settings, store_name: 'New Name', version: 1 },
        promotions: [{ ...wine(50), version: 1 }],
      }),
      AT,
    );
    expect(readTerminalSettings(till.writer)?.storeName).toBe('New Name');
    expect(
      till.writer.connection.prepare("SELECT record ->> '$.rules.price' FROM promotions").pluck().all(),
    ).toEqual([50]);
  });

  test('lets the till sell from the old catalogue until the switch, by the same prepared statements', async () => {
    const catalogue = catalogueReader(till.writer);
    const search = catalogueSearch(till.writer);
    const seen: (number | undefined)[] = [];
    const records = [
      ...WHOLE.slice(0, 3),
      ...Array.from({ length: 3_000 }, (_, index) => itemLine(`X-${index}`)),
    ];
    const { offer, bytes } = snapshotOf(records);
    mirror.received(offer);
    mirror.receive(offer, bytes);
    await mirror.install(offer, {
      at: AT,
      onProgress: (done) => {
        if (done === records.length) return;
        move('WINE-CAB-001', -1);
        seen.push(catalogue.findBySku('WINE-CAB-001')?.price);
      },
      signal: new AbortController().signal,
    });
    expect(seen.length).toBeGreaterThan(3);
    expect(new Set(seen)).toEqual(new Set([1_999]));
    expect(catalogue.findBySku('WINE-CAB-001')?.price).toBe(1_799);
    expect(search('x-12', 50).length).toBeGreaterThan(0);
    // None of the sales of meanwhile is in the snapshot, which has no figure of the item.
    expect(onHand('WINE-CAB-001')).toBe(25 - seen.length);
  });

  test('goes on behind what is on the disk, and removes what is of another file', () => {
    const { offer, bytes } = snapshotOf(WHOLE);
    const another = snapshotOf(WHOLE, { cursor: 'C9' });
    mirror.received(another.offer);
    mirror.receive(another.offer, another.bytes.subarray(0, 50));
    expect(mirror.received(offer)).toBe(0);
    expect(readdirSync(`${folder}/snapshot`)).toEqual([]);
    mirror.receive(offer, bytes.subarray(0, 100));
    expect(mirror.received(offer)).toBe(100);
  });

  const header = JSON.parse(
    // The first line of a right one.
    JSON.stringify({
      kind: 'header',
      format: 1,
      location_id: 'STORE-001',
      cursor: 'C1',
      made_at: AT,
      heads: {},
    }),
  ) as object;
  const end = (records: number) => ({ kind: 'end', records });
  test.each([
    ['without an end', packed([header, ...WHOLE], 5)],
    ['with fewer records than it says', packed([header, codeLine('WINE'), end(2)], 2)],
    ['with more records than were offered', packed([header, codeLine('A'), codeLine('B'), end(2)], 1)],
    ['without a header', packed([codeLine('WINE'), end(1)], 1)],
    ['with two headers', packed([header, header, end(0)], 0)],
    ['of another location', packed([{ ...header, location_id: 'STORE-002' }, end(0)], 0)],
    ['of another cursor', packed([{ ...header, cursor: 'C7' }, end(0)], 0)],
    ['that is no JSON', packed([header, '{', end(0)], 0)],
    ['with an item that is none', packed([header, { kind: 'item', record: { sku: 'X' } }, end(1)], 1)],
    ['of another format', packed([{ ...header, format: 2 }, end(0)], 0)],
    ['with something behind its end', packed([header, end(0), codeLine('WINE')], 0)],
    [
      'with a figure of stock before its item',
      packed([header, codeLine('WINE'), stockLine('A-1', 5), itemLine('A-1'), end(3)], 3),
    ],
    [
      'that names one item twice',
      packed([header, codeLine('WINE'), itemLine('A-1'), itemLine('A-1'), end(3)], 3),
    ],
  ])('%s is refused and thrown away; nothing has changed', async (_what, made) => {
    await expect(install(made)).rejects.toThrow(SnapshotRefused);
    expect(catalogueReader(till.writer).findBySku('WINE-CAB-001')?.price).toBe(1_999);
    expect(mirror.cursor()).toBeNull();
    expect(mirror.received(made.offer)).toBe(0);
    expect(applied).toEqual([]);
  });

  test.each(['cut', 'altered', 'no gzip'])('whose file is %s is refused', async (how) => {
    const { offer, bytes } = snapshotOf(WHOLE);
    const wrong = Buffer.from(bytes);
    if (how === 'altered') wrong[wrong.length - 10] = (wrong[wrong.length - 10] ?? 0) ^ 0xff;
    if (how === 'no gzip') wrong.fill(7);
    mirror.received(offer);
    mirror.receive(offer, how === 'cut' ? wrong.subarray(0, -20) : wrong);
    await expect(
      mirror.install(offer, { at: AT, onProgress: () => undefined, signal: new AbortController().signal }),
    ).rejects.toThrow(SnapshotRefused);
    expect(mirror.cursor()).toBeNull();
  });

  test('that is ended in its middle changes nothing, and is read again from its file', async () => {
    const made = snapshotOf([
      ...WHOLE.slice(0, 2),
      ...Array.from({ length: 2_000 }, (_, index) => itemLine(`X-${index}`)),
    ]);
    const stopping = new AbortController();
    mirror.received(made.offer);
    mirror.receive(made.offer, made.bytes);
    await mirror.install(made.offer, { at: AT, onProgress: () => stopping.abort(), signal: stopping.signal });
    expect(mirror.cursor()).toBeNull();
    expect(mirror.received(made.offer)).toBe(made.offer.bytes);
    await install(made);
    expect(mirror.cursor()).toBe('C1');
  });

  test('is begun anew over what an install that was killed has left', async () => {
    // As a kill leaves it: made, half filled, never dropped.
    const connection = new Database(databaseFile(folder));
    connection.exec('CREATE TABLE next_items (half TEXT); CREATE TABLE old_stock (rest TEXT)');
    connection.close();
    await install(snapshotOf(WHOLE));
    expect(catalogueReader(till.writer).findBySku('WINE-NEW-001')?.price).toBe(999);
  });
});
