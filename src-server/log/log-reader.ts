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

const pageRow = z.object({
  readable: z.int(),
  waiting: z.boolean(),
  tx: z.int().nullable(),
  id: z.int().nullable(),
});

export interface LogPage {
  /** Those of the asked types, in the order of their positions. */
  readonly events: readonly LoggedEvent[];
  /** How many events the page has, of all types; as many as the limit: there may be more behind it. */
  readonly size: number;
  /** Where the page ends; where it began when it is empty. */
  readonly end: LogPosition;
  /** There are committed events that must wait for a transaction that is still running: look again soon. */
  readonly waiting: boolean;
}

/** @param types undefined: events of all types */
export async function readBehind(
  queryable: Queryable,
  from: LogPosition,
  limit: number,
  types?: readonly string[],
): Promise<LogPage> {
  const [page] = await queryable.query(
    pageRow,
    // One statement, one snapshot: a horizon of another moment would be wrong.
    `WITH page AS MATERIALIZED (
       SELECT tx, id, tx < (SELECT shift + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM log_clock) AS readable
       FROM event_log WHERE (tx, id) > ($1, $2) ORDER BY tx, id LIMIT $3),
     last AS (SELECT tx, id FROM page WHERE readable ORDER BY tx DESC, id DESC LIMIT 1)
     SELECT (SELECT count(*) FROM page WHERE readable) AS readable,
            EXISTS (SELECT 1 FROM page WHERE NOT readable) AS waiting,
            (SELECT tx FROM last) AS tx, (SELECT id FROM last) AS id`,
    [from.tx, from.id, limit],
  );
  if (page === undefined) throw new Error('a page of the log has no description');
  if (page.tx === null || page.id === null) return { events: [], size: 0, end: from, waiting: page.waiting };
  // What is behind the horizon does not change any more: a second statement sees the same.
  const events = await queryable.query(
    loggedEventRow,
    `SELECT ${STORED_EVENT_COLUMNS}, tx, id, received_at FROM event_log
     WHERE (tx, id) > ($1, $2) AND (tx, id) <= ($3, $4) AND ($5::text[] IS NULL OR event_type = ANY($5))
     ORDER BY tx, id`,
    [from.tx, from.id, page.tx, page.id, types === undefined ? null : [...types]],
  );
  return { events, size: page.readable, end: { tx: page.tx, id: page.id }, waiting: page.waiting };
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
