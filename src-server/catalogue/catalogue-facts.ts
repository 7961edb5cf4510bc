/** What pricing needs of the catalogue: only what may be sold now. */
import { z } from 'zod';
import type { Item, MerchandiseCode } from '#domain/catalogue/item.ts';
import { basisPointsSchema } from '#domain/money/basis-points.ts';
import type { CatalogueFacts } from '#domain/pricing/price.ts';
import type { Queryable } from '../database/database.ts';
import { ITEM_COLUMNS, itemOfRow, itemRowFields } from './item-table.ts';

const soldRow = z
  .object({
    ...itemRowFields,
    description: z.string(),
    tax_category: z.string(),
    tax_rate: basisPointsSchema,
    gl_account: z.string(),
  })
  .transform((row): { item: Item; merchandiseCode: MerchandiseCode } => ({
    item: itemOfRow(row),
    merchandiseCode: {
      code: row.merchandise_code,
      description: row.description,
      taxCategory: row.tax_category,
      taxRate: row.tax_rate,
      glAccount: row.gl_account,
    },
  }));

/**
 * The items of these SKUs that are active and not deleted, and their merchandise codes, in one statement, so that both
 * are of one moment. A SKU that may not be sold is not in `items`: `price()` then answers `unknown_item`.
 */
export async function readCatalogueFacts(
  queryable: Queryable,
  skus: readonly string[],
): Promise<CatalogueFacts> {
  const rows = await queryable.query(
    soldRow,
    `SELECT ${ITEM_COLUMNS}, m.description, m.tax_category, m.tax_rate, m.gl_account
     FROM items i JOIN merchandise_codes m ON m.code = i.merchandise_code
     WHERE i.sku = ANY($1) AND i.active AND i.deleted_at IS NULL`,
    [skus],
  );
  return {
    items: new Map(rows.map(({ item }) => [item.sku, item])),
    merchandiseCodes: new Map(rows.map(({ merchandiseCode }) => [merchandiseCode.code, merchandiseCode])),
  };
}
