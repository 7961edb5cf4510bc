import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkDigit } from '#domain/barcode/gtin.ts';
import { snapshotLineSchema } from '#sync/protocol/changes.ts';
import { itemLine, stockLine } from '../../test-support/snapshot-of.ts';
import { readLine, readPlainly } from './read-line.ts';

const gtin14 = fc.stringMatching(/^[0-9]{13}$/).map((body) => `${body}${checkDigit(body)}`);

const item = fc.record({
  sku: fc.stringMatching(/^[A-Z0-9][A-Z0-9._/-]{0,39}$/),
  name: fc.stringMatching(/^[ -~]{1,80}$/),
  category: fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,19}$/),
  cost: fc.nat(1_000_000_000).map((cents) => cents / 100),
  price: fc.nat(1_000_000_000).map((cents) => cents / 100),
  case_size: fc.integer({ min: 1, max: 9_999 }),
  active: fc.boolean(),
  barcodes: fc.uniqueArray(gtin14, { maxLength: 20 }),
  minimum_age: fc.option(fc.integer({ min: 1, max: 99 })),
  deposit: fc.nat(10_000).map((cents) => cents / 100),
  reorder_point: fc.nat(1_000_000),
  version: fc.integer({ min: 1 }),
});
const stock = fc.record({
  sku: fc.stringMatching(/^[A-Z0-9][A-Z0-9._/-]{0,39}$/),
  quantity: fc.maxSafeInteger(),
  reserved: fc.maxSafeNat(),
});

/** What a field may be instead: just outside of what is right, of another type, or anything. */
const wrong = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    true,
    '',
    ' ',
    '\n',
    'A\n',
    'é',
    '\u{1f377}',
    '\ud800',
    'x'.repeat(81),
  ),
  fc.constantFrom<unknown>(-1, -0, 0, 0.5, 0.001, 1.005, 100, 9_999, 10_000, 1_000_001, 10_000_000.01, 1e21),
  fc.constantFrom<unknown>(NaN, Infinity, 2 ** 53, '036000291452', [], ['036000291452'], [1], {}),
  fc.array(gtin14, { minLength: 1, maxLength: 22 }),
  gtin14.map((gtin) => [gtin, gtin]),
  fc.constant(['00036000291453']),
  fc.anything(),
);

function spoilt(record: fc.Arbitrary<object>): fc.Arbitrary<object> {
  return fc
    .tuple(
      record,
      fc.array(fc.tuple(fc.nat(20), wrong), { minLength: 1, maxLength: 2 }),
      fc.option(fc.string()),
    )
    .map(([whole, changes, further]) => {
      const names = Object.keys(whole);
      const fields = changes.map(([which, value]) => [names[which % names.length] ?? 'sku', value] as const);
      return { ...whole, ...Object.fromEntries(fields), ...(further === null ? {} : { [further]: 1 }) };
    });
}

const lines = fc.oneof(
  item.map((record) => ({ kind: 'item', record })),
  stock.map((record) => ({ kind: 'stock', record })),
  spoilt(item).map((record) => ({ kind: 'item', record })),
  spoilt(stock).map((record) => ({ kind: 'stock', record })),
  fc.record({ kind: fc.constantFrom('item', 'stock', 'end', 'staff'), record: fc.anything() }),
  fc.anything(),
);

describe('a line that is read by hand', () => {
  test('is one that the schema takes, and reads as the schema reads it', () => {
    let taken = 0;
    let left = 0;
    fc.assert(
      fc.property(lines, (line) => {
        const read = readPlainly(line);
        const judged = snapshotLineSchema.safeParse(line);
        if (read === undefined) {
          left += 1;
          return;
        }
        taken += 1;
        expect(judged.data).toEqual(read);
      }),
      { numRuns: 5_000 },
    );
    // A reader that takes nothing agrees with everything.
    expect(Math.min(taken, left)).toBeGreaterThan(500);
  });

  test('is any right item or figure with a name in plain letters', () => {
    fc.assert(
      fc.property(item, stock, (one, figure) => {
        expect(readPlainly({ kind: 'item', record: one })).toBeDefined();
        expect(readPlainly({ kind: 'stock', record: figure })).toBeDefined();
      }),
    );
  });
});

describe('any other line', () => {
  test('is left to the schema: a name with an accent, a barcode of twelve digits', () => {
    const rose = itemLine('WINE-ROS-001', { name: 'Rosé', barcodes: ['036000291452'] });
    expect(readPlainly(rose)).toBeUndefined();
    expect(readLine(rose)).toMatchObject({ record: { name: 'Rosé', barcodes: ['00036000291452'] } });
  });

  test('is refused by the schema when it is wrong', () => {
    expect(() => readLine(itemLine('WINE-ROS-001', { price: -1 }))).toThrow();
    expect(() => readLine(stockLine('wine', 1))).toThrow();
    expect(() => readLine(null)).toThrow();
  });
});
