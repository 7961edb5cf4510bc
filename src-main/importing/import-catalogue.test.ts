import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { basisPoints } from '#domain/money/basis-points.ts';
import { GENESIS_HASH } from '#domain/events/event-record.ts';
import { findChainBreak } from '#sync/protocol/hash-chain.ts';
import { catalogueReader } from '../store/catalogue-reader.ts';
import { catalogueSearch } from '../store/catalogue-search.ts';
import { type Store, openStore } from '../store/open-store.ts';
import { sqliteOutbox } from '../sync/sqlite-outbox.ts';
import { HEADER, barcodeOf, csv, row } from '../test-support/catalogue-file.ts';
import { startChild } from '../test-support/child.ts';
import type { TemporaryFolder } from '../test-support/temporary-folder.ts';
import { NOON, removeTillTemplate, testTillFolder } from '../test-support/test-till.ts';
import { BadRowsError, type ImportProgress, importCatalogue } from './import-catalogue.ts';

// Real processes and files on a machine that others use too: slow is not wrong.
vi.setConfig({ testTimeout: 30_000 });

let temporary: TemporaryFolder;
let store: Store;
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

function file(content: string | Buffer): string {
  const name = temporary.join('catalogue.csv');
  writeFileSync(name, content);
  return name;
}

function take(
  content: string | Buffer,
  badRows: 'refuse' | 'skip' = 'refuse',
  progress: ImportProgress[] = [],
) {
  return importCatalogue(store.writer, file(content), {
    badRows,
    now: NOON,
    onProgress: (step) => progress.push(step),
  });
}

/** Everything an import may change. */
function state(): unknown {
  const all = (table: string) => store.writer.connection.prepare(`SELECT * FROM ${table} ORDER BY 1`).all();
  return ['items', 'barcodes', 'stock', 'stock_movements', 'event_log', 'merchandise_codes'].map(all);
}

const onHand = (sku: string) => catalogueReader(store.writer).onHand(sku);
const count = (table: string) =>
  Number(store.writer.connection.prepare(`SELECT count(*) FROM ${table}`).pluck().get());

