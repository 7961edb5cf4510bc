/** The services of a shop on a database, without HTTP, and tills that send batches: for tests of what they do together. */
import { z } from 'zod';
import type { EventRecord } from '#domain/events/event-record.ts';
import { readCatalogueFacts } from '../catalogue/catalogue-facts.ts';
import type { Database } from '../database/database.ts';
import { requestKeyOf } from '../http/idempotency.ts';
import { ingestBatch } from '../ingest/ingest-batch.ts';
import { readStock } from '../inventory/read-stock.ts';
import { createStockService } from '../inventory/stock-service.ts';
import { type EventLog, createEventLog } from '../log/event-log.ts';
import { OrderError } from '../orders/order-failure.ts';
import { createOrderService } from '../orders/order-service.ts';
import { createRefundService } from '../orders/refund-service.ts';
import { cashProvider } from '../payments/cash-provider.ts';
import { enrolTerminal } from '../terminals/terminals.ts';
import { type EventSource, eventSource, pushOf } from './sale-events.ts';
import { silentBus } from './silent-bus.ts';

export interface Quantities {
  readonly sku: string;
  readonly quantity: number;
}

export interface Till extends EventSource {
  /** Sends them as one batch, which must be taken. */
  push(events: readonly EventRecord[]): Promise<void>;
  /** One batch of sales: each change is one `inventory.updated`. */
  move(...changes: readonly { readonly sku: string; readonly change: number }[]): Promise<void>;
  /** The event of one movement, by the till's own count of that item. */
  moved(sku: string, change: number): EventRecord;
}

export interface SmallBusiness {
  readonly log: EventLog;
  till(terminalId: string, locationId: string): Promise<Till>;
  /** Paid in cash. Undefined when there is not enough; other refusals are thrown. */
  order(locationId: string, items: readonly Quantities[]): Promise<string | undefined>;
  /** All that can still come back. */
  refund(orderId: string, restock?: boolean): Promise<void>;
  restock(locationId: string, sku: string, change: number): Promise<void>;
  adjust(locationId: string, sku: string, change: number): Promise<void>;
  transfer(from: string, to: string, items: readonly Quantities[]): Promise<void>;
  /** SKU → quantity */
  quantities(locationId: string): Promise<Record<string, number>>;
  /** What the server itself told of the location, in its order. */
  told(
    locationId: string,
    types: readonly string[],
  ): Promise<{ readonly type: string; readonly data: unknown }[]>;
}

const toldRow = z.object({ type: z.string(), data: z.unknown() });

export function smallBusiness(database: Database): SmallBusiness {
  const log = createEventLog(database, silentBus());
  const now = () => new Date();
  const providerOf = () => ({ ok: true, provider: cashProvider }) as const;
  const orders = createOrderService({ database, log, providerOf, readFacts: readCatalogueFacts, now });
  const refunds = createRefundService({ database, log, providerOf, now });
  const stock = createStockService(database, log, now);
  let keys = 0;
  const newKey = () => {
    keys += 1;
    return requestKeyOf('test', `key-${keys}`, 'test', {});
  };
  const move = async (
    reason: 'restock' | 'adjustment',
    locationId: string,
    sku: string,
    change: number,
  ): Promise<void> => {
    const movements = [{ sku, change, referenceId: 'PAPER-1' }];
    await stock.move({ locationId, reason, movements, movedBy: 'test' }, newKey());
  };

  return {
    log,
    async till(terminalId, locationId) {
      const terminal = await enrolTerminal(database, terminalId, locationId, now());
      if (terminal === 'location_differs') throw new Error(`${terminalId} is somewhere else`);
      const source = eventSource(terminalId, locationId);
      const counted = new Map<string, number>();
      const moved = (sku: string, change: number) => {
        const oldQuantity = counted.get(sku) ?? 100;
        const newQuantity = oldQuantity + change;
        counted.set(sku, newQuantity);
        return source.nextSeed({
          type: 'inventory.updated',
          sku,
          oldQuantity,
          newQuantity,
          change,
          reason: 'sale',
          referenceId: `${terminalId}-SALE`,
        });
      };
      const push = async (events: readonly EventRecord[]) => {
        const reply = await ingestBatch(log, terminal, pushOf(events));
        if (!reply.ok) throw new Error(`${reply.code}: ${reply.message}`);
      };
      return {
        ...source,
        moved,
        push,
        move: (...changes) => push(changes.map(({ sku, change }) => moved(sku, change))),
      };
    },
    async order(locationId, items) {
      try {
        const { order } = await orders.place(
          {
            locationId,
            channel: 'web',
            customerId: null,
            items,
            instrument: { provider: 'cash' },
            ageVerified: true,
            expectedTotal: undefined,
            placedBy: 'test',
          },
          newKey(),
        );
        return order.order_id;
      } catch (error) {
        if (error instanceof OrderError && error.refusal.code === 'out_of_stock') return undefined;
        throw error;
      }
    },
    async refund(orderId, restock = true) {
      await refunds.refund(
        { orderId, items: undefined, reason: 'test', restock, requestedBy: 'test' },
        newKey(),
      );
    },
    restock: (locationId, sku, change) => move('restock', locationId, sku, change),
    adjust: (locationId, sku, change) => move('adjustment', locationId, sku, change),
    async transfer(fromLocationId, toLocationId, items) {
      await stock.transfer(
        { fromLocationId, toLocationId, items, referenceId: 'PAPER-2', movedBy: 'test' },
        newKey(),
      );
    },
    async quantities(locationId) {
      const rows = await readStock(database, locationId);
      return Object.fromEntries(rows.map(({ sku, quantity }) => [sku, quantity]));
    },
    told: (locationId, types) =>
      database.query(
        toldRow,
        `SELECT e.event_type AS type, e.payload AS data FROM event_log e JOIN terminals t USING (terminal_id)
         WHERE t.kind = 'server' AND t.location_id = $1 AND e.event_type = ANY($2) ORDER BY e.seq`,
        [locationId, [...types]],
      ),
  };
}
