import { type DraftEvent, draftOfSeedEvent } from '#domain/events/holdfast-events.ts';
import type { StockReason } from '#domain/events/seed-events.ts';
import type { Moved } from './move-stock.ts';

/** The seed's `inventory.updated` of a movement that the server itself made. */
export function draftOfMoved(moved: Moved, reason: StockReason): DraftEvent {
  const { sku, change, oldQuantity, newQuantity, referenceId } = moved;
  return draftOfSeedEvent({
    type: 'inventory.updated',
    sku,
    oldQuantity,
    newQuantity,
    change,
    reason,
    referenceId,
  });
}
