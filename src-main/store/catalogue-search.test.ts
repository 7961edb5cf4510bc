import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Item, itemSchema, merchandiseCodeRecordSchema } from '#domain/catalogue/item.ts';
import { type TemporaryFolder, temporaryFolder } from '../test-support/temporary-folder.ts';
import { catalogueSearch } from './catalogue-search.ts';
import { catalogueWriter } from './catalogue-writer.ts';
import { type Store, createStore } from './open-store.ts';

let temporary: TemporaryFolder;
let store: Store;
beforeEach(() => {
  temporary = temporaryFolder();
  store = createStore(temporary.join('till'));
});
afterEach(() => {
  store.close();
  temporary.remove();
});

function fill(items: readonly Pick<Item, 'sku' | 'name' | 'active'>[]): void {
  const writer = catalogueWriter(store.writer);
  store.writer.transaction(() => {
    writer.upsertMerchandiseCode(
      merchandiseCodeRecordSchema.parse({
        code: 'WINE',
        description: 'Wine',
        taxCategory: 'alcohol',
        taxRate: 700,
        glAccount: '4000',
      }),
    );
    for (const item of items) {
      const rest = { merchandiseCode: 'WINE', cost: 1, price: 2, caseSize: 1, barcodes: [] };
      writer.upsertItem(
        itemSchema.parse({ ...item, ...rest, minimumAge: null, deposit: 0, reorderPoint: 0 }),
      );
    }
  });
}

const item = (sku: string, name: string, active = true) => ({ sku, name, active });
const many = (count: number, make: (index: number) => ReturnType<typeof item>) =>
  Array.from({ length: count }, (_, index) => make(index));
const found = (text: string, limit = 20) => catalogueSearch(store.writer)(text, limit).map(({ sku }) => sku);

describe('the search', () => {
  test('finds what is sold behind any number of discontinued items', () => {
    fill([
      ...many(250, (index) => item(`OLD-${index}`, `Merlot Old ${index}`, false)),
      item('NEW-2', 'Merlot New 2'),
      item('NEW-1', 'Merlot New 1'),
    ]);
    expect(found('merlot')).toEqual(['NEW-1', 'NEW-2']);
  });

  test('puts names that begin with the word first, however many have it elsewhere', () => {
    fill([
      ...many(400, (index) => item(`KEY-${index}`, `Key Rum Cable ${index}`)),
      item('WINE-2', 'Cabernet Sauvignon 750ml'),
      item('WINE-1', 'Cabernet Franc 750ml'),
    ]);
    expect(found('cab', 3)).toEqual(['WINE-1', 'WINE-2', 'KEY-0']);
    expect(found('cab 750')).toEqual(['WINE-1', 'WINE-2']);
    expect(found('750 cab')).toEqual(['WINE-1', 'WINE-2']);
    expect(new Set(found('cab', 500)).size).toBe(202);
  });

  test('puts the SKU that was typed whole first, in any case', () => {
    fill([
      ...many(300, (index) => item(`X-${index}`, `Wine Cab 001 Box ${index}`)),
      item('WINE-CAB-001', 'Something else'),
      item('WINE-CAB-002', 'Wine Cab 001', false),
    ]);
    for (const typed of ['WINE-CAB-001', 'wine-cab-001', ' Wine-Cab-001 '])
      expect(found(typed, 5)[0]).toBe('WINE-CAB-001');
    expect(found('wine-cab-002')).toEqual([]);
    expect(found('something')).toEqual(['WINE-CAB-001']);
  });

  test('finds a SKU by the beginnings of its parts', () => {
    fill([item('WINE-CAB-001', 'Red'), item('WINE-MER-001', 'Red too')]);
    expect(found('wi-ca')).toEqual(['WINE-CAB-001']);
  });

  test('takes accents and capitals for the letters they stand on', () => {
    fill([item('A', 'Rosé Château'), item('B', 'Château Rosé')]);
    expect(found('chateau')).toEqual(['B', 'A']);
    expect(found('ROSÉ')).toEqual(['A', 'B']);
  });

  test.each(['"', '^', '*', 'name:', ')', 'AND', 'NOT NEAR(', "'; DROP TABLE items", '   ', '-'])(
    'bears %j',
    (text) => {
      fill([item('A', 'And not near')]);
      expect(() => found(text)).not.toThrow();
      expect(found('near')).toEqual(['A']);
    },
  );
});
