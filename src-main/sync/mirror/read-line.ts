/**
 * A line of a snapshot, checked as `snapshotLineSchema` does. Nine of ten lines are plain items and figures of stock, of which a
 * shop has hundreds of thousands, and the schema takes longer over them than SQLite: those are looked at by hand
 * first. Whatever is not plainly right is the schema's to judge, so that nothing is taken that it would refuse.
 */
import { hasValidCheckDigit } from '#domain/barcode/gtin.ts';
import { MAX_QUANTITY } from '#domain/catalogue/item.ts';
import { type Cents, MAX_CENTS } from '#domain/money/cents.ts';
import { parseDecimal } from '#domain/money/wire-decimal.ts';
import { type SnapshotLine, snapshotLineSchema } from '#sync/protocol/changes.ts';

/** @throws {z.ZodError} */
export function readLine(value: unknown): SnapshotLine {
  return readPlainly(value) ?? snapshotLineSchema.parse(value);
}

/** @returns undefined for what this does not know to be right */
export function readPlainly(value: unknown): SnapshotLine | undefined {
  if (!isObject(value) || !isObject(value['record'])) return undefined;
  if (value['kind'] === 'item') return plainItem(value['record']);
  if (value['kind'] === 'stock') return plainStock(value['record']);
  return undefined;
}

type Fields = Readonly<Record<string, unknown>>;

const SKU = /^[A-Z0-9][A-Z0-9._/-]{0,39}$/;
/** The printable ones of ASCII, so that nothing need be asked about well-formed Unicode. */
const NAME = /^[ -~]{1,80}$/;
const CATEGORY = /^[a-z0-9][a-z0-9_-]{0,19}$/;
const GTIN_14 = /^\d{14}$/;
const MOST_BARCODES = 20;

function plainItem(fields: Fields): SnapshotLine | undefined {
  const { sku, name, category, active, minimum_age: age } = fields;
  const { case_size: caseSize, reorder_point: reorderPoint, version } = fields;
  if (!matches(sku, SKU) || !matches(name, NAME) || !matches(category, CATEGORY)) return undefined;
  if (typeof active !== 'boolean' || (age !== null && !isWhole(age, 1, 99))) return undefined;
  if (!isWhole(caseSize, 1, MAX_QUANTITY) || !isWhole(reorderPoint, 0, 1_000_000)) return undefined;
  if (!isWhole(version, 1, Number.MAX_SAFE_INTEGER)) return undefined;
  const cost = plainPrice(fields['cost']);
  const price = plainPrice(fields['price']);
  const deposit = plainPrice(fields['deposit']);
  const barcodes = plainBarcodes(fields['barcodes']);
  if (cost === undefined || price === undefined || deposit === undefined || barcodes === undefined) {
    return undefined;
  }
  return {
    kind: 'item',
    record: {
      sku,
      name,
      category: category.toUpperCase(),
      cost,
      price,
      case_size: caseSize,
      active,
      barcodes,
      minimum_age: age,
      deposit,
      reorder_point: reorderPoint,
      version,
    },
  };
}

function plainStock({ sku, quantity, reserved }: Fields): SnapshotLine | undefined {
  if (!matches(sku, SKU)) return undefined;
  if (!isWhole(quantity, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)) return undefined;
  if (!isWhole(reserved, 0, Number.MAX_SAFE_INTEGER)) return undefined;
  return { kind: 'stock', record: { sku, quantity, reserved } };
}

function plainPrice(value: unknown): Cents | undefined {
  if (typeof value !== 'number' || value < 0 || value > MAX_CENTS) return undefined;
  return parseDecimal(String(value));
}

/** As they are stored. Other forms of a barcode are for the decoder, which the schema asks. */
function plainBarcodes(value: unknown): string[] | undefined {
  if (!Array.isArray(value) || value.length > MOST_BARCODES) return undefined;
  const gtins: string[] = [];
  for (const code of value as readonly unknown[]) {
    if (!matches(code, GTIN_14) || !hasValidCheckDigit(code)) return undefined;
    gtins.push(code);
  }
  gtins.sort();
  return gtins.some((gtin, index) => gtin === gtins[index - 1]) ? undefined : gtins;
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function matches(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isWhole(value: unknown, low: number, high: number): value is number {
  return Number.isSafeInteger(value) && Number(value) >= low && Number(value) <= high;
}
