/** The stock of what changed, as it is now. */
import { z } from 'zod';
import type { Queryable } from '../database/database.ts';
import type { ChangedRecords } from './changed-records.ts';

const stockRow = z.object({
  location_id: z.string(),
  sku: z.string(),
  quantity: z.int(),
  reserved: z.int(),
});
export type StockOfLocation = z.infer<typeof stockRow>;

/** Each once, sorted by location and SKU. An order names items; the location is always that of the event. */
export async function readChangedStock(
  tx: Queryable,
  { stock, endedOrders }: ChangedRecords,
): Promise<readonly StockOfLocation[]> {
  if (stock.length === 0 && endedOrders.length === 0) return [];
  return tx.query(
    stockRow,
    `WITH changed (location_id, sku) AS (
       SELECT location_id, sku FROM unnest($1::text[], $2::text[]) AS moved (location_id, sku)
       UNION
       SELECT ended.location_id, lines.sku
       FROM unnest($3::text[], $4::text[]) AS ended (location_id, order_id)
       JOIN order_lines lines ON lines.order_id = ended.order_id)
     SELECT stock.location_id, stock.sku, stock.quantity, stock.reserved
     FROM changed JOIN stock ON stock.location_id = changed.location_id AND stock.sku = changed.sku
     ORDER BY stock.location_id, stock.sku`,
    [
      stock.map(({ locationId }) => locationId),
      stock.map(({ sku }) => sku),
      endedOrders.map(({ locationId }) => locationId),
      endedOrders.map(({ orderId }) => orderId),
    ],
  );
}
