/**
 * What can be known of a batch without the database: it is from this terminal, its events are one unbroken run, which of
 * them the log can hold, and what they say of the stock. Done before the transaction, so that the terminal's row is locked for
 * the inserts alone.
 */
import type { EventRecord } from '#domain/events/event-record.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { locationIdSchema } from '#domain/identifiers.ts';
import { type ChainHead, findChainBreak } from '#sync/protocol/hash-chain.ts';
import type { FramedEvent, PushReply, PushRequest } from '#sync/protocol/messages.ts';
import { type StockWord, readStockWord } from '../inventory/stock-words.ts';
import { textReader } from './storable-text.ts';

export interface StorableEvent {
  readonly kind: 'storable';
  readonly record: EventRecord;
  /** what it says of the stock; undefined of events that say nothing of it */
  readonly stock: StockWord | undefined;
}

/** It is in its place in the chain, and its texts are none that the log can hold. */
export interface UnstorableEvent {
  readonly kind: 'unstorable';
  readonly record: FramedEvent;
  /** In words, for the manager. */
  readonly reason: string;
}

export type CheckedEvent = StorableEvent | UnstorableEvent;

export type Refusal = Extract<PushReply, { ok: false }>;

export function refuse(code: Refusal['code'], message: string): Refusal {
  return { ok: false, code, message };
}

/** The thread is let go between so many events: PostgreSQL's answers would wait for a whole batch otherwise, and it with them. */
const EVENTS_A_TURN = 125;

/** The events, each sorted by whether it can be stored, or why the batch is refused. */
export async function checkBatch(
  terminal: { readonly terminalId: string; readonly locationId: string },
  request: PushRequest,
): Promise<readonly CheckedEvent[] | Refusal> {
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
  const texts = textReader();
  let head: ChainHead = { seq: first.seq - 1, hash: first.prevHash };
  for (let from = 0; from < events.length; from += EVENTS_A_TURN) {
    await nextTurn();
    const part = events.slice(from, from + EVENTS_A_TURN);
    for (const record of part) {
      if (record.terminalId !== terminal.terminalId) return foreign(record.terminalId, terminal.terminalId);
      // A till that stands in another shop than the server thinks: all that it sends would be put aside, and nobody told.
      if (record.locationId !== terminal.locationId && locationIdSchema.safeParse(record.locationId).success)
        return foreign(record.locationId, terminal.locationId);
      const read = texts.read(record);
      checked.push(
        typeof read === 'string'
          ? { kind: 'unstorable', record, reason: read }
          : { kind: 'storable', record, stock: readStockWord(record, read) },
      );
    }
    const broken = findChainBreak(head, part);
    if (broken !== undefined) {
      return refuse(
        'chain_broken',
        `Event ${broken.seq} does not continue the one before it (${broken.code})`,
      );
    }
    head = part.at(-1) ?? head;
  }
  return checked;
}

function foreign(found: string, expected: string): Refusal {
  return refuse('wrong_terminal', `The batch is from ${found}, this connection belongs to ${expected}`);
}
