/** Rows of `event_log` and what they become: the record that was hashed, or the seed's envelope. */
import { z } from 'zod';
import { type JsonValue, canonicalJson } from '#domain/events/canonical-json.ts';
import type { EventRecord } from '#domain/events/event-record.ts';
import { upcast } from '#domain/events/event-versions.ts';

/** JSONB of our own tables is JSON: to walk through it again costs more than all else that is done with an event. */
const jsonSchema = z.custom<JsonValue>((value) => value !== undefined);

export const storedEventRow = z.object({
  event_id: z.string(),
  event_type: z.string(),
  aggregate_id: z.string(),
  timestamp: z.date(),
  location_id: z.string(),
  payload: jsonSchema,
  metadata: jsonSchema,
  terminal_id: z.string(),
  seq: z.int(),
  prev_hash: z.string(),
  hash: z.string(),
});
export type StoredEventRow = z.infer<typeof storedEventRow>;

export const STORED_EVENT_COLUMNS =
  'event_id, event_type, aggregate_id, timestamp, location_id, payload, metadata, terminal_id, seq, prev_hash, hash';

/** The record as the terminal made it: JSONB forgets the text, canonical JSON gives it back. */
export function toEventRecord(row: StoredEventRow): EventRecord {
  return {
    eventId: row.event_id,
    terminalId: row.terminal_id,
    seq: row.seq,
    eventType: row.event_type,
    aggregateId: row.aggregate_id,
    timestamp: row.timestamp.toISOString(),
    locationId: row.location_id,
    payload: canonicalJson(row.payload),
    metadata: canonicalJson(row.metadata),
    prevHash: row.prev_hash,
    hash: row.hash,
  };
}

/** What the seed's envelope is made of. */
interface EnvelopeParts {
  readonly eventType: string;
  readonly aggregateId: string;
  readonly timestamp: string;
  readonly locationId: string;
  readonly data: JsonValue;
  readonly metadata: JsonValue;
}

/** The seed's envelope, in its key order. */
function envelopeOf(event: EnvelopeParts): Record<string, JsonValue> {
  const [family] = event.eventType.split('.');
  const aboutOrder = family === 'order' || family === 'payment';
  const channel = event.eventType === 'order.created' ? channelOf(event.metadata) : undefined;
  return {
    event: event.eventType,
    ...(aboutOrder ? { order_id: event.aggregateId } : {}),
    timestamp: event.timestamp,
    // The seed's payment events know their order only.
    ...(family === 'payment' ? {} : { location_id: event.locationId }),
    ...(channel === undefined ? {} : { channel }),
    data: event.data,
  };
}

/** What goes over the bus. */
export function envelopeOfRecord(record: EventRecord): Record<string, JsonValue> {
  return envelopeOf({
    ...record,
    data: jsonSchema.parse(JSON.parse(record.payload)),
    metadata: jsonSchema.parse(JSON.parse(record.metadata)),
  });
}

/** The envelope, and beside it under `record` what the seed does not have. */
export function toEnvelope(row: StoredEventRow): Record<string, JsonValue> {
  return { ...envelopeOfRow(row), record: recordOf(row) };
}

/**
 * The envelope as if the current Holdfast had written the event: for `decodeEvent`. The log and the bus have it as it was made.
 * @throws {EventVersionError} for an event of a version that this server does not know
 */
export function toCurrentEnvelope(row: StoredEventRow): Record<string, JsonValue> {
  return toEnvelope({ ...row, ...upcast(row.event_type, row) });
}

/** For whoever watches the server: with the seed's `processed`, which here is no column but where the subscribers stand. */
export function toFollowedEnvelope(
  row: StoredEventRow & { readonly processed: boolean },
): Record<string, JsonValue> {
  return { ...envelopeOfRow(row), record: { ...recordOf(row), processed: row.processed } };
}

function envelopeOfRow(row: StoredEventRow): Record<string, JsonValue> {
  return envelopeOf({
    eventType: row.event_type,
    aggregateId: row.aggregate_id,
    timestamp: row.timestamp.toISOString(),
    locationId: row.location_id,
    data: row.payload,
    metadata: row.metadata,
  });
}

function recordOf(row: StoredEventRow): Record<string, JsonValue> {
  return {
    event_id: row.event_id,
    terminal_id: row.terminal_id,
    seq: row.seq,
    prev_hash: row.prev_hash,
    hash: row.hash,
    metadata: row.metadata,
  };
}

const metadataSchema = z.looseObject({ channel: z.string().optional() });

function channelOf(metadata: JsonValue): string | undefined {
  const parsed = metadataSchema.safeParse(metadata);
  return parsed.success ? parsed.data.channel : undefined;
}
