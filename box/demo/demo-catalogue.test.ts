import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decodeBarcode } from '#domain/barcode/decode.ts';
import { checkCatalogueHeader } from '#domain/catalogue/catalogue-csv-header.ts';
import { parseCatalogueRow } from '#domain/catalogue/catalogue-csv.ts';
import { merchandiseCodeRecordSchema } from '#domain/catalogue/item.ts';
import { basisPoints } from '#domain/money/basis-points.ts';
import { multiplyCents } from '#domain/money/cents.ts';
import { applyRate } from '#domain/money/rounding.ts';
import { demoCatalogueCsv } from './demo-catalogue.ts';

const rowsSchema = z.array(z.record(z.string(), z.string()));

function read(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

function rows(file: string): Record<string, string>[] {
  return rowsSchema.parse(parse(read(file), { columns: true }));
}

const catalogue = rows('demo-catalogue.csv').map((record) => ({ record, parsed: parseCatalogueRow(record) }));
const good = catalogue.flatMap(({ parsed }) => (parsed.ok ? [parsed] : []));
const items = good.map(({ item }) => item);
const bySku = new Map(good.map((row) => [row.item.sku, row]));
const codes = rows('merchandise-codes.csv').map((row) =>
  merchandiseCodeRecordSchema.parse({
    code: row['code'],
    description: row['description'],
    taxCategory: row['tax_category'],
    taxRate: Number(row['tax_rate_bps']),
    glAccount: row['gl_account'],
  }),
);

describe('demo-catalogue.csv', () => {
  it('is what its generator writes, byte for byte', () => {
    expect(read('demo-catalogue.csv')).toBe(demoCatalogueCsv());
  });

  it('has the columns of a catalogue and at least 520 rows, all good', () => {
    expect(checkCatalogueHeader(Object.keys(catalogue[0]?.record ?? {}))).toEqual({ ok: true });
    expect(catalogue.filter(({ parsed }) => !parsed.ok)).toEqual([]);
    expect(items.length).toBeGreaterThanOrEqual(520);
  });

  it('has no SKU, name or barcode twice', () => {
    const gtins = items.flatMap(({ barcodes }) => barcodes);
    for (const keys of [items.map(({ sku }) => sku), items.map(({ name }) => name), gtins]) {
      expect(new Set(keys).size).toBe(keys.length);
    }
    expect(items.filter(({ barcodes }) => barcodes.length === 0)).toEqual([]);
  });

  it('shows every symbology that a single item carries, and items with two codes', () => {
    const symbologies = catalogue.flatMap(({ record }) =>
      (record['barcodes'] ?? '').split(' ').map((code) => {
        const decoded = decodeBarcode(code);
        return decoded.ok ? decoded.symbology : decoded.code;
      }),
    );
    expect(new Set(symbologies)).toEqual(new Set(['UPC-A', 'UPC-E', 'EAN-13', 'EAN-8']));
    expect(items.filter(({ barcodes }) => barcodes.length === 2).length).toBeGreaterThan(20);
  });

  it('knows the merchandise code of every item and has items of every code', () => {
    expect(new Set(items.map(({ merchandiseCode }) => merchandiseCode))).toEqual(
      new Set(codes.map(({ code }) => code)),
    );
  });

  it('asks for 21 years for alcohol and tobacco, and for nothing else', () => {
    const restricted = new Set(['WINE', 'BEER', 'SPIRITS', 'RTD', 'CIDER', 'TOBACCO']);
    expect(
      items.filter((item) => item.minimumAge !== (restricted.has(item.merchandiseCode) ? 21 : null)),
    ).toEqual([]);
  });

  it('sells above cost, at a price that ends in .49 or .99', () => {
    const odd = items.filter(
      ({ price, cost }) => price % 50 !== 49 || cost < price * 0.4 || cost > price * 0.9,
    );
    expect(odd).toEqual([]);
  });

  it('takes deposits for beer, soda and water but not for wine and spirits', () => {
    const some = (code: string) =>
      items.filter((item) => item.merchandiseCode === code && item.deposit > 0).length;
    expect([some('WINE'), some('SPIRITS')]).toEqual([0, 0]);
    for (const code of ['BEER', 'SODA', 'WATER']) expect(some(code)).toBeGreaterThan(10);
  });

  it("has the seed's bottle exactly", () => {
    expect(bySku.get('WINE-CAB-001')).toMatchObject({
      onHand: 25,
      item: {
        name: 'Cabernet Sauvignon 750ml',
        merchandiseCode: 'WINE',
        cost: 1250,
        price: 1999,
        caseSize: 12,
        active: true,
        minimumAge: 21,
        deposit: 0,
        reorderPoint: 10,
      },
    });
  });

  it("has the other items of the seed's promotions, active", () => {
    const skus = ['WINE-CHARD-002', 'BEER-BUD-001', 'BEER-COORS-002', 'BEER-MILLER-003'];
    expect(skus.map((sku) => bySku.get(sku)?.item.active)).toEqual([true, true, true, true]);
    // "Any 6 beers for $9.99" has to be a bargain.
    const six = skus.slice(1).map((sku) => (bySku.get(sku)?.item.price ?? 0) * 6);
    expect(six.filter((price) => price <= 999)).toEqual([]);
  });

  it('opens with six to ten items to reorder and a few inactive ones', () => {
    expect(good.filter(({ onHand }) => onHand === null)).toEqual([]);
    const low = good.filter(
      ({ item, onHand }) => item.reorderPoint > 0 && onHand !== null && onHand <= item.reorderPoint,
    );
    expect(low.length).toBeGreaterThanOrEqual(6);
    expect(low.length).toBeLessThanOrEqual(10);
    expect(low.filter(({ item }) => !item.active)).toEqual([]);
    expect(items.filter(({ active }) => !active).length).toBeGreaterThanOrEqual(3);
  });
});

describe('merchandise-codes.csv', () => {
  it("taxes the seed's sale with 2.80 and groceries with nothing", () => {
    const rate = (wanted: string) =>
      codes.find(({ code }) => code === wanted)?.taxRate ?? basisPoints(10_000);
    const price = bySku.get('WINE-CAB-001')?.item.price;
    expect(price && applyRate(multiplyCents(price, 2), rate('WINE'))).toBe(280);
    expect(rate('GROCERY')).toBe(0);
    expect(codes.find(({ code }) => code === 'WINE')?.glAccount).toBe('4000');
    expect(new Set(codes.map(({ glAccount }) => glAccount)).size).toBe(codes.length);
  });
});

describe('quick-keys.csv', () => {
  const pictures = [
    'bottle-wine',
    'bottle-white',
    'bottle-spirits',
    'bottle-clear',
    'bottle-beer',
    'can',
    'six-pack',
    'soda',
    'water',
    'snack',
    'candy',
    'tobacco',
    'ice',
    'bag',
    'lighter',
    'cup',
    'lime',
  ];
  const keys = rows('quick-keys.csv');

  it('offers 24 different active items, each with a known picture and a label that fits a key', () => {
    expect(new Set(keys.map(({ sku }) => sku)).size).toBe(24);
    expect(keys.filter(({ sku = '' }) => bySku.get(sku)?.item.active !== true)).toEqual([]);
    expect(keys.filter(({ picture = '' }) => !pictures.includes(picture))).toEqual([]);
    expect(keys.filter(({ label = '' }) => label === '' || label.length > 18)).toEqual([]);
  });

  it('uses every picture', () => {
    expect(new Set(keys.map(({ picture }) => picture))).toEqual(new Set(pictures));
  });
});

describe('staff.csv', () => {
  it('has three people, a manager among them, with PINs of four digits that differ', () => {
    const staff = rows('staff.csv');
    expect(staff.map(({ role, pin }) => [role, pin])).toEqual([
      ['cashier', '1111'],
      ['manager', '2222'],
      ['cashier', '3333'],
    ]);
    expect(new Set(staff.map((person) => person['user_id'])).size).toBe(3);
  });
});
