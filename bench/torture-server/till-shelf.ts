/** What a till believes to be on its shelf, and the events that it makes of it, as the real till does (`stock-writer.ts`). */
import type { SeedEvent, StockReason } from '#domain/events/seed-events.ts';
import { crossesReorderPoint, suggestedOrder } from '#domain/stock/reorder.ts';
import { FACTS } from './wares.ts';

export interface TillShelf {
  move(sku: string, change: number, reason: StockReason, referenceId: string): SeedEvent[];
  /** What there are so few of that somebody brings more. */
  runningOut(): readonly string[];
}

/** One till of several: it does not see what the others sell, so its old and new quantities say nothing. */
export function blindShelf(): TillShelf {
  const oldQuantity = 100;
  return {
    move: (sku, change, reason, referenceId) => [
      {
        type: 'inventory.updated',
        sku,
        oldQuantity,
        newQuantity: oldQuantity + change,
        change,
        reason,
        referenceId,
      },
    ],
    runningOut: () => [],
  };
}

/**
 * The only till of a shop: what it believes is true, and it says so itself when an item runs low.
 * @param onLow told of each crossing of a reorder point
 */
export function ownShelf(onLow: (sku: string) => void): TillShelf {
  const quantities = new Map<string, number>();
  return {
    move(sku, change, reason, referenceId) {
      const oldQuantity = quantities.get(sku) ?? 0;
      const newQuantity = oldQuantity + change;
      quantities.set(sku, newQuantity);
      const events: SeedEvent[] = [
        { type: 'inventory.updated', sku, oldQuantity, newQuantity, change, reason, referenceId },
      ];
      const item = FACTS.items.get(sku);
      if (item !== undefined && crossesReorderPoint(oldQuantity, newQuantity, item.reorderPoint)) {
        const { reorderPoint, caseSize } = item;
        const { quantity: suggestedOrderQuantity } = suggestedOrder(newQuantity, reorderPoint, caseSize);
        events.push({
          type: 'inventory.low_stock',
          sku,
          currentQuantity: newQuantity,
          reorderPoint,
          suggestedOrderQuantity,
        });
        onLow(sku);
      }
      return events;
    },
    runningOut: () => [...quantities].flatMap(([sku, quantity]) => (quantity <= RUNNING_OUT ? [sku] : [])),
  };
}

/** Below the reorder point, so that bringing more crosses it upwards. */
const RUNNING_OUT = 25;