describe('a good file', () => {
  test('adds new items, changes known ones, and both are found at once', async () => {
    const report = await take(
      csv(
        row(1),
        row(2),
        row(3, { sku: 'WINE-CAB-001', name: 'Cabernet New Label', price: '21.49', on_hand: '999' }),
      ),
    );
    expect(report).toEqual({ added: 2, changed: 1, badRows: [] });
    const catalogue = catalogueReader(store.writer);
    expect(catalogue.findByBarcode(`0${barcodeOf(1)}`)).toMatchObject({
      sku: 'ITEM-1',
      price: 999,
      deposit: 5,
    });
  }, 10_000);

  test('is not added twice, and never undoes a sale', async () => {
    const events = count('event_log');
    expect(await take(csv(row(1), row(2, { on_hand: '0' })))).toMatchObject({ added: 2 });
    expect(count('event_log')).toBe(events + 1);
    expect([onHand('ITEM-1'), onHand('ITEM-2')]).toEqual([24, 0]);
    const again = await take(csv(row(1, { on_hand: '500', price: '1.00' }), row(2, { on_hand: '7' })));
    expect(again).toEqual({ added: 0, changed: 2, badRows: [] });
    expect([onHand('ITEM-1'), onHand('ITEM-2')]).toEqual([24, 0]);
    expect(count('event_log')).toBe(events + 1);
    expect(catalogueReader(store.writer).findBySku('ITEM-1')?.price).toBe(100);
  });

  test('takes an empty count as none: a later file may bring it, once', async () => {
    const stockRow = () =>
      store.writer.connection.prepare("SELECT quantity, is_low FROM stock WHERE sku = 'ITEM-1'").get();
    await take(csv(row(1, { on_hand: '' })));
    await take(csv(row(1, { on_hand: '' })));
    expect(stockRow()).toBeUndefined();
    await take(csv(row(1, { on_hand: '24' })));
    await take(csv(row(1, { on_hand: '500' })));
    await take(csv(row(1, { on_hand: '' })));
    expect(stockRow()).toEqual({ quantity: 24, is_low: 0 });
  });

  test('takes a count of 0 for one: the item is low, and a later count is ignored', async () => {
    const stockRow = () =>
      store.writer.connection.prepare("SELECT quantity, is_low FROM stock WHERE sku = 'ITEM-1'").get();
    await take(csv(row(1, { on_hand: '0' })));
    expect(stockRow()).toEqual({ quantity: 0, is_low: 1 });
    await take(csv(row(1, { on_hand: '24' })));
    expect(stockRow()).toEqual({ quantity: 0, is_low: 1 });
  });

  test('opens the stock with an event of its own for each item, in one chain', async () => {
    const { seq } = sqliteOutbox(store.writer).head();
    await take(csv(row(1), row(2, { on_hand: '-3' }), row(3, { on_hand: '' })));
    const events = sqliteOutbox(store.writer).read(seq + 1, { maxEvents: 100, maxBytes: 1_000_000 });
    expect(events.map(({ eventType, payload }): unknown => [eventType, JSON.parse(payload)])).toMatchObject([
      [
        'inventory.updated',
        { sku: 'ITEM-1', old_quantity: 0, new_quantity: 24, change: 24, reason: 'adjustment' },
      ],
      ['inventory.updated', { sku: 'ITEM-2', new_quantity: -3, change: -3 }],
    ]);
    const all = sqliteOutbox(store.writer).read(1, { maxEvents: 1000, maxBytes: 10_000_000 });
    expect(findChainBreak({ seq: 0, hash: GENESIS_HASH }, all)).toBeUndefined();
  });

  test('moves a barcode to the item that claims it last, and lets two items change theirs', async () => {
    await take(csv(row(1), row(2)));
    await take(csv(row(1, { barcodes: barcodeOf(2) }), row(2, { barcodes: barcodeOf(1) })));
    const catalogue = catalogueReader(store.writer);
    expect(catalogue.findByBarcode(`0${barcodeOf(1)}`)?.sku).toBe('ITEM-2');
    expect(catalogue.findByBarcode(`0${barcodeOf(2)}`)?.sku).toBe('ITEM-1');
  });

  test('shows an item as low as soon as its reorder point says so', async () => {
    await take(csv(row(1, { on_hand: '6' })));
    await take(csv(row(1, { reorder_point: '5' })));
    const low = () =>
      store.writer.connection.prepare("SELECT is_low FROM stock WHERE sku = 'ITEM-1'").pluck().get();
    expect(low()).toBe(0);
    await take(csv(row(1, { reorder_point: '6' })));
    expect(low()).toBe(1);
  });

  test.each([
    ['a byte order mark', `\uFEFF${csv(row(1))}`],
    ['Windows line ends', csv(row(1)).replaceAll('\n', '\r\n')],
    ['no line end at the end', csv(row(1)).trimEnd()],
    ['empty lines', `${HEADER}\n\n\n${row(1)}\n\n`],
    ['blanks around its cells', csv(row(1).replaceAll(',', ' , '))],
    ['quoted cells', csv(row(1, { name: '"Test Item 1 750ml"' }))],
    [
      'its columns in another order',
      csv(row(1))
        .split('\n')
        .map((line) => line.split(',').toReversed().join(','))
        .join('\n'),
    ],
  ])('with %s', async (_name, content) => {
    expect(await take(content)).toEqual({ added: 1, changed: 0, badRows: [] });
    expect(catalogueReader(store.writer).findBySku('ITEM-1')).toMatchObject({ name: 'Test Item 1 750ml' });
  });

  test('of one line that is the header changes nothing', async () => {
    const before = state();
    expect(await take(`${HEADER}\n`)).toEqual({ added: 0, changed: 0, badRows: [] });
    expect(state()).toEqual(before);
  });

  test('of 100,000 rows goes in, found and counted', async () => {
    const progress: ImportProgress[] = [];
    const rows = Array.from({ length: 100_000 }, (_, index) => row(index + 1));
    const report = await take(csv(...rows), 'refuse', progress);
    expect(report).toEqual({ added: 100_000, changed: 0, badRows: [] });
    expect(count('items')).toBe(100_006);
    expect(onHand('ITEM-100000')).toBe(24);
    const hits = catalogueSearch(store.writer)('item 99999', 5);
    expect(hits.map(({ sku }) => sku)).toContain('ITEM-99999');
    const shares = progress.map(({ step, share }) => (step === 'reading' ? share : 1 + share));
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.length).toBeGreaterThan(150);
    expect([shares[0] ?? 1, shares.at(-1)]).toEqual([expect.closeTo(0, 1), 2]);
  }, 60_000);
});

