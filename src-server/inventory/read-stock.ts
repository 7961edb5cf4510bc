/** What the shop has, by the events. */
import { z } from 'zod';
import { suggestedOrder } from '#domain/stock/reorder.ts';
import type { Queryable } from '../database/database.ts';

const stockRow = z.object({
  location_id: z.string(),
  sku: z.string(),
  quantity: z.int(),
  reserved: z.int(),
});
export type StockRow = z.infer<typeof stockRow>;

/** The sum of all changes, so it is negative where nobody counted in the start. Without `skus`: all of the location. */
export async function readStock(
  queryable: Queryable,
  locationId: string,
  skus?: readonly string[],
): Promise<StockRow[]> {
  return queryable.query(
    stockRow,
    `SELECT location_id, sku, quantity, reserved FROM stock
     WHERE location_id = $1 AND ($2::text[] IS NULL OR sku = ANY($2)) ORDER BY sku`,
    [locationId, skus === undefined ? null : [...skus]],
  );
}

const lowRow = z.object({
  sku: z.string(),
  name: z.string(),
  quantity: z.int(),
  reserved: z.int(),
  reorder_point: z.int(),
  case_size: z.int(),
});

export interface LowStock extends z.infer<typeof lowRow> {
  readonly suggested_cases: number;
  readonly suggested_order_quantity: number;
}

/** All items at or below their reorder point, those that lack most first. */
export async function readLowStock(queryable: Queryable, locationId: string): Promise<LowStock[]> {
  const rows = await queryable.query(
    lowRow,
    `SELECT s.sku, i.name, s.quantity, s.reserved, i.reorder_point, i.case_size
     FROM stock s JOIN items i ON i.sku = s.sku
     WHERE s.location_id = $1 AND i.active AND i.deleted_at IS NULL AND i.reorder_point > 0 AND s.quantity <= i.reorder_point
     ORDER BY s.quantity - i.reorder_point, s.sku`,
    [locationId],
  );
  return rows.map((row) => {
    const { cases, quantity } = suggestedOrder(row.quantity, row.reorder_point, row.case_size);
    return { ...row, suggested_cases: cases, suggested_order_quantity: quantity };
  });
}
