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
    tax_rate_bps: z.coerce.number(),
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
export const readMerchandiseCodes = (file: string) => readRows(file, merchandiseCodeRow);
/** @throws {ImportError} as {@link readMerchandiseCodes} */
export const readQuickKeys = (file: string) => readRows(file, quickKeyRow);
/** @throws {ImportError} as {@link readMerchandiseCodes} */
export const readStaff = (file: string) => readRows(file, staffRow);

function readRows<Row>(file: string, schema: z.ZodType<Row>): Row[] {
  return recordsOf(file, bytesOf(file)).map((record, index) => {
    const parsed = schema.safeParse(record);
    if (parsed.success) return parsed.data;
    throw new ImportError('bad_shop_file', `${file}, row ${index + 1}: ${z.prettifyError(parsed.error)}`);
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
