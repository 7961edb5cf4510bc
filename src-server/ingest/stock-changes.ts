/** What a batch does to the stock: the sum of the changes per SKU. */
import { inventoryUpdatedDataSchema } from '#domain/events/event-wire.ts';
import { skuSchema } from '#domain/identifiers.ts';
import type { CheckedEvent } from './check-batch.ts';

export const STOCK_SUBSCRIBER = 'stock';

/** A billion bottles: larger changes are damage, and their sum could pass what the column holds. */
const MAX_CHANGE = 1_000_000_000;

export interface StockChange {
  readonly sku: string;
  readonly change: number;
  /** event id of the last event that moved it */
  readonly updatedBy: string;
}

export interface UnreadableEvent {
  readonly eventId: string;
  readonly reason: string;
}

export interface StockOutcome {
  /** Sorted by SKU: two terminals that sell the same items lock the rows in the same order and never deadlock. */
  readonly changes: readonly StockChange[];
  /** Kept in the log, without effect on the stock, shown as dead letters. */
  readonly unreadable: readonly UnreadableEvent[];
}

export function sumStockChanges(events: readonly CheckedEvent[]): StockOutcome {
  const bySku = new Map<string, StockChange>();
  const unreadable: UnreadableEvent[] = [];
  for (const { record, data } of events) {
    if (record.eventType !== 'inventory.updated') continue;
    const movement = inventoryUpdatedDataSchema.safeParse(data);
    if (!movement.success) {
      unreadable.push({ eventId: record.eventId, reason: firstIssue(movement.error) });
      continue;
    }
    const { sku, change } = movement.data;
    if (!skuSchema.safeParse(sku).success || Math.abs(change) > MAX_CHANGE) {
      unreadable.push({ eventId: record.eventId, reason: 'the SKU or the change is out of range' });
      continue;
    }
    const sum = (bySku.get(sku)?.change ?? 0) + change;
    bySku.set(sku, { sku, change: sum, updatedBy: record.eventId });
  }
  const changes = [...bySku.values()].sort((a, b) => (a.sku < b.sku ? -1 : 1));
  return { changes, unreadable };
}

function firstIssue(error: { readonly issues: readonly { path: PropertyKey[]; message: string }[] }): string {
  const [issue] = error.issues;
  return issue === undefined
    ? 'unreadable'
    : `${issue.path.map(String).join('.') || 'data'}: ${issue.message}`;
}
