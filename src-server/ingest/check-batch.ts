/**
 * What can be known of a batch without the database: it is from this terminal, every event can be stored and read
 * back to the same text, and the events are one unbroken run. Done before the transaction, so that the terminal's
 * row is locked for the inserts alone.
 */
import type { EventRecord } from '#domain/events/event-record.ts';
import { type JsonValue, canonicalJson } from '#domain/events/canonical-json.ts';
import { findChainBreak } from '#sync/hash-chain.ts';
import type { PushReply, PushRequest } from '#sync/protocol/messages.ts';

/** Deeper JSON is refused: reading it is recursive here and in PostgreSQL, and in PGlite the stack is small. */
const MAX_DEPTH = 64;

export interface CheckedEvent {
  readonly record: EventRecord;
  /** the payload's value */
  readonly data: JsonValue;
}

export type Refusal = Extract<PushReply, { ok: false }>;

export function refuse(code: Refusal['code'], message: string): Refusal {
  return { ok: false, code, message };
}

/** The events with their payloads read, or why the batch is refused. */
export function checkBatch(
  terminal: { readonly terminalId: string; readonly locationId: string },
  request: PushRequest,
): readonly CheckedEvent[] | Refusal {
  const { events } = request;
  const [first] = events;
  if (first === undefined) return refuse('malformed', 'The batch is empty');
  if (request.terminalId !== terminal.terminalId) return foreign(request.terminalId, terminal.terminalId);
  if (first.seq !== request.from) {
    return refuse(
      'malformed',
      `The batch says it starts at ${request.from}, but its first event is ${first.seq}`,
    );
  }
  const checked: CheckedEvent[] = [];
  for (const record of events) {
    if (record.terminalId !== terminal.terminalId) return foreign(record.terminalId, terminal.terminalId);
    if (record.locationId !== terminal.locationId) return foreign(record.locationId, terminal.locationId);
    const data = readStorable(record);
    if (data === undefined) {
      return refuse(
        'malformed',
        `Event ${record.seq} (${record.eventId}) is not text that can be stored unchanged`,
      );
    }
    checked.push({ record, data });
  }
  const broken = findChainBreak({ seq: first.seq - 1, hash: first.prevHash }, events);
  if (broken !== undefined) {
    return refuse('chain_broken', `Event ${broken.seq} does not continue the one before it (${broken.code})`);
  }
  return checked;
}

function foreign(found: string, expected: string): Refusal {
  return refuse('wrong_terminal', `The batch is from ${found}, this connection belongs to ${expected}`);
}

/**
 * The payload's value, or undefined when a column would alter the event, so that its hash could not be proven again:
 * JSON that is not canonical, U+0000, lone surrogates, an upper-case UUID.
 */
function readStorable(record: EventRecord): JsonValue | undefined {
  if (!record.aggregateId.isWellFormed() || record.aggregateId.includes('\0')) return undefined;
  if (record.eventId !== record.eventId.toLowerCase()) return undefined;
  return readCanonical(record.metadata) === undefined ? undefined : readCanonical(record.payload);
}

function readCanonical(text: string): JsonValue | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isShallow(value, MAX_DEPTH) && canonicalJson(value) === text ? value : undefined;
  } catch {
    // JSON.parse and canonicalJson throw on what is no JSON or not storable.
    return undefined;
  }
}

function isShallow(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  for (const entry of Object.values<JsonValue>(value)) {
    if (!isShallow(entry, levels - 1)) return false;
  }
  return true;
}
