import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDigit } from '../barcode/gtin.ts';
import { MAX_CENTS, cents } from '../money/cents.ts';
import { MAX_BARCODES } from './catalogue-csv-barcodes.ts';
import { CATALOGUE_COLUMNS, catalogueRecord, parseCatalogueRow } from './catalogue-csv.ts';
import { type Item, itemSchema } from './item.ts';

const GOOD = {
  sku: 'WINE-CAB-001',
  name: 'Cabernet Sauvignon 750ml',
  merchandise_code: 'WINE',
  cost: '12.50',
  price: '19.99',
  case_size: '12',
  active: 'true',
  barcodes: '036000291452 04252614',
  minimum_age: '21',
  deposit: '0',
  reorder_point: '10',
  on_hand: '25',
};

function reasonsFor(changes: Partial<Record<keyof typeof GOOD, string>>): string[] {
  const parsed = parseCatalogueRow({ ...GOOD, ...changes });
  if (parsed.ok) throw new Error('the row was taken');
  return parsed.reasons;
}

const gtin = fc.stringMatching(/^\d{13}$/).map((body) => `${body}${checkDigit(body)}`);
const amount = fc.integer({ min: 0, max: MAX_CENTS }).map(cents);
const item: fc.Arbitrary<Item> = fc.record({
  sku: fc.stringMatching(/^[A-Z0-9][A-Z0-9._/-]{0,39}$/),
  name: fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
    .filter((name) => name === name.trim() && itemSchema.shape.name.safeParse(name).success),
  merchandiseCode: fc.stringMatching(/^[A-Z0-9][A-Z0-9_-]{0,19}$/),
  cost: amount,
  price: amount,
  caseSize: fc.integer({ min: 1, max: 9_999 }),
  active: fc.boolean(),
  barcodes: fc.uniqueArray(gtin, { maxLength: MAX_BARCODES }),
  minimumAge: fc.option(fc.integer({ min: 1, max: 99 })),
  deposit: amount,
  reorderPoint: fc.integer({ min: 0, max: 1_000_000 }),
});

