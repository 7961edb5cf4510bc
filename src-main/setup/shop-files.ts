/** The small files a till is set up from, beside the catalogue: departments, quick keys, people. */
import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { merchandiseCodeRecordSchema } from '#domain/catalogue/item.ts';
import { plainText, skuSchema } from '#domain/identifiers.ts';
import { roleSchema } from '../api/views.ts';
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

/** Each throws with the row and the column when the file is not as it should be. */
export const readMerchandiseCodes = (file: string) => readRows(file, merchandiseCodeRow);
export const readQuickKeys = (file: string) => readRows(file, quickKeyRow);
export const readStaff = (file: string) => readRows(file, staffRow);

function readRows<Row>(file: string, schema: z.ZodType<Row>): Row[] {
  const records: unknown[] = parse(readFileSync(file), {
    columns: true,
    bom: true,
    skip_empty_lines: true,
    trim: true,
  });
  return records.map((record, index) => {
    const parsed = schema.safeParse(record);
    if (parsed.success) return parsed.data;
    throw new Error(`${file}, row ${index + 1}: ${z.prettifyError(parsed.error)}`);
  });
}
