/**
 * What can be known of a batch without the database: it is from this terminal, every event can be stored and read
 * back to the same text, and the events are one unbroken run. Done before the transaction, so that the terminal's
 * row is locked for the inserts alone.
 */
import type { EventRecord } from '#domain/events/event-record.ts';
import type { JsonValue } from '#domain/events/canonical-json.ts';
import { findChainBreak } from '#sync/protocol/hash-chain.ts';
import type { PushReply, PushRequest } from '#sync/protocol/messages.ts';
import { readCanonical } from './canonical-text.ts';

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
  // The metadata of one shift is the same text over and over.
  let metadata = '';
  for (const record of events) {
    if (record.terminalId !== terminal.terminalId) return foreign(record.terminalId, terminal.terminalId);
    if (record.locationId !== terminal.locationId) return foreign(record.locationId, terminal.locationId);
    if (record.metadata !== metadata && readCanonical(record.metadata) !== undefined)
      metadata = record.metadata;
    const data =
      record.metadata === metadata && isStorable(record) ? readCanonical(record.payload) : undefined;
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

/** False when a column would alter the text, so that its hash could not be proven again. */
function isStorable({ aggregateId, eventId }: EventRecord): boolean {
  return aggregateId.isWellFormed() && !aggregateId.includes('\0') && eventId === eventId.toLowerCase();
}
