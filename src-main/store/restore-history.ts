/**
 * Takes events of this terminal back into its log, from the server or from a database that was damaged, together with what
 * they say about orders, payments, receipt numbers and movements of stock.
 */
import type { EventRecord } from '#domain/events/event-record.ts';
import { inventoryUpdatedDataSchema } from '#domain/events/event-wire.ts';
import { findChainBreak } from '#sync/protocol/hash-chain.ts';
import type { WriteHandle } from './handles.ts';
import { orderRebuilder } from './rebuild-order.ts';
import { PROVISIONAL_FROM, prepareHead } from './recovery.ts';

/** As `Outbox.restore`: one transaction; the events are in the log as processed. */
export type RestoreHistory = (events: readonly EventRecord[], at: string) => void;

export function historyRestorer(store: WriteHandle): RestoreHistory {
  const take = eventTaker(store);
  return (events, at) =>
    store.transaction(() => {
      take(events, at);
    });
}

/**
 * For a caller that has more to write in its transaction. A backup may have been made while these events waited for their number
 * (`recovery.ts`): the ones of it go, or they would be given a second number and sent twice.
 * @returns the ids of those: what they say of the stock is in its figures
 * @throws {Error} when the events do not continue the head: whoever brings them has to look first
 */
export function eventTaker(
  store: WriteHandle,
): (events: readonly EventRecord[], processedAt: string | null) => ReadonlySet<string> {
  const { connection } = store;
  const head = prepareHead(store);
  const rebuildOrder = orderRebuilder(store);
  const insert = connection.prepare(`
    INSERT INTO event_log (event_type, aggregate_id, timestamp, location_id, payload, metadata,
                           event_id, terminal_id, seq, prev_hash, hash, processed, processed_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  // The figure in `stock` stays: the server tells it anew, with what it has from here in it.
  const insertMovement = connection.prepare(`
    INSERT INTO stock_movements (sku, change, quantity_after, reason, reference_id, moved_at, seq)
    VALUES (?, ?, ?, ?, ?, ?, ?)`);

  const waiting = store.prepareRead<[], { readonly eventId: string; readonly seq: number }>(
    `SELECT event_id AS eventId, seq FROM event_log WHERE seq > ${PROVISIONAL_FROM}`,
  );
  const dropWaiting = connection.prepare('DELETE FROM event_log WHERE seq = ?');
  const dropMovement = connection.prepare('DELETE FROM stock_movements WHERE seq = ?');

  function moveStock(event: EventRecord): void {
    const movement = inventoryUpdatedDataSchema.safeParse(dataOf(event)).data;
    if (!movement) return;
    const { sku, change, newQuantity, reason, referenceId } = movement;
    insertMovement.run(sku, change, newQuantity, reason, referenceId, event.timestamp, event.seq);
  }

  return (events, processedAt) => {
    const broken = findChainBreak(head(), events);
    if (broken) {
      throw new Error(
        `The events that come back do not continue the till's history: event ${broken.seq}, ${broken.code}.`,
      );
    }
    const numbers = new Map(waiting.all().map(({ eventId, seq }) => [eventId, seq]));
    const wereWaiting = new Set<string>();
    for (const event of events) {
      const number = numbers.get(event.eventId);
      if (number !== undefined) {
        dropWaiting.run(number);
        dropMovement.run(number);
        wereWaiting.add(event.eventId);
      }
      insert.run(
        event.eventType,
        event.aggregateId,
        event.timestamp,
        event.locationId,
        event.payload,
        event.metadata,
        event.eventId,
        event.terminalId,
        event.seq,
        event.prevHash,
        event.hash,
        processedAt === null ? 0 : 1,
        processedAt,
      );
      if (event.eventType === 'inventory.updated') moveStock(event);
      else rebuildOrder(event);
    }
    return wereWaiting;
  };
}

/** undefined, which no event's data is, for a text that is no JSON: the server has quarantined that one too. */
function dataOf({ payload }: EventRecord): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
