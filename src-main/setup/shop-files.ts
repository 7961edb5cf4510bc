/** The small files a till is set up from, beside the catalogue: departments, quick keys, people. */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { merchandiseCodeRecordSchema } from '#domain/catalogue/item.ts';
import { plainText, skuSchema } from '#domain/identifiers.ts';
import { roleSchema } from '../api/views.ts';
import { ImportError } from '../importing/import-error.ts';
import { pinSchema } from '../people/pin.ts';

const merchandiseCodeRow = z
  .object({
    code: z.string(),
    description: z.string(),
    tax_category: z.string(),
    // Not z.coerce: that takes an empty cell as 0 (a shop that collects no tax) and 7e2 as 700.
    tax_rate_bps: z
      .string()
      .regex(/^\d{1,5}$/, 'a rate is a whole number of basis points, digits only: 700 is 7 %')
      .transform(Number),
    gl_account: z.string(),
  })
  .transform((row) => ({
    code: row.code,
    description: row.description,
    taxCategory: row.tax_category,
    taxRate: row.tax_rate_bps,
    glAccount: row.gl_account,
  }))
  .pipe(merchandiseCodeRecordSchema);

const quickKeyRow = z.object({ sku: skuSchema, label: plainText(30), picture: plainText(30) });

const staffRow = z
  .object({ user_id: plainText(40), name: plainText(60), role: roleSchema, pin: pinSchema })
  .transform(({ user_id: userId, ...rest }) => ({ userId, ...rest }));
export type StaffRow = z.output<typeof staffRow>;

/** @throws {ImportError} `bad_shop_file` with the row and the column; `file_unreadable`, `not_csv` */
export const readMerchandiseCodes = (file: string) =>
  readRows(file, merchandiseCodeRow, { code: (row) => row.code });
/** @throws {ImportError} as {@link readMerchandiseCodes} */
export const readQuickKeys = (file: string) => readRows(file, quickKeyRow, {});
/**
 * A PIN alone signs a person in, so two people cannot have the same one: one of them would sell in the other's name.
 * @throws {ImportError} as {@link readMerchandiseCodes}; a PIN is in no message
 */
export const readStaff = (file: string) =>
  readRows(file, staffRow, { user_id: (row) => row.userId, pin: (row) => row.pin });

/** Columns in which a value may stand once only, and how a row says its value. */
type OnlyOnce<Row> = Readonly<Record<string, (row: Row) => string>>;

function readRows<Row>(file: string, schema: z.ZodType<Row>, onlyOnce: OnlyOnce<Row>): Row[] {
  const rows = recordsOf(file, bytesOf(file)).map((record, index) => {
    const parsed = schema.safeParse(record);
    if (parsed.success) return parsed.data;
    throw new ImportError('bad_shop_file', `${file}, row ${index + 1}: ${z.prettifyError(parsed.error)}`);
  });
  for (const [column, valueOf] of Object.entries(onlyOnce)) refuseTwice(file, column, rows.map(valueOf));
  return rows;
}

/** Names the rows and not the value: that may be a PIN, and messages end on screens and in logs. */
function refuseTwice(file: string, column: string, values: readonly string[]): void {
  values.forEach((value, index) => {
    const first = values.indexOf(value);
    if (first === index) return;
    throw new ImportError(
      'bad_shop_file',
      `${file}, row ${index + 1}: its ${column} stands already in row ${first + 1}.`,
    );
  });
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ImportError('file_unreadable', `${file} cannot be read: ${messageOf(error)}`);
  }
}

function recordsOf(file: string, bytes: Buffer): unknown[] {
  try {
    return parse(bytes, { columns: true, bom: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    throw new ImportError('not_csv', `${file} cannot be read as CSV: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
