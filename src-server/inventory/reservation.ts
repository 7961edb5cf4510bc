/** Stock that is promised to orders: `available = quantity − reserved`. */
import { z } from 'zod';
import type { Queryable } from '../database/database.ts';

export interface Wanted {
  readonly sku: string;
  /** Units, at least one. One entry a SKU. */
  readonly quantity: number;
}

export interface Shortage extends Wanted {
  /** Units that could still be promised; 0 where nobody ever counted the item. */
  readonly available: number;
}

const stockRow = z.object({ sku: z.string(), quantity: z.int(), reserved: z.int() });

/** What is missing of it. The rows are locked until the end of the transaction, so the answer stays true in it. */
export async function findShortages(
  tx: Queryable,
  locationId: string,
  wanted: readonly Wanted[],
): Promise<readonly Shortage[]> {
  const rows = await lockStock(tx, locationId, wanted);
  const available = new Map(rows.map(({ sku, quantity, reserved }) => [sku, quantity - reserved]));
  return wanted
    .map((entry) => ({ ...entry, available: Math.max(0, available.get(entry.sku) ?? 0) }))
    .filter((entry) => entry.available < entry.quantity);
}

/** Promises all of it, or answers what is short and promises nothing. */
export async function reserve(
  tx: Queryable,
  locationId: string,
  wanted: readonly Wanted[],
): Promise<readonly Shortage[]> {
  const short = await findShortages(tx, locationId, wanted);
  if (short.length === 0) await changeReserved(tx, locationId, wanted, 1);
  return short;
}

/** Takes a promise back: the order will not be paid. */
export async function release(tx: Queryable, locationId: string, wanted: readonly Wanted[]): Promise<void> {
  await lockStock(tx, locationId, wanted);
  await changeReserved(tx, locationId, wanted, -1);
}

/**
 * In the order of the SKUs, as everybody locks stock: two orders of the same items wait for each other, no more. By their
 * bytes, as `moveStock` sorts them: the language of a database may sort `A-2` behind `A1`.
 */
async function lockStock(tx: Queryable, locationId: string, wanted: readonly Wanted[]) {
  return tx.query(
    stockRow,
    `SELECT sku, quantity, reserved FROM stock WHERE location_id = $1 AND sku = ANY($2) ORDER BY sku COLLATE "C" FOR UPDATE`,
    [locationId, wanted.map(({ sku }) => sku)],
  );
}

async function changeReserved(
  tx: Queryable,
  locationId: string,
  wanted: readonly Wanted[],
  sign: 1 | -1,
): Promise<void> {
  await tx.execute(
    `UPDATE stock SET reserved = reserved + w.units
     FROM unnest($2::text[], $3::bigint[]) AS w (sku, units)
     WHERE stock.location_id = $1 AND stock.sku = w.sku`,
    [locationId, wanted.map(({ sku }) => sku), wanted.map(({ quantity }) => sign * quantity)],
  );
}
