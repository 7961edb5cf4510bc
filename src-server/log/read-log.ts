import { z } from 'zod';
import { GENESIS_HASH } from '#domain/events/event-record.ts';
import { type ChainBreak, findChainBreak } from '#sync/protocol/hash-chain.ts';
import type { FramedEvent } from '#sync/protocol/messages.ts';
import type { Queryable } from '../database/database.ts';
import { readQuarantinedFrames } from '../quarantine/quarantined-frames.ts';
import { STORED_EVENT_COLUMNS, type StoredEventRow, storedEventRow, toEventRecord } from './stored-event.ts';

const followedEventRow = storedEventRow.extend({ processed: z.boolean() });
export type FollowedEventRow = z.infer<typeof followedEventRow>;

/**
 * As {@link readTerminalEvents}, and whether each was `processed`, the seed's flag: every subscriber has come past it, and
 * it waits among the dead letters of none.
 */
export async function readFollowedEvents(
  database: Queryable,
  terminalId: string,
  afterSeq: number,
  limit: number,
): Promise<FollowedEventRow[]> {
  return database.query(
    followedEventRow,
    `SELECT ${STORED_EVENT_COLUMNS},
            COALESCE((SELECT bool_and((e.tx, e.id) <= (s.position_tx, s.position_id)) FROM subscriptions s), FALSE)
            AND NOT EXISTS (SELECT 1 FROM dead_letters d WHERE d.event_id = e.event_id) AS processed
     FROM event_log e WHERE terminal_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
    [terminalId, afterSeq, limit],
  );
}

/** A page of one terminal's events behind `afterSeq`, in their order. */
export async function readTerminalEvents(
  database: Queryable,
  terminalId: string,
  afterSeq: number,
  limit: number,
): Promise<StoredEventRow[]> {
  return database.query(
    storedEventRow,
    `SELECT ${STORED_EVENT_COLUMNS} FROM event_log WHERE terminal_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
    [terminalId, afterSeq, limit],
  );
}

export type ChainReport = {
  /** How many of the events are in quarantine, and proven by what is kept of them there. Absent when none is. */
  readonly quarantined?: number;
} & (
  | { readonly events: number; readonly whole: true }
  /** `events` were whole before the break */
  | { readonly events: number; readonly whole: false; readonly break: ChainBreak }
);

const headRow = z.object({ head_seq: z.int() });
const PAGE = 1000;

/**
 * Proves a terminal's history from what is stored, page by page. Reads up to the head at the start, so that events
 * that arrive meanwhile do not matter. Undefined when there is no such terminal.
 */
export async function verifyChain(database: Queryable, terminalId: string): Promise<ChainReport | undefined> {
  const [terminal] = await database.query(headRow, 'SELECT head_seq FROM terminals WHERE terminal_id = $1', [
    terminalId,
  ]);
  if (terminal === undefined) return undefined;
  let head = { seq: 0, hash: GENESIS_HASH };
  let quarantined = 0;
  const withQuarantine = () => (quarantined === 0 ? {} : { quarantined });
  while (head.seq < terminal.head_seq) {
    const through = Math.min(head.seq + PAGE, terminal.head_seq);
    const page = await readFrames(database, terminalId, head.seq, through);
    const broken = findChainBreak(head, page.events);
    const whole = broken === undefined ? page.events.length : indexOf(page.events, broken.seq);
    quarantined += page.events.slice(0, whole).filter(({ seq }) => page.quarantined.has(seq)).length;
    if (broken !== undefined) {
      return { events: head.seq + whole, whole: false, break: broken, ...withQuarantine() };
    }
    const last = page.events.at(-1);
    if (last === undefined) {
      const missing = { seq: head.seq + 1, code: 'gap' } as const;
      return { events: head.seq, whole: false, break: missing, ...withQuarantine() };
    }
    head = { seq: last.seq, hash: last.hash };
  }
  return { events: head.seq, whole: true, ...withQuarantine() };
}

function indexOf(events: readonly FramedEvent[], seq: number): number {
  return Math.max(
    events.findIndex((event) => event.seq === seq),
    0,
  );
}

/** What is in the log and what is in quarantine with a seq in `after` < seq ≤ `through`, in order. */
async function readFrames(
  database: Queryable,
  terminalId: string,
  after: number,
  through: number,
): Promise<{ readonly events: readonly FramedEvent[]; readonly quarantined: ReadonlySet<number> }> {
  const rows = await readTerminalEvents(database, terminalId, after, through - after);
  const frames = await readQuarantinedFrames(database, terminalId, after, through);
  const stored = rows.map(toEventRecord).filter(({ seq }) => seq <= through);
  return {
    events: [...stored, ...frames].sort((a, b) => a.seq - b.seq),
    quarantined: new Set(frames.map(({ seq }) => seq)),
  };
}
