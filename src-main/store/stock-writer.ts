/** This terminal's view of the stock, moved only together with the event that says so. */
import type { SeedEvent } from '#domain/events/seed-events.ts';
import { crossesReorderPoint, isLow, suggestedOrder } from '#domain/stock/reorder.ts';
import type { WriteHandle } from './handles.ts';

export interface StockMove {
  readonly sku: string;
  readonly change: number;
  readonly reason: 'sale' | 'adjustment';
  /** Order or import that caused it. */
  readonly referenceId: string;
  readonly reorderPoint: number;
  readonly caseSize: number;
}

export interface StockWriter {
  /** Moves the stock inside the caller's transaction; returns the events that must be appended in it. */
  move(move: StockMove): SeedEvent[];
}

export function stockWriter({ connection }: WriteHandle): StockWriter {
  // One statement reads and writes: what it returns is the quantity that stands on the disk.
  const add = connection
    .prepare<unknown[], number>(
      `INSERT INTO stock (sku, quantity, is_low) VALUES (?, ?, ?)
       ON CONFLICT (sku) DO UPDATE SET quantity = stock.quantity + excluded.quantity
       RETURNING quantity`,
    )
    .pluck();
  const flag = connection.prepare('UPDATE stock SET is_low = ? WHERE sku = ?');
  return {
    move({ sku, change, reason, referenceId, reorderPoint, caseSize }) {
      const newQuantity = add.get(sku, change, isLow(change, reorderPoint) ? 1 : 0) ?? change;
      const oldQuantity = newQuantity - change;
      const low = isLow(newQuantity, reorderPoint);
      if (low !== isLow(oldQuantity, reorderPoint)) flag.run(low ? 1 : 0, sku);
      const events: SeedEvent[] = [
        { type: 'inventory.updated', sku, oldQuantity, newQuantity, change, reason, referenceId },
      ];
      if (crossesReorderPoint(oldQuantity, newQuantity, reorderPoint)) {
        events.push({
          type: 'inventory.low_stock',
          sku,
          currentQuantity: newQuantity,
          reorderPoint,
          suggestedOrderQuantity: suggestedOrder(newQuantity, reorderPoint, caseSize).quantity,
        });
      }
      return events;
    },
  };
}
