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
  move(move: StockMove, movedAt: string): SeedEvent[];
}

export function stockWriter({ connection }: WriteHandle): StockWriter {
  const current = connection.prepare<[string], { quantity: number }>(
    'SELECT quantity FROM stock WHERE sku = ?',
  );
  const set = connection.prepare(`
    INSERT INTO stock (sku, quantity, is_low) VALUES (?, ?, ?)
    ON CONFLICT (sku) DO UPDATE SET quantity = excluded.quantity, is_low = excluded.is_low`);
  const record = connection.prepare(`
    INSERT INTO stock_movements (sku, change, quantity_after, reason, reference_id, moved_at) VALUES (?, ?, ?, ?, ?, ?)`);
  return {
    move({ sku, change, reason, referenceId, reorderPoint, caseSize }, movedAt) {
      const oldQuantity = current.get(sku)?.quantity ?? 0;
      const newQuantity = oldQuantity + change;
      set.run(sku, newQuantity, isLow(newQuantity, reorderPoint) ? 1 : 0);
      record.run(sku, change, newQuantity, reason, referenceId, movedAt);
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
