/** An event as it lies in `event_log` and travels in a batch: framed, numbered and chained. */
import { z } from 'zod';
import { instantSchema, locationIdSchema, terminalIdSchema } from '../identifiers.ts';

const hashSchema = z.string().regex(/^[0-9a-f]{64}$/, 'not a SHA-256');

/** `prev_hash` of the first event of a terminal. */
export const GENESIS_HASH = '0'.repeat(64);

export const eventRecordSchema = z.object({
  /** UUIDv7, made once, reused on every retry. */
  eventId: z.uuid(),
  terminalId: terminalIdSchema,
  /** 1, 2, 3 … per terminal without gaps. */
  seq: z.int().min(1),
  eventType: z
    .string()
    .regex(/^[a-z_]+\.[a-z_]+$/)
    .max(100),
  aggregateId: z.string().min(1).max(100),
  /** The terminal's UTC clock. Never used for order. */
  timestamp: instantSchema,
  locationId: locationIdSchema,
  /** Canonical JSON text of the seed's `data`. */
  payload: z.string().max(262_144),
  /**
   * The seed's `metadata` ("user_id, ip_address, etc."): who and what stood behind the event. Canonical JSON text. As long
   * as a payload may be: an `order.created` of 500 lines names each of them (`order-facts.ts`).
   */
  metadata: z.string().max(262_144),
  prevHash: hashSchema,
  hash: hashSchema,
});
export type EventRecord = z.infer<typeof eventRecordSchema>;

/** All that the hash covers, besides the previous hash. */
export type UnchainedEvent = Omit<EventRecord, 'prevHash' | 'hash'>;

/**
 * The text whose SHA-256 is the event's hash. An array, because its order is fixed; strings are JSON-escaped,
 * so that no two different events share a text.
 */
export function chainedText(event: UnchainedEvent, prevHash: string): string {
  return JSON.stringify([
    prevHash,
    event.eventId,
    event.terminalId,
    event.seq,
    event.eventType,
    event.aggregateId,
    event.timestamp,
    event.locationId,
    event.payload,
    event.metadata,
  ]);
}
