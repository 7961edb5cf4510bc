/** What stands in the log, read from the tables themselves: no code of the server's is between. */
import pg from 'pg';
import { z } from 'zod';
import { wireMoneySchema } from '#domain/money/wire-decimal.ts';

const BIGINT = 20;

/** Event type → the amount of each such event of the order, null where that type has none. */
export type EventsOfOrder = ReadonlyMap<string, readonly (number | null)[]>;

export interface ServerMovement {
  readonly locationId: string;
  readonly sku: string;
  readonly oldQuantity: number;
  readonly newQuantity: number;
}

export interface AuditedLog {
  readonly orders: ReadonlyMap<string, EventsOfOrder>;
  /** Order id → SKU → sum of what moved for it, refunds included */
  readonly movedFor: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** What the server itself moved, with the true quantities, in the order in which it happened at each location. */
  readonly serverMovements: readonly ServerMovement[];
  /** `location sku` → the quantities of its alerts, in their order */
  readonly lowStock: ReadonlyMap<string, readonly number[]>;
  /** `location sku` → how often */
  readonly oversold: ReadonlyMap<string, number>;
}

export function keyOf(locationId: string, sku: string): string {
  return `${locationId} ${sku}`;
}

const orderRow = z.object({
  order_id: z.string(),
  event_type: z.string(),
  amounts: z.array(wireMoneySchema.nullable()),
});
const movedRow = z.object({ order_id: z.string(), sku: z.string(), change: z.int() });
const movementRow = z.object({
  location_id: z.string(),
  sku: z.string(),
  old_quantity: z.int(),
  new_quantity: z.int(),
});
const alertRow = z.object({ location_id: z.string(), sku: z.string(), quantities: z.array(z.int()) });

export async function auditLog(databaseUrl: string): Promise<AuditedLog> {
  const types = new pg.TypeOverrides();
  types.setTypeParser(BIGINT, Number);
  const client = new pg.Client({ connectionString: databaseUrl, types });
  await client.connect();
  const rows = async <Row>(schema: z.ZodType<Row>, sql: string): Promise<Row[]> =>
    z.array(schema).parse((await client.query(sql)).rows);
  const alerts = (type: string) =>
    rows(
      alertRow,
      `SELECT location_id, payload->>'sku' AS sku, jsonb_agg(payload->'current_quantity' ORDER BY terminal_id, seq) AS quantities
       FROM event_log WHERE event_type = '${type}' GROUP BY 1, 2`,
    );
  try {
    const orders = await rows(
      orderRow,
      `SELECT aggregate_id AS order_id, event_type,
              jsonb_agg(COALESCE(payload->'total', payload->'amount', payload->'refund_amount')) AS amounts
       FROM event_log WHERE event_type LIKE 'order.%' OR event_type LIKE 'payment.%' GROUP BY 1, 2`,
    );
    const moved = await rows(
      movedRow,
      `SELECT payload->>'reference_id' AS order_id, payload->>'sku' AS sku, SUM((payload->>'change')::bigint)::bigint AS change
       FROM event_log WHERE event_type = 'inventory.updated' AND payload->>'reason' IN ('sale', 'refund') GROUP BY 1, 2`,
    );
    const serverMovements = await rows(
      movementRow,
      `SELECT e.location_id, payload->>'sku' AS sku, (payload->>'old_quantity')::bigint AS old_quantity,
              (payload->>'new_quantity')::bigint AS new_quantity
       FROM event_log e JOIN terminals t ON t.terminal_id = e.terminal_id AND t.kind = 'server'
       WHERE event_type = 'inventory.updated' ORDER BY e.terminal_id, e.seq`,
    );
    const lowStock = await alerts('inventory.low_stock');
    const oversold = await alerts('inventory.oversold');
    return {
      orders: grouped(orders, ({ event_type, amounts }) => [event_type, amounts]),
      movedFor: grouped(moved, ({ sku, change }) => [sku, change]),
      serverMovements: serverMovements.map((row) => ({
        locationId: row.location_id,
        sku: row.sku,
        oldQuantity: row.old_quantity,
        newQuantity: row.new_quantity,
      })),
      lowStock: new Map(lowStock.map((row) => [keyOf(row.location_id, row.sku), row.quantities])),
      oversold: new Map(oversold.map((row) => [keyOf(row.location_id, row.sku), row.quantities.length])),
    };
  } finally {
    await client.end();
  }
}

function grouped<Row extends { readonly order_id: string }, Value>(
  rows: readonly Row[],
  entryOf: (row: Row) => [string, Value],
): Map<string, Map<string, Value>> {
  return new Map(
    [...Map.groupBy(rows, ({ order_id }) => order_id)].map(([id, group]) => [
      id,
      new Map(group.map(entryOf)),
    ]),
  );
}
