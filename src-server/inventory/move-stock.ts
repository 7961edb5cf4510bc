/**
 * Moves the stock of a location, in the transaction that appends the events that say so. Whoever comes second waits at
 * the row, so the quantities before and after are exact whatever else sells the same bottle.
 */
import { z } from 'zod';
import { type DraftEvent, draftOf, draftOfSeedEvent } from '#domain/events/holdfast-events.ts';
import { crossesReorderPoint, suggestedOrder } from '#domain/stock/reorder.ts';
import type { Queryable } from '../database/database.ts';

export interface Movement {
  readonly sku: string;
  /** Units; negative when they leave. */
  readonly change: number;
  /** The order, count or delivery behind it. */
  readonly referenceId: string;
}

export interface Moved extends Movement {
  readonly oldQuantity: number;
  readonly newQuantity: number;
}

export interface MoveOutcome {
  /** Each movement with the quantities around it, in the order of the movements. */
  readonly moved: readonly Moved[];
  readonly alerts: readonly StockAlert[];
}

export type StockAlert =
  | {
      readonly kind: 'low_stock';
      readonly sku: string;
      readonly quantity: number;
      readonly reorderPoint: number;
      readonly caseSize: number;
    }
  | {
      readonly kind: 'oversold';
      readonly sku: string;
      readonly quantity: number;
      readonly referenceId: string;
    };

const movedRow = z.object({
  sku: z.string(),
  quantity: z.int(),
  reorder_point: z.int().nullable(),
  case_size: z.int().nullable(),
});

export interface MoveOptions {
  /** The units were reserved before (orders of the API): the reservation ends with the movement. */
  readonly fromReservation?: boolean;
}

export async function moveStock(
  tx: Queryable,
  locationId: string,
  movements: readonly Movement[],
  { fromReservation = false }: MoveOptions = {},
): Promise<MoveOutcome> {
  if (movements.length === 0) return { moved: [], alerts: [] };
  const sums = new Map<string, number>();
  for (const { sku, change } of movements) sums.set(sku, (sums.get(sku) ?? 0) + change);
  // Sorted by SKU: two transactions that move the same items lock the rows in the same order and never deadlock.
  const skus = [...sums.keys()].sort();
  const rows = await tx.query(
    movedRow,
    `WITH moved AS (
       INSERT INTO stock AS s (location_id, sku, quantity)
       SELECT $1, c.sku, c.change FROM unnest($2::text[], $3::bigint[]) AS c (sku, change)
       ON CONFLICT (location_id, sku) DO UPDATE
         SET quantity = s.quantity + EXCLUDED.quantity${fromReservation ? ', reserved = s.reserved + EXCLUDED.quantity' : ''}
       RETURNING sku, quantity)
     SELECT m.sku, m.quantity, i.reorder_point, i.case_size
     FROM moved m LEFT JOIN items i ON i.sku = m.sku AND i.deleted_at IS NULL`,
    [locationId, skus, skus.map((sku) => sums.get(sku) ?? 0)],
  );
  const bySku = new Map(rows.map((row) => [row.sku, row]));
  const running = new Map(rows.map((row) => [row.sku, row.quantity - (sums.get(row.sku) ?? 0)]));
  const moved: Moved[] = [];
  const alerts: StockAlert[] = [];
  for (const movement of movements) {
    const { sku, change, referenceId } = movement;
    const oldQuantity = running.get(sku) ?? 0;
    const newQuantity = oldQuantity + change;
    running.set(sku, newQuantity);
    moved.push({ ...movement, oldQuantity, newQuantity });
    const { reorder_point: reorderPoint = null, case_size: caseSize = null } = bySku.get(sku) ?? {};
    if (
      reorderPoint !== null &&
      caseSize !== null &&
      crossesReorderPoint(oldQuantity, newQuantity, reorderPoint)
    ) {
      alerts.push({ kind: 'low_stock', sku, quantity: newQuantity, reorderPoint, caseSize });
    }
    if (oldQuantity >= 0 && newQuantity < 0)
      alerts.push({ kind: 'oversold', sku, quantity: newQuantity, referenceId });
  }
  return { moved, alerts };
}

/** The alert as an event of the log. The order is rounded up to whole cases. */
export function draftOfAlert(alert: StockAlert): DraftEvent {
  switch (alert.kind) {
    case 'low_stock':
      return draftOfSeedEvent({
        type: 'inventory.low_stock',
        sku: alert.sku,
        currentQuantity: alert.quantity,
        reorderPoint: alert.reorderPoint,
        suggestedOrderQuantity: suggestedOrder(alert.quantity, alert.reorderPoint, alert.caseSize).quantity,
      });
    case 'oversold':
      return draftOf({
        type: 'inventory.oversold',
        sku: alert.sku,
        currentQuantity: alert.quantity,
        referenceId: alert.referenceId,
      });
  }
}
