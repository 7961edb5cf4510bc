/** The stock as the log alone gives it: to prove the table, or to make it anew. */
import { z } from 'zod';
import type { Queryable } from '../database/database.ts';
import { STOCK_SUBSCRIBER } from './stock-words.ts';

/** Every movement in the log that could be read; what could not waits among the dead letters. */
const SUMS = `
  SELECT location_id, payload->>'sku' AS sku, SUM((payload->>'change')::bigint)::bigint AS quantity
  FROM event_log e
  WHERE event_type = 'inventory.updated'
    AND NOT EXISTS (SELECT 1 FROM dead_letters d WHERE d.event_id = e.event_id AND d.subscriber = '${STOCK_SUBSCRIBER}')
  GROUP BY 1, 2`;

const differenceRow = z.object({
  location_id: z.string(),
  sku: z.string(),
  in_table: z.int().nullable(),
  in_log: z.int().nullable(),
});
export type StockDifference = z.infer<typeof differenceRow>;

/** Where the table and the log differ; empty when all is well. One statement, one moment. */
export async function compareStock(queryable: Queryable): Promise<StockDifference[]> {
  return queryable.query(
    differenceRow,
    `SELECT location_id, sku, s.quantity AS in_table, l.quantity AS in_log
     FROM stock s FULL JOIN (${SUMS}) l USING (location_id, sku)
     WHERE COALESCE(s.quantity, 0) <> COALESCE(l.quantity, 0) ORDER BY 1, 2`,
  );
}

/**
 * Makes the quantities anew. Movers wait meanwhile; those whose events are not committed yet move the new numbers
 * afterwards. Reservations stay: they are of orders, not of the log.
 * @returns what was wrong before
 */
export async function rebuildStock(tx: Queryable): Promise<StockDifference[]> {
  await tx.execute('LOCK TABLE stock IN EXCLUSIVE MODE');
  const differences = await compareStock(tx);
  await tx.execute(
    `INSERT INTO stock AS s (location_id, sku, quantity)
     SELECT d.location_id, d.sku, d.quantity FROM unnest($1::text[], $2::text[], $3::bigint[]) AS d (location_id, sku, quantity)
     ON CONFLICT (location_id, sku) DO UPDATE SET quantity = EXCLUDED.quantity`,
    [
      differences.map(({ location_id }) => location_id),
      differences.map(({ sku }) => sku),
      differences.map(({ in_log }) => in_log ?? 0),
    ],
  );
  return differences;
}
