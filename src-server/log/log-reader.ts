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

/** The events behind `from`, up to `to` and with it. All of them are readable, and none will come between them any more. */
export interface LogRange {
  readonly from: LogPosition;
  readonly to: LogPosition;
}

export interface LogPage extends LogRange {
  /** How many events it has; as many as the limit: there may be more behind it. */
  readonly size: number;
  /** There are committed events that must wait for a transaction that is still running: look again soon. */
  readonly waiting: boolean;
}

const pageRow = z.object({
  readable: z.int(),
  waiting: z.boolean(),
  tx: z.int().nullable(),
  id: z.int().nullable(),
});

/** What can be read behind `from` now, at most `limit` events. Reads positions only. */
export async function findPage(queryable: Queryable, from: LogPosition, limit: number): Promise<LogPage> {
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
  const to = page.tx === null || page.id === null ? from : { tx: page.tx, id: page.id };
  return { from, to, size: page.readable, waiting: page.waiting };
}

/**
 * `tx` by itself changes nothing, except for the planner: it takes two comparisons of rows for unrelated, expects a tenth
 * of the log, and reads a whole month by the type of its events instead.
 */
const IN_RANGE = 'tx BETWEEN $1 AND $3 AND (tx, id) > ($1, $2) AND (tx, id) <= ($3, $4)';

/** The events of these types in a range, in the order of the log. */
export async function readRange(
  queryable: Queryable,
  { from, to }: LogRange,
  types: readonly string[],
): Promise<LoggedEvent[]> {
  return queryable.query(
    loggedEventRow,
    `SELECT ${STORED_EVENT_COLUMNS}, tx, id, received_at FROM event_log
     WHERE ${IN_RANGE} AND event_type = ANY($5) ORDER BY tx, id`,
    [from.tx, from.id, to.tx, to.id, [...types]],
  );
}

/** Those of them that are about these orders, items or whatever else has the ids. */
export async function readRangeAbout(
  queryable: Queryable,
  { from, to }: LogRange,
  types: readonly string[],
  aggregateIds: readonly string[],
): Promise<LoggedEvent[]> {
  return queryable.query(
    loggedEventRow,
    `SELECT ${STORED_EVENT_COLUMNS}, tx, id, received_at FROM event_log
     WHERE aggregate_id = ANY($6) AND event_type = ANY($5) AND ${IN_RANGE}
     ORDER BY tx, id`,
    [from.tx, from.id, to.tx, to.id, [...types], [...aggregateIds]],
  );
}

const aboutRow = z.object({ location_id: z.string(), aggregate_id: z.string() });

/** What the events of these types in a range are about, each once: cheaper than the events where that is all one asks. */
export async function readAboutInRange(
  queryable: Queryable,
  { from, to }: LogRange,
  types: readonly string[],
): Promise<z.infer<typeof aboutRow>[]> {
  return queryable.query(
    aboutRow,
    `SELECT DISTINCT location_id, aggregate_id FROM event_log
     WHERE ${IN_RANGE} AND event_type = ANY($5)`,
    [from.tx, from.id, to.tx, to.id, [...types]],
  );
}

/** The range of one event. */
export function rangeOf({ tx, id }: LogPosition): LogRange {
  return { from: { tx, id: id - 1 }, to: { tx, id } };
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

/** The event at a position that a page named. */
export async function readEventAt(queryable: Queryable, { tx, id }: LogPosition): Promise<LoggedEvent> {
  const [event] = await queryable.query(
    loggedEventRow,
    `SELECT ${STORED_EVENT_COLUMNS}, tx, id, received_at FROM event_log WHERE tx = $1 AND id = $2`,
    [tx, id],
  );
  if (event === undefined) throw new Error(`There is no event at (${tx}, ${id})`);
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
