/** What the events of a terminal say of the stock: what moved, and its own word on which items ran low. */
import { z } from 'zod';
import type { JsonValue } from '#domain/events/canonical-json.ts';
import { versionIn, versionRefusal } from '#domain/events/event-versions.ts';
import type { EventRecord } from '#domain/events/event-record.ts';
import { draftOf } from '#domain/events/holdfast-events.ts';
import { inventoryUpdatedDataSchema } from '#domain/events/event-wire.ts';
import { skuSchema } from '#domain/identifiers.ts';
import type { LogTransaction } from '../log/event-log.ts';
import type { LoggedEvent } from '../log/log-reader.ts';
import { type Movement, type StockAlert, draftOfAlert, moveStock } from './move-stock.ts';

export const STOCK_SUBSCRIBER = 'stock';

/** A billion bottles: larger changes are damage, and their sum could pass what the column holds. */
const MAX_CHANGE = 1_000_000_000;

export interface UnreadableEvent {
  readonly seq: number;
  readonly eventId: string;
  readonly reason: string;
}

export interface WordsOfBatch {
  /** In the order in which they happened. */
  readonly movements: readonly Movement[];
  /** Kept in the log, without effect on the stock, shown as dead letters. */
  readonly unreadable: readonly UnreadableEvent[];
  /** {@link lowStockKey} of each `inventory.low_stock` in the batch. */
  readonly reportedLow: readonly string[];
}

const movementSchema = inventoryUpdatedDataSchema.refine(
  ({ sku, change }) => skuSchema.safeParse(sku).success && Math.abs(change) <= MAX_CHANGE,
  'the SKU or the change is out of range',
);
const lowStockSchema = z.object({ sku: z.string(), current_quantity: z.int() });

/** What one event of a terminal says of the stock. */
export type StockWord =
  | { readonly kind: 'moved'; readonly movement: Movement }
  /** that its own view came to the reorder point: {@link lowStockKey} */
  | { readonly kind: 'ran_low'; readonly key: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** @param read the values of its texts; the payload only of the stock's events */
export function readStockWord(
  { eventType, aggregateId }: EventRecord,
  { data, version }: { readonly data: JsonValue | undefined; readonly version: JsonValue },
): StockWord | undefined {
  switch (eventType) {
    case 'inventory.updated': {
      const movement = readMovement(aggregateId, data, version);
      return typeof movement === 'string'
        ? { kind: 'unreadable', reason: movement }
        : { kind: 'moved', movement };
    }
    case 'inventory.low_stock': {
      const parsed = lowStockSchema.safeParse(data);
      return parsed.success
        ? { kind: 'ran_low', key: lowStockKey(parsed.data.sku, parsed.data.current_quantity) }
        : undefined;
    }
    default:
      return undefined;
  }
}

interface SpokenEvent {
  readonly record: EventRecord;
  readonly stock: StockWord | undefined;
}

export function gatherWords(events: readonly SpokenEvent[]): WordsOfBatch {
  const movements: Movement[] = [];
  const unreadable: UnreadableEvent[] = [];
  const reportedLow: string[] = [];
  for (const { record, stock } of events) {
    switch (stock?.kind) {
      case 'moved':
        movements.push(stock.movement);
        break;
      case 'ran_low':
        reportedLow.push(stock.key);
        break;
      case 'unreadable':
        unreadable.push({ seq: record.seq, eventId: record.eventId, reason: stock.reason });
        break;
      case undefined:
        break;
    }
  }
  return { movements, unreadable, reportedLow };
}

/** The movement, or why there is none. */
function readMovement(aggregateId: string, data: unknown, version: JsonValue): Movement | string {
  const refusal = versionRefusal('inventory.updated', version);
  if (refusal !== undefined) return refusal.message;
  const parsed = movementSchema.safeParse(data);
  if (!parsed.success) return firstIssue(parsed.error);
  const { sku, change, referenceId } = parsed.data;
  // Who follows the log goes by what an event is about: a movement of another item would be told to nobody.
  return sku === aggregateId ? { sku, change, referenceId } : `it is about ${aggregateId} and moves ${sku}`;
}

/** Takes a movement that was parked: a later version may read what an earlier one could not. */
export async function takeMovement(tx: LogTransaction, event: LoggedEvent): Promise<void> {
  const movement = readMovement(event.aggregate_id, event.payload, versionIn(event.metadata));
  if (typeof movement === 'string') throw new Error(movement);
  const { alerts, moved } = await moveStock(tx, event.location_id, [movement]);
  // The movement itself lies far back in the log, where no till looks again: what the stock is now must be told anew.
  const restated = moved.map(({ sku, newQuantity }) =>
    draftOf({ type: 'inventory.restated', sku, currentQuantity: newQuantity }),
  );
  await tx.append({ locationId: event.location_id, now: new Date(), metadata: { user_id: 'server' } }, [
    ...restated,
    ...alerts.map(draftOfAlert),
  ]);
}

/** The alerts of a batch without those that its terminal has told of: each event of its own counts for one crossing. */
export function unreportedAlerts(
  alerts: readonly StockAlert[],
  reportedLow: readonly string[],
): readonly StockAlert[] {
  const reported = [...reportedLow];
  return alerts.filter((alert) => {
    if (alert.kind !== 'low_stock') return true;
    const index = reported.indexOf(lowStockKey(alert.sku, alert.quantity));
    if (index === -1) return true;
    reported.splice(index, 1);
    return false;
  });
}

/** One crossing, whoever reports it: the item and what was left. */
function lowStockKey(sku: string, quantity: number): string {
  return `${sku} ${quantity}`;
}

function firstIssue(error: { readonly issues: readonly { path: PropertyKey[]; message: string }[] }): string {
  const [issue] = error.issues;
  return issue === undefined
    ? 'unreadable'
    : `${issue.path.map(String).join('.') || 'data'}: ${issue.message}`;
}
