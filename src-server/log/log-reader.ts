/**
 * Reads the log forward, and never past what may still come.
 *
 * Numbers drawn from a sequence become visible in the order of the commits, not in their own: who reads `id > last`
 * passes by an event whose transaction commits later than that of a higher id. Here the order is `(tx, id)`, and an
 * event counts as readable only when every transaction with a lower number has ended: `tx` is below the horizon, the
 * lowest transaction still running in the statement's own snapshot. A transaction that has no number yet will get one
 * above the horizon, so it can only come behind. The price: one long writing transaction holds all readers up.
 */
import { z } from 'zod';
import type { Queryable } from '../database/database.ts';
import { STORED_EVENT_COLUMNS, storedEventRow } from './stored-event.ts';

/** Where a subscriber stands: it has all events up to this one. */
export interface LogPosition {
  readonly tx: number;
  readonly id: number;
}

/** Before the first event. */
export const BEGINNING: LogPosition = { tx: -1, id: 0 };

const loggedEventRow = storedEventRow.extend({ tx: z.int(), id: z.int(), received_at: z.date() });
export type LoggedEvent = z.infer<typeof loggedEventRow>;
const readableRow = loggedEventRow.extend({ readable: z.boolean() });

export interface LogPage {
  /** In the order of their positions. */
  readonly events: readonly LoggedEvent[];
  /** There are committed events that must wait for a transaction that is still running: look again soon. */
  readonly waiting: boolean;
}

export async function readBehind(queryable: Queryable, from: LogPosition, limit: number): Promise<LogPage> {
  const rows = await queryable.query(
    readableRow,
    // One statement, one snapshot: a horizon of another moment would be wrong.
    `SELECT ${STORED_EVENT_COLUMNS}, tx, id, received_at,
            tx < (SELECT shift + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM log_clock) AS readable
     FROM event_log WHERE (tx, id) > ($1, $2) ORDER BY tx, id LIMIT $3`,
    [from.tx, from.id, limit],
  );
  const end = rows.findIndex(({ readable }) => !readable);
  const readable = end === -1 ? rows : rows.slice(0, end);
  return { events: readable.map(({ readable: _readable, ...event }) => event), waiting: end !== -1 };
}

/** One event, wherever it lies. */
export async function readEvent(queryable: Queryable, eventId: string): Promise<LoggedEvent | undefined> {
  const [event] = await queryable.query(
    loggedEventRow,
    `SELECT ${STORED_EVENT_COLUMNS}, tx, id, received_at FROM event_log WHERE event_id = $1`,
    [eventId],
  );
  return event;
}

const horizonRow = z.object({ horizon: z.int() });

/** Behind everything that is readable now: where a subscriber begins that wants only what is new. */
export async function endOfLog(queryable: Queryable): Promise<LogPosition> {
  const [row] = await queryable.query(
    horizonRow,
    `SELECT shift + pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS horizon FROM log_clock`,
  );
  if (row === undefined) throw new Error('log_clock has no row');
  return { tx: row.horizon - 1, id: Number.MAX_SAFE_INTEGER };
}
