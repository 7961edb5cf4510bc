import { z } from 'zod';
import { GENESIS_HASH } from '#domain/events/event-record.ts';
import { type ChainBreak, findChainBreak } from '#sync/protocol/hash-chain.ts';
import type { Queryable } from '../database/database.ts';
import { STORED_EVENT_COLUMNS, type StoredEventRow, storedEventRow, toEventRecord } from './stored-event.ts';

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

export type ChainReport =
  | { readonly events: number; readonly whole: true }
  /** `events` were whole before the break */
  | { readonly events: number; readonly whole: false; readonly break: ChainBreak };

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
  while (head.seq < terminal.head_seq) {
    const limit = Math.min(PAGE, terminal.head_seq - head.seq);
    const records = (await readTerminalEvents(database, terminalId, head.seq, limit)).map(toEventRecord);
    const broken = findChainBreak(head, records);
    if (broken !== undefined) {
      const whole = records.findIndex(({ seq }) => seq === broken.seq);
      return { events: head.seq + Math.max(whole, 0), whole: false, break: broken };
    }
    const last = records.at(-1);
    if (last === undefined) {
      return { events: head.seq, whole: false, break: { seq: head.seq + 1, code: 'gap' } };
    }
    head = { seq: last.seq, hash: last.hash };
  }
  return { events: head.seq, whole: true };
}

const stockRow = z.object({
  location_id: z.string(),
  sku: z.string(),
  quantity: z.int(),
  reserved: z.int(),
});

/** What the events say about the stock: the sum of all changes, so it is negative where nobody counted in the start. */
export async function readStock(
  database: Queryable,
  locationId: string,
): Promise<z.infer<typeof stockRow>[]> {
  return database.query(
    stockRow,
    'SELECT location_id, sku, quantity, reserved FROM stock WHERE location_id = $1 ORDER BY sku',
    [locationId],
  );
}

const deadLetterRow = z
  .object({
    event_id: z.string(),
    subscriber: z.string(),
    reason: z.string(),
    failed_at: z.date(),
    event_type: z.string(),
    terminal_id: z.string(),
    seq: z.int(),
  })
  .transform((row) => ({ ...row, failed_at: row.failed_at.toISOString() }));

/** The newest thousand. */
export async function readDeadLetters(database: Queryable): Promise<z.infer<typeof deadLetterRow>[]> {
  return database.query(
    deadLetterRow,
    `SELECT d.event_id, d.subscriber, d.reason, d.failed_at, e.event_type, e.terminal_id, e.seq
     FROM dead_letters d JOIN event_log e ON e.event_id = d.event_id ORDER BY d.id DESC LIMIT 1000`,
  );
}
