/** Appends to the terminal's own history. The head is read inside the caller's transaction, so the chain cannot fork. */
import { type JsonValue, canonicalJson } from '#domain/events/canonical-json.ts';
import { encodeEventData } from '#domain/events/event-wire.ts';
import { type SeedEvent, aggregateIdOf } from '#domain/events/seed-events.ts';
import { type ChainHead, chainEvent } from '#sync/protocol/hash-chain.ts';
import { newEventId } from './event-id.ts';
import type { WriteHandle } from './handles.ts';
import { prepareAppendHead } from './recovery.ts';

/** Who writes, and where. The same for all events of one transaction. */
export interface EventOrigin {
  readonly terminalId: string;
  readonly locationId: string;
  /** UTC instant */
  readonly timestamp: string;
  /** The seed's metadata: user_id, channel … */
  readonly metadata: Readonly<Record<string, JsonValue>>;
}

export interface EventLog {
  /** What the next event continues. */
  head(): ChainHead;
  /**
   * Must be called inside a transaction of the same handle. Each `inventory.updated` leaves its row in `stock_movements`:
   * by its number, and by nothing else, it can be told later whether the server's figure has it.
   */
  append(events: readonly SeedEvent[], origin: EventOrigin): void;
}

export function eventLogOf(store: WriteHandle): EventLog {
  const headQuery = prepareAppendHead(store);
  // Bound by position: at nine rows a sale, drizzle's named placeholders would cost more than SQLite's insert.
  const insert = store.connection.prepare(`
    INSERT INTO event_log (event_type, aggregate_id, timestamp, location_id, payload, metadata,
                           event_id, terminal_id, seq, prev_hash, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const insertMovement = store.connection.prepare(`
    INSERT INTO stock_movements (sku, change, quantity_after, reason, reference_id, moved_at, seq)
    VALUES (?, ?, ?, ?, ?, ?, ?)`);
  return {
    head: headQuery,
    append(events, origin) {
      let head = headQuery();
      const metadata = canonicalJson(origin.metadata);
      for (const event of events) {
        const record = chainEvent(
          {
            eventId: newEventId(),
            terminalId: origin.terminalId,
            seq: head.seq + 1,
            eventType: event.type,
            aggregateId: aggregateIdOf(event),
            timestamp: origin.timestamp,
            locationId: origin.locationId,
            payload: canonicalJson(encodeEventData(event)),
            metadata,
          },
          head.hash,
        );
        insert.run(
          record.eventType,
          record.aggregateId,
          record.timestamp,
          record.locationId,
          record.payload,
          record.metadata,
          record.eventId,
          record.terminalId,
          record.seq,
          record.prevHash,
          record.hash,
        );
        if (event.type === 'inventory.updated') {
          insertMovement.run(
            event.sku,
            event.change,
            event.newQuantity,
            event.reason,
            event.referenceId,
            record.timestamp,
            record.seq,
          );
        }
        head = { seq: record.seq, hash: record.hash };
      }
    },
  };
}
