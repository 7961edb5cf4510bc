/** The stock of what changed, as it is now. */
import { z } from 'zod';
import type { Queryable } from '../database/database.ts';
import { type LogRange, readAboutInRange } from '../log/log-reader.ts';

/** These are about an item whose figure changed. */
export const MOVING_EVENT_TYPES: readonly string[] = ['inventory.updated', 'inventory.restated'];
/** These say only which order: what they promised or let go is in its lines. Orders of tills have none. */
export const RESERVING_EVENT_TYPES: readonly string[] = ['order.created', 'payment.failed', 'order.voided'];

const stockRow = z.object({
  location_id: z.string(),
  sku: z.string(),
  quantity: z.int(),
  reserved: z.int(),
});
export type StockOfLocation = z.infer<typeof stockRow>;

/**
 * The stock that a range of the log moved, promised or let go, each row once, sorted by location and SKU. An event of an
 * order says only which order: its lines are in the table. Orders of tills promise nothing, and their movements are
 * events of their own. What a terminal moved that cannot be read names no row, or one that did not change: no harm.
 */
export async function readChangedStock(tx: Queryable, range: LogRange): Promise<readonly StockOfLocation[]> {
  const moved = await readAboutInRange(tx, range, MOVING_EVENT_TYPES);
  const ordered = await readAboutInRange(tx, range, RESERVING_EVENT_TYPES);
  if (moved.length === 0 && ordered.length === 0) return [];
  return tx.query(
    stockRow,
    `WITH changed (location_id, sku) AS (
       SELECT location_id, sku FROM unnest($1::text[], $2::text[]) AS moved (location_id, sku)
       UNION
       SELECT ordered.location_id, lines.sku
       FROM unnest($3::text[], $4::text[]) AS ordered (location_id, order_id)
       JOIN order_lines lines ON lines.order_id = ordered.order_id)
     SELECT stock.location_id, stock.sku, stock.quantity, stock.reserved
     FROM changed JOIN stock ON stock.location_id = changed.location_id AND stock.sku = changed.sku
     ORDER BY stock.location_id, stock.sku`,
    [
      moved.map(({ location_id }) => location_id),
      moved.map(({ aggregate_id }) => aggregate_id),
      ordered.map(({ location_id }) => location_id),
      ordered.map(({ aggregate_id }) => aggregate_id),
    ],
  );
}
