/** The way up, as the protocol says it: each function is one transaction of the server. */
import { inventoryUpdatedDataSchema } from '#domain/events/event-wire.ts';
import { findChainBreak } from '#sync/protocol/hash-chain.ts';
import type {
  EventsPullReply,
  EventsPullRequest,
  FramedEvent,
  HelloReply,
  HelloRequest,
  PushReply,
  PushRequest,
  QuarantinedEvent,
  QuarantineListReply,
} from '#sync/protocol/messages.ts';
import { MAX_QUARANTINE_LIST } from '#sync/protocol/messages.ts';
import { type ModelState, type ModelTerminal, type Touch, hashAt, headOf } from './state.ts';

export interface Ingest {
  hello(terminalId: string, request: HelloRequest, serverTime: Date): HelloReply;
  push(terminalId: string, request: PushRequest, serverTime: Date): PushReply;
  pullEvents(terminalId: string, request: EventsPullRequest): EventsPullReply;
  listQuarantined(terminalId: string): QuarantineListReply;
}

type RefusedPush = Extract<PushReply, { ok: false }>;

const UNKNOWN = { ok: false, code: 'unavailable', message: 'There is no such terminal.' } as const;

/** @param append adds a row to the log */
export function modelIngest(state: ModelState, append: (touched: readonly Touch[]) => void): Ingest {
  function recordFork(terminal: ModelTerminal, what: string): void {
    if (terminal.forks.includes(what)) return;
    state.terminals.set(terminal.terminalId, { ...terminal, forks: [...terminal.forks, what] });
  }

  return {
    hello(terminalId, request, serverTime) {
      const terminal = state.terminals.get(terminalId);
      if (!terminal) return UNKNOWN;
      const refused = judgeHistory(terminal, request);
      if (refused) {
        recordFork(terminal, refused.message);
        return refused;
      }
      const head = headOf(terminal);
      return {
        ok: true,
        ackedThrough: head.seq,
        headHash: head.hash,
        serverTime: serverTime.toISOString(),
        clockSkewMs: Date.parse(request.clock) - serverTime.getTime(),
        quarantined: terminal.quarantined.length,
      };
    },
    push(terminalId, request, serverTime) {
      const terminal = state.terminals.get(terminalId);
      if (!terminal) return refuse('wrong_terminal', 'The token is no longer valid.');
      const refused = judgeBatch(terminal, request);
      if (refused) {
        if (refused.code === 'chain_broken') recordFork(terminal, refused.message);
        return refused;
      }
      const head = headOf(terminal);
      const fresh = request.events.filter((event) => event.seq > head.seq);
      const bad = fresh.flatMap((event) => quarantineOf(event, serverTime));
      state.terminals.set(terminalId, {
        ...terminal,
        events: [...terminal.events, ...fresh],
        quarantined: [...terminal.quarantined, ...bad],
      });
      for (const event of fresh)
        append(bad.some(({ seq }) => seq === event.seq) ? [] : moveStock(state, event));
      const quarantined = terminal.quarantined.length + bad.length;
      return { ok: true, ackedThrough: fresh.at(-1)?.seq ?? head.seq, quarantined };
    },
    pullEvents(terminalId, { after, limit }) {
      const terminal = state.terminals.get(terminalId);
      if (!terminal) return UNKNOWN;
      return { ok: true, events: terminal.events.slice(after, after + limit), head: headOf(terminal) };
    },
    listQuarantined(terminalId) {
      const quarantined = state.terminals.get(terminalId)?.quarantined ?? [];
      return {
        ok: true,
        events: quarantined.toReversed().slice(0, MAX_QUARANTINE_LIST),
        count: quarantined.length,
      };
    },
  };
}

/** A till may have more than the server, or at most less by a loss that it knows of itself. Its texts must be the same. */
function judgeHistory(
  terminal: ModelTerminal,
  { head, acked, recovering }: HelloRequest,
): Extract<HelloReply, { ok: false }> | undefined {
  const own = headOf(terminal);
  const known = [head, acked].filter((point) => point.seq <= own.seq);
  if (known.some((point) => point.hash !== hashAt(terminal, point.seq)))
    return { ok: false, code: 'forked', message: `Another history of ${terminal.terminalId}.` };
  if (head.seq < own.seq && !recovering)
    return { ok: false, code: 'behind', message: `An old copy of ${terminal.terminalId}.` };
  return undefined;
}

function judgeBatch(terminal: ModelTerminal, request: PushRequest): RefusedPush | undefined {
  const { terminalId, locationId } = terminal;
  const [first] = request.events;
  const last = request.events.at(-1);
  if (!first || !last || first.seq !== request.from)
    return refuse('malformed', 'The batch does not start where it says.');
  if (
    request.terminalId !== terminalId ||
    request.events.some((event) => event.terminalId !== terminalId || event.locationId !== locationId)
  )
    return refuse('wrong_terminal', 'The batch is from another terminal.');
  const broken = findChainBreak({ seq: first.seq - 1, hash: first.prevHash }, request.events);
  if (broken) return refuse('chain_broken', `Event ${broken.seq}: ${broken.code}.`);
  const head = headOf(terminal);
  if (first.seq > head.seq + 1)
    return { ...refuse('gap', `Expected ${head.seq + 1}, got ${first.seq}.`), expected: head.seq + 1 };
  const seam = Math.min(head.seq, last.seq);
  const sent = request.events.find((event) => event.seq === seam)?.hash ?? first.prevHash;
  if (sent !== hashAt(terminal, seam)) return refuse('chain_broken', `Another history at event ${seam}.`);
  return undefined;
}

function refuse(code: RefusedPush['code'], message: string) {
  return { ok: false, code, message } as const;
}

/** An event with a text that PostgreSQL cannot hold. */
function quarantineOf(event: FramedEvent, at: Date): readonly QuarantinedEvent[] {
  const { seq, eventType, payload } = event;
  if (!payload.includes(String.raw`\u0000`)) return [];
  return [{ seq, eventType, reason: 'The payload cannot be stored unchanged.', at: at.toISOString() }];
}

function moveStock(state: ModelState, event: FramedEvent): readonly Touch[] {
  if (event.eventType !== 'inventory.updated') return [];
  const { sku, change } = inventoryUpdatedDataSchema.parse(JSON.parse(event.payload));
  const { quantity, reserved } = state.stock.get(sku) ?? { quantity: 0, reserved: 0 };
  state.stock.set(sku, { quantity: quantity + change, reserved });
  return [{ kind: 'stock', key: sku }];
}
