/** Movements that people and programs report: deliveries, counts, transfers. Each is in the log with who did it. */
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { draftOf } from '#domain/events/holdfast-events.ts';
import type { StockReason } from '#domain/events/seed-events.ts';
import type { Database, Queryable } from '../database/database.ts';
import { type RequestKey, makeOnce } from '../http/idempotency.ts';
import type { EventLog, LogTransaction } from '../log/event-log.ts';
import { type Movement, draftOfAlert, moveStock } from './move-stock.ts';
import { draftOfMoved } from './moved-event.ts';
import { type StockDifference, rebuildStock } from './rebuild-stock.ts';
import { type Shortage, type Wanted, findShortages } from './reservation.ts';

export type StockRefusal =
  | { readonly code: 'unknown_item'; readonly skus: readonly string[] }
  | { readonly code: 'out_of_stock'; readonly short: readonly Shortage[] }
  | { readonly code: 'idempotency_key_reused' };

export class StockError extends Error {
  readonly refusal: StockRefusal;

  constructor(refusal: StockRefusal) {
    super(refusal.code);
    this.name = 'StockError';
    this.refusal = refusal;
  }
}

export interface MovementRequest {
  readonly locationId: string;
  readonly reason: Extract<StockReason, 'restock' | 'adjustment'>;
  readonly movements: readonly Movement[];
  readonly movedBy: string;
}

export interface TransferRequest {
  readonly fromLocationId: string;
  readonly toLocationId: string;
  readonly items: readonly Wanted[];
  readonly referenceId: string;
  readonly movedBy: string;
}

export interface Recorded {
  readonly movementId: string;
  readonly replayed: boolean;
}

export interface StockService {
  /** @throws {StockError} with nothing changed */
  move(request: MovementRequest, key: RequestKey): Promise<Recorded>;
  /** @throws {StockError} with nothing changed */
  transfer(request: TransferRequest, key: RequestKey): Promise<Recorded>;
  /** Makes the stock anew from the log, and tells of each figure that was wrong: the tills have it wrong as well. */
  rebuild(rebuiltBy: string): Promise<StockDifference[]>;
}

export function createStockService(database: Database, log: EventLog, now: () => Date): StockService {
  async function once(
    key: RequestKey,
    work: (tx: LogTransaction, movementId: string) => Promise<void>,
  ): Promise<Recorded> {
    const newId = `MOV-${uuidv7()}`;
    const made = await makeOnce(log, database, key, newId, (tx) => work(tx, newId));
    if (made.kind === 'reused') throw new StockError({ code: 'idempotency_key_reused' });
    return { movementId: made.id, replayed: made.replayed };
  }

  async function record(
    tx: LogTransaction,
    parts: readonly { readonly locationId: string; readonly movements: readonly Movement[] }[],
    reason: StockReason,
    metadata: { readonly user_id: string; readonly movement_id: string },
  ): Promise<void> {
    // Locations in their order, all stock before all chains: two transfers that cross each other do not deadlock.
    const inOrder = [...parts].sort((a, b) => (a.locationId < b.locationId ? -1 : 1));
    const told: { locationId: string; drafts: ReturnType<typeof draftOfMoved>[] }[] = [];
    for (const { locationId, movements } of inOrder) {
      const { moved, alerts } = await moveStock(tx, locationId, movements);
      told.push({
        locationId,
        drafts: [...moved.map((movement) => draftOfMoved(movement, reason)), ...alerts.map(draftOfAlert)],
      });
    }
    for (const { locationId, drafts } of told) await tx.append({ locationId, now: now(), metadata }, drafts);
  }

  return {
    move: ({ locationId, reason, movements, movedBy }, key) =>
      once(key, async (tx, movementId) => {
        await requireItems(
          tx,
          movements.map(({ sku }) => sku),
        );
        const metadata = { user_id: movedBy, movement_id: movementId };
        await record(tx, [{ locationId, movements }], reason, metadata);
      }),

    transfer: ({ fromLocationId, toLocationId, items, referenceId, movedBy }, key) =>
      once(key, async (tx, movementId) => {
        await requireItems(
          tx,
          items.map(({ sku }) => sku),
        );
        const movements = (sign: 1 | -1) =>
          items.map(({ sku, quantity }) => ({ sku, change: sign * quantity, referenceId }));
        const parts = [
          { locationId: fromLocationId, movements: movements(-1) },
          { locationId: toLocationId, movements: movements(1) },
        ];
        await lockInOrder(tx, parts, items);
        const short = await findShortages(tx, fromLocationId, items);
        if (short.length > 0) throw new StockError({ code: 'out_of_stock', short });
        await record(tx, parts, 'transfer', { user_id: movedBy, movement_id: movementId });
      }),

    rebuild: (rebuiltBy) =>
      log.write(async (tx) => {
        const differences = await rebuildStock(tx);
        for (const [locationId, wrong] of Map.groupBy(differences, (one) => one.location_id)) {
          const drafts = wrong.map(({ sku, in_log: quantity }) =>
            draftOf({ type: 'inventory.restated', sku, currentQuantity: quantity ?? 0 }),
          );
          await tx.append({ locationId, now: now(), metadata: { user_id: rebuiltBy } }, drafts);
        }
        return differences;
      }),
  };
}

/**
 * The rows of both locations before one of them is judged: otherwise two transfers could each wait for the other. Also
 * those that are not there yet: a row that comes later in its order, made when rows behind it are locked already, and a
 * delivery of the same items would each wait for the other.
 */
async function lockInOrder(
  tx: Queryable,
  parts: readonly { readonly locationId: string }[],
  items: readonly Wanted[],
): Promise<void> {
  const locations = parts.map(({ locationId }) => locationId).sort();
  const skus = items.map(({ sku }) => sku).sort();
  for (const location of locations) {
    await tx.execute(
      `INSERT INTO stock AS s (location_id, sku, quantity) SELECT $1, w.sku, 0 FROM unnest($2::text[]) AS w (sku)
       ON CONFLICT (location_id, sku) DO UPDATE SET quantity = s.quantity`,
      [location, skus],
    );
  }
}

async function requireItems(tx: Queryable, skus: readonly string[]): Promise<void> {
  const rows = await tx.query(
    z.object({ sku: z.string() }),
    'SELECT sku FROM items WHERE sku = ANY($1) AND deleted_at IS NULL',
    [[...skus]],
  );
  const known = new Set(rows.map(({ sku }) => sku));
  const unknown = skus.filter((sku) => !known.has(sku));
  if (unknown.length > 0) throw new StockError({ code: 'unknown_item', skus: unknown });
}