describe('parseCatalogueRow', () => {
  it("reads the seed's first item", () => {
    expect(parseCatalogueRow(GOOD)).toEqual({
      ok: true,
      onHand: 25,
      item: {
        sku: 'WINE-CAB-001',
        name: 'Cabernet Sauvignon 750ml',
        merchandiseCode: 'WINE',
        cost: 1250,
        price: 1999,
        caseSize: 12,
        active: true,
        barcodes: ['00036000291452', '00042100005264'],
        minimumAge: 21,
        deposit: 0,
        reorderPoint: 10,
      },
    });
  });

  it('reads every item back from its own record, and the item passes the item schema', () => {
    fc.assert(
      fc.property(item, fc.option(fc.integer({ min: -1_000_000, max: 1_000_000 })), (original, onHand) => {
        const record = catalogueRecord(original, onHand);
        expect(Object.keys(record)).toEqual([...CATALOGUE_COLUMNS]);
        const parsed = parseCatalogueRow(record);
        expect(parsed).toEqual({ ok: true, item: original, onHand });
        expect(itemSchema.parse(original)).toEqual(original);
      }),
      { numRuns: 500 },
    );
  });

  it('takes empty cells where nothing is a meaning', () => {
    const empty = { barcodes: '', minimum_age: ' ', deposit: '', reorder_point: '', on_hand: '' };
    expect(parseCatalogueRow({ ...GOOD, ...empty })).toMatchObject({
      ok: true,
      item: { barcodes: [], minimumAge: null, deposit: 0, reorderPoint: 0 },
      onHand: null,
    });
  });

  it('tells a count of nothing from no count', () => {
    const onHandOf = (text: string) => {
      const parsed = parseCatalogueRow({ ...GOOD, on_hand: text });
      return parsed.ok ? parsed.onHand : parsed.reasons;
    };
    expect([onHandOf('0'), onHandOf('-0'), onHandOf(''), onHandOf('  ')]).toEqual([0, 0, null, null]);
  });

  it.each([
    ['TRUE', true],
    ['Yes', true],
    ['1', true],
    [' false ', false],
    ['no', false],
    ['0', false],
  ])('reads active %j as %s', (active, expected) => {
    expect(parseCatalogueRow({ ...GOOD, active })).toMatchObject({ item: { active: expected } });
  });

  it('takes stock below zero', () => {
    expect(parseCatalogueRow({ ...GOOD, on_hand: '-3' })).toMatchObject({ onHand: -3 });
  });

  it.each([
    [{ price: '12,5' }, 'price: “12,5” is not an amount like 12.50'],
    [{ price: '12.505' }, 'price: “12.505” is not an amount like 12.50'],
    [{ price: '-1.00' }, 'price: “-1.00” is not an amount like 12.50'],
    [{ price: '$9.99' }, 'price: “$9.99” is not an amount like 12.50'],
    [{ price: '10000000.01' }, 'price: “10000000.01” is not an amount like 12.50'],
    [{ cost: '' }, 'cost: an empty cell is not an amount like 12.50'],
    [{ deposit: 'none' }, 'deposit: “none” is not an amount like 12.50'],
    [
      { sku: 'wine cab' },
      'sku: “wine cab” is not a SKU like WINE-CAB-001: capital letters, digits, . _ / - and at most 40',
    ],
    [{ name: '  ' }, 'name: an empty cell is not a name of 1 to 80 printable characters'],
    [{ name: 'a\u001B[2Jb' }, 'name: “a\uFFFD[2Jb” is not a name of 1 to 80 printable characters'],
    [{ name: 'é'.repeat(81) }, `name: “${'é'.repeat(40)}…” is not a name of 1 to 80 printable characters`],
    [{ merchandise_code: 'wine' }, 'merchandise_code: “wine” is not a merchandise code like WINE'],
    [{ case_size: '0' }, 'case_size: “0” is not a whole number from 1 to 9,999'],
    [{ case_size: '1e3' }, 'case_size: “1e3” is not a whole number from 1 to 9,999'],
    [{ active: 'maybe' }, 'active: “maybe” is not true or false'],
    [{ minimum_age: '100' }, 'minimum_age: “100” is not a whole number from 1 to 99, or empty for anybody'],
    [{ reorder_point: '-1' }, 'reorder_point: “-1” is not a whole number from 0 to 1,000,000'],
    [
      { on_hand: '2.5' },
      'on_hand: “2.5” is not a whole number from -1,000,000 to 1,000,000, or empty when not counted',
    ],
    [{ barcodes: '036000291453' }, 'barcodes: “036000291453” is a UPC-A that ends in 3 but should end in 2'],
    [
      { barcodes: '36000291452' },
      'barcodes: “36000291452” is not a barcode of 8, 12, 13 or 14 digits; a spreadsheet may have dropped the zero in front',
    ],
    [{ barcodes: '4.00638E+12' }, 'barcodes: “4.00638E+12” is not a barcode of 8, 12, 13 or 14 digits'],
    [{ barcodes: '036000291452 0036000291452' }, 'barcodes: “0036000291452” is listed twice'],
  ])('refuses %j by name', (changes, expected) => {
    expect(reasonsFor(changes)).toEqual([expected]);
  });

  it('names every bad cell of a row and every bad code of a cell', () => {
    expect(reasonsFor({ price: 'x', barcodes: '1 2', on_hand: 'y' })).toHaveLength(4);
  });

  it('names the cells that a short row does not have', () => {
    expect(parseCatalogueRow({ sku: 'A', name: 'A' })).toMatchObject({
      ok: false,
      reasons: CATALOGUE_COLUMNS.slice(2).map((column) => `${column}: the cell is missing`),
    });
  });

  it('takes as many barcodes as an item may have, and no more', () => {
    const codes = Array.from({ length: MAX_BARCODES + 1 }, (_, index) => {
      const body = `0360002914${index + 10}`;
      return `${body}${checkDigit(body)}`;
    });
    const most = codes.slice(0, MAX_BARCODES);
    expect(parseCatalogueRow({ ...GOOD, barcodes: most.join(' ') }).ok).toBe(true);
    expect(reasonsFor({ barcodes: codes.join(' ') })).toEqual([
      'barcodes: 21 codes, but an item has at most 20',
    ]);
    const fit = (count: number) =>
      itemSchema.shape.barcodes.safeParse(Array.from({ length: count }, () => '00036000291452')).success;
    expect([fit(MAX_BARCODES), fit(MAX_BARCODES + 1)]).toEqual([true, false]);
  });

  it('answers to any text in any cell', () => {
    const cells = fc.record(
      Object.fromEntries(CATALOGUE_COLUMNS.map((column) => [column, fc.string({ unit: 'binary' })])),
    );
    fc.assert(
      fc.property(cells, (record) => {
        const parsed = parseCatalogueRow(record);
        const reasons = parsed.ok ? [] : parsed.reasons;
        expect(reasons.filter((text) => /\p{C}/u.test(text.replaceAll('\uFFFD', '')))).toEqual([]);
      }),
    );
  });
});
