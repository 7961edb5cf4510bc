/**
 * One row of the catalogue file that `import-catalog` takes: text cells under twelve column names. Amounts are decimals
 * (`12.50`), `barcodes` has any number of codes between blanks, in any symbology of barcode/decode.ts.
 * `barcodes`, `minimum_age`, `deposit`, `reorder_point` and `on_hand` may be empty: none, anybody, 0, 0, not counted.
 */
import { z } from 'zod';
import { type Cents } from '../money/cents.ts';
import { centsToWire, parseDecimal } from '../money/wire-decimal.ts';
import { readBarcodeCell } from './catalogue-csv-barcodes.ts';
import { reason } from './catalogue-csv-reason.ts';
import { type Item, itemSchema } from './item.ts';

export const CATALOGUE_COLUMNS = [
  'sku',
  'name',
  'merchandise_code',
  'cost',
  'price',
  'case_size',
  'active',
  'barcodes',
  'minimum_age',
  'deposit',
  'reorder_point',
  'on_hand',
] as const;
export type CatalogueColumn = (typeof CATALOGUE_COLUMNS)[number];

const AMOUNT = 'an amount like 12.50';
const WHOLE_NUMBER = /^-?\d{1,9}$/;
const field = itemSchema.shape;

/** Below zero happens: sold before the delivery was booked. */
const onHandSchema = z.int().min(-1_000_000).max(1_000_000);

function wholeNumber(text: string): number | undefined {
  return WHOLE_NUMBER.test(text) ? Number(text) + 0 : undefined;
}

/** Spreadsheets write TRUE and FALSE, people write yes and no. */
const TRUTH: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['1', true],
  ['false', false],
  ['no', false],
  ['0', false],
]);

/**
 * A cell: `read` turns its trimmed text into a value (undefined: it cannot), `schema` is the item's own rule for
 * the value, and `expected` ends the sentence “… is not …” when either says no.
 */
function cell<Value>(
  column: CatalogueColumn,
  schema: z.ZodType<Value>,
  expected: string,
  read: (text: string) => unknown,
) {
  return z.string({ error: () => `${column}: the cell is missing` }).transform((raw, context): Value => {
    const text = raw.trim();
    const value = schema.safeParse(read(text));
    if (value.success) return value.data;
    context.addIssue({ code: 'custom', message: reason(column, text, `is not ${expected}`) });
    return z.NEVER;
  });
}

function range(schema: { minValue: number | null; maxValue: number | null }): string {
  const show = (limit: number | null) => String(limit).replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return `a whole number from ${show(schema.minValue)} to ${show(schema.maxValue)}`;
}

const orZero = (text: string) => (text === '' ? '0' : text);
const ageField = field.minimumAge.unwrap();

/** The twelve cells, read and checked. Built once: a hundred thousand rows go through it. */
export const catalogueRowSchema = z.object({
  sku: cell(
    'sku',
    field.sku,
    'a SKU like WINE-CAB-001: capital letters, digits, . _ / - and at most 40',
    String,
  ),
  name: cell('name', field.name, 'a name of 1 to 80 printable characters', String),
  merchandise_code: cell('merchandise_code', field.merchandiseCode, 'a merchandise code like WINE', String),
  cost: cell('cost', field.cost, AMOUNT, parseDecimal),
  price: cell('price', field.price, AMOUNT, parseDecimal),
  case_size: cell('case_size', field.caseSize, range(field.caseSize), wholeNumber),
  active: cell('active', field.active, 'true or false', (text) => TRUTH.get(text.toLowerCase())),
  barcodes: z.string({ error: () => 'barcodes: the cell is missing' }).transform((raw, context) => {
    const { gtins, reasons } = readBarcodeCell(raw);
    for (const message of reasons) context.addIssue({ code: 'custom', message });
    return gtins;
  }),
  minimum_age: cell('minimum_age', field.minimumAge, `${range(ageField)}, or empty for anybody`, (text) =>
    text === '' ? null : wholeNumber(text),
  ),
  deposit: cell('deposit', field.deposit, AMOUNT, (text) => parseDecimal(orZero(text))),
  reorder_point: cell('reorder_point', field.reorderPoint, range(field.reorderPoint), (text) =>
    wholeNumber(orZero(text)),
  ),
  on_hand: cell(
    'on_hand',
    onHandSchema.nullable(),
    `${range(onHandSchema)}, or empty when not counted`,
    (text) => (text === '' ? null : wholeNumber(text)),
  ),
});

/** Units on the shelf; null when nobody has counted them, which is not a count of 0. */
export type OnHand = number | null;

export type ParsedCatalogueRow =
  | { readonly ok: true; readonly item: Item; readonly onHand: OnHand }
  | { readonly ok: false; readonly reasons: string[] };

/**
 * Reads one row. A bad row is refused with one sentence for each bad cell, which names the column and the text:
 * `price: “12,5” is not an amount like 12.50`. Cells of other columns are ignored; the header check tells of them.
 */
export function parseCatalogueRow(record: Readonly<Record<string, string>>): ParsedCatalogueRow {
  const parsed = catalogueRowSchema.safeParse(record);
  if (!parsed.success) return { ok: false, reasons: parsed.error.issues.map(({ message }) => message) };
  const row = parsed.data;
  const item: Item = {
    sku: row.sku,
    name: row.name,
    merchandiseCode: row.merchandise_code,
    cost: row.cost,
    price: row.price,
    caseSize: row.case_size,
    active: row.active,
    barcodes: row.barcodes,
    minimumAge: row.minimum_age,
    deposit: row.deposit,
    reorderPoint: row.reorder_point,
  };
  return { ok: true, item, onHand: row.on_hand };
}

function decimal(amount: Cents): string {
  return centsToWire(amount).toFixed(2);
}

/** The row that {@link parseCatalogueRow} reads back as `item` and `onHand`, keys in column order. */
export function catalogueRecord(item: Item, onHand: OnHand): Record<CatalogueColumn, string> {
  return {
    sku: item.sku,
    name: item.name,
    merchandise_code: item.merchandiseCode,
    cost: decimal(item.cost),
    price: decimal(item.price),
    case_size: String(item.caseSize),
    active: String(item.active),
    barcodes: item.barcodes.join(' '),
    minimum_age: item.minimumAge === null ? '' : String(item.minimumAge),
    deposit: decimal(item.deposit),
    reorder_point: String(item.reorderPoint),
    on_hand: onHand === null ? '' : String(onHand),
  };
}