describe('bad rows', () => {
  const mixed = csv(
    row(1),
    row(2, { price: 'cheap' }),
    row(3, { merchandise_code: 'CHEESE' }),
    row(1, { barcodes: barcodeOf(40) }),
    row(5, { barcodes: barcodeOf(1) }),
    'ITEM-6,too short',
    row(7),
  );
  const reasons = [
    { line: 3, reasons: ['price: “cheap” is not an amount like 12.50'] },
    { line: 4, reasons: ['merchandise_code: CHEESE is not known to this till'] },
    { line: 5, reasons: ['sku: ITEM-1 stands already in line 2'] },
    { line: 6, reasons: [`barcodes: 0${barcodeOf(1)} stands already in line 2`] },
    { line: 7, reasons: ['has 2 cells where the header has 12'] },
  ];

  test('are named by line and reason, and nothing is taken', async () => {
    const before = state();
    const error: unknown = await take(mixed).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(BadRowsError);
    expect(error).toMatchObject({ code: 'bad_rows', badRows: reasons });
    expect(state()).toEqual(before);
  });

  test('take the departments that came with them along: none is taken', async () => {
    const cheese = {
      code: 'CHEESE',
      description: 'Cheese',
      taxCategory: 'food',
      taxRate: basisPoints(0),
      glAccount: '4300',
    };
    const options = {
      badRows: 'refuse',
      merchandiseCodes: [cheese],
      now: NOON,
      onProgress: () => undefined,
    } as const;
    const before = state();
    const bad = csv(row(1, { merchandise_code: 'CHEESE' }), row(2, { price: 'cheap' }));
    await expect(importCatalogue(store.writer, file(bad), options)).rejects.toMatchObject({
      badRows: [{ line: 3 }],
    });
    expect(state()).toEqual(before);
    const good = csv(row(1, { merchandise_code: 'CHEESE' }));
    expect(await importCatalogue(store.writer, file(good), options)).toMatchObject({ added: 1 });
  });

  test('are those that are not UTF-8: no name comes in as “Ros\uFFFD”', async () => {
    const windows = Buffer.from(csv(row(1), row(2, { name: 'Harbor Rosé' }), row(3)), 'latin1');
    const report = await take(windows, 'skip');
    expect(report.added).toBe(2);
    expect(report.badRows).toMatchObject([
      { line: 3, reasons: [expect.stringMatching(/save the file as UTF-8$/)] },
    ]);
    expect(await take(csv(row(2, { name: 'Harbor Rosé' })))).toMatchObject({ added: 1 });
    expect(catalogueReader(store.writer).findBySku('ITEM-2')?.name).toBe('Harbor Rosé');
  });

  test('are named and left out when the caller says so', async () => {
    expect(await take(mixed, 'skip')).toEqual({ added: 2, changed: 0, badRows: reasons });
    expect(catalogueReader(store.writer).findBySku('ITEM-7')).toBeDefined();
  });

  test('do not take a SKU or a barcode away from the good row that follows', async () => {
    const content = csv(
      row(1),
      row(2, { sku: 'ITEM-2', barcodes: `${barcodeOf(1)} ${barcodeOf(9)}` }),
      row(2, { barcodes: barcodeOf(9) }),
    );
    const report = await take(content, 'skip');
    expect(report.badRows.map(({ line }) => line)).toEqual([3]);
    expect(catalogueReader(store.writer).findByBarcode(`0${barcodeOf(9)}`)?.sku).toBe('ITEM-2');
  });
});

describe('what is no catalogue', () => {
  const eitherCode: unknown = expect.stringMatching(/^(wrong_header|not_csv)$/);
  const cases: readonly (readonly [string, string | Buffer, string])[] = [
    ['empty', '', 'wrong_header'],
    ['only blank lines', '\n\n\n', 'wrong_header'],
    ['without its header', row(1), 'wrong_header'],
    ['without a column', csv(row(1)).replace(',price', ''), 'wrong_header'],
    ['with a misspelt column', csv(row(1)).replace('reorder_point', 'reorder_pt'), 'wrong_header'],
    ['with a column twice', csv(row(1)).replace('deposit', 'cost'), 'wrong_header'],
    ['separated by semicolons', csv(row(1)).replaceAll(',', ';'), 'wrong_header'],
    ['a quote left open', csv(row(1), row(2, { name: '"Never closed' }), row(3)), 'not_csv'],
    ['a quote in the middle', csv(row(1, { name: 'Chateau "Rouge' })), 'not_csv'],
    ['a quote left open for a megabyte', csv(row(1, { name: '"' }), 'x'.repeat(1_000_000)), 'not_csv'],
    ['binary', Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256)), ''],
    ['a picture', Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), Buffer.alloc(3000, 0xfe)]), ''],
  ];

  test.each(cases)('%s: refused in words, nothing changed', async (_name, content, code) => {
    const before = state();
    const error: unknown = await take(content, 'skip').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'ImportError',
      code: code === '' ? eitherCode : code,
    });
    expect(error instanceof Error && error.message.length).toBeLessThan(2000);
    expect(state()).toEqual(before);
  });

  test('not there, a folder, or gone as it is opened: told as unreadable', async () => {
    const options = { badRows: 'skip', now: NOON, onProgress: () => undefined } as const;
    const missing = importCatalogue(store.writer, temporary.join('none.csv'), options);
    await expect(missing).rejects.toMatchObject({ code: 'file_unreadable' });
    mkdirSync(temporary.join('folder.csv'));
    const folder = importCatalogue(store.writer, temporary.join('folder.csv'), options);
    await expect(folder).rejects.toMatchObject({ code: 'file_unreadable' });
  });
});

test('a till that is killed in the middle of an import has nothing of it', async () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => row(index + 1));
  const name = file(csv(...rows));
  const before = state();
  const { folder } = store;
  store.close();
  const child = startChild('import-and-wait.ts', [folder, name]);
  await child.nextLine();
  await child.kill();
  store = openStore(folder);
  expect(state()).toEqual(before);
  expect(await take(csv(row(1)))).toMatchObject({ added: 1 });
}, 30_000);
