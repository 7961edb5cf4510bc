/**
 * The log as one location sees it: its own rows, and those of the catalogue, which is that of all. The index on location and
 * position leads from each of them to the next, past those of a thousand other shops. Everything here must be read in one
 * moment (`database/read-moment.ts`): the horizon of another one would be wrong, see `log/log-reader.ts`.
 */
import { z } from 'zod';
import { CATALOGUE_EVENT_TYPES } from '#domain/events/catalogue-events.ts';
import type { JsonValue } from '#domain/events/canonical-json.ts';
import type { Queryable } from '../database/database.ts';
import { EVERYWHERE } from '../log/event-log.ts';
import { BEGINNING, type LogPosition } from '../log/log-reader.ts';
import type { Cursor, LogMark } from './cursor.ts';

const rowSchema = z.object({
  tx: z.int(),
  id: z.int(),
  event_id: z.string(),
  event_type: z.string(),
  aggregate_id: z.string(),
  location_id: z.string(),
  /** Of events of the catalogue only. */
  payload: z.custom<JsonValue>((value) => value !== undefined),
  /** No event can come before it any more. */
  readable: z.boolean(),
});
export type LocationRow = z.infer<typeof rowSchema>;

const COLUMNS = 'tx, id, event_id, event_type, aggregate_id, location_id';

/** `tx` by itself changes nothing, except for the planner: see `log/log-reader.ts`. */
const BEHIND = 'tx >= $1 AND (tx, id) > ($1, $2)';

export function positionOf(cursor: Cursor): LogPosition {
  return cursor.kind === 'beginning' ? BEGINNING : cursor.at;
}

/** At most `limit` rows behind a position, in their order, those too that cannot be passed yet. */
export async function readLocationRows(
  queryable: Queryable,
  locationId: string,
  from: LogPosition,
  limit: number,
): Promise<LocationRow[]> {
  return queryable.query(
    rowSchema,
    `WITH horizon AS MATERIALIZED (
       SELECT shift + pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS tx FROM log_clock)
     SELECT rows.*, rows.tx < (SELECT tx FROM horizon) AS readable
     FROM (
       (SELECT ${COLUMNS}, CASE WHEN event_type = ANY($5) THEN payload ELSE 'null' END AS payload FROM event_log
        WHERE location_id = '${EVERYWHERE}' AND ${BEHIND} ORDER BY tx, id LIMIT $3)
       UNION ALL
       (SELECT ${COLUMNS}, 'null'::jsonb FROM event_log
        WHERE location_id = $4 AND ${BEHIND} ORDER BY tx, id LIMIT $3)
     ) rows ORDER BY tx, id LIMIT $3`,
    [from.tx, from.id, limit, locationId, [...CATALOGUE_EVENT_TYPES]],
  );
}

const countRow = z.object({ count: z.int() });

/** How many rows lie behind a position; of its own and of the catalogue's, no more than `enough` each are counted. */
export async function countLocationRows(
  queryable: Queryable,
  locationId: string,
  from: LogPosition,
  enough: number,
): Promise<number> {
  const [row] = await queryable.query(
    countRow,
    `SELECT (SELECT count(*) FROM (SELECT 1 FROM event_log WHERE location_id = '${EVERYWHERE}' AND ${BEHIND} LIMIT $3) e)
          + (SELECT count(*) FROM (SELECT 1 FROM event_log WHERE location_id = $4 AND ${BEHIND} LIMIT $3) e) AS count`,
    [from.tx, from.id, enough, locationId],
  );
  return row?.count ?? 0;
}

const markRow = z
  .object({ tx: z.int(), id: z.int(), event_id: z.string() })
  .transform(({ tx, id, event_id: eventId }): LogMark => ({ tx, id, eventId }));

/** The last row that can be seen, readable or not. */
export async function lastLocationRow(
  queryable: Queryable,
  locationId: string,
): Promise<LogMark | undefined> {
  const last = (location: string) =>
    `(SELECT tx, id, event_id FROM event_log WHERE location_id = ${location} ORDER BY tx DESC, id DESC LIMIT 1)`;
  const [mark] = await queryable.query(
    markRow,
    `SELECT * FROM (${last(`'${EVERYWHERE}'`)} UNION ALL ${last('$1')}) ends ORDER BY tx DESC, id DESC LIMIT 1`,
    [locationId],
  );
  return mark;
}

const endRow = z
  .object({ readable: z.boolean() })
  .and(z.object({ tx: z.int(), id: z.int(), event_id: z.string() }));

/** The end of the log of all locations: where a snapshot of this moment leads on from. */
export async function endCursor(queryable: Queryable): Promise<Cursor> {
  const horizon = '(SELECT shift + pg_snapshot_xmin(pg_current_snapshot())::text::bigint FROM log_clock)';
  const ends = await queryable.query(
    endRow,
    `(SELECT tx, id, event_id, TRUE AS readable FROM event_log
      WHERE tx < ${horizon} ORDER BY tx DESC, id DESC LIMIT 1)
     UNION ALL
     (SELECT tx, id, event_id, FALSE FROM event_log ORDER BY tx DESC, id DESC LIMIT 1)`,
  );
  const markOf = (end: z.infer<typeof endRow>) => ({ tx: end.tx, id: end.id, eventId: end.event_id });
  const at = ends.find(({ readable }) => readable);
  if (at === undefined) return { kind: 'beginning' };
  const seen = ends.find(({ readable }) => !readable) ?? at;
  return { kind: 'behind', at: markOf(at), seen: markOf(seen) };
}

const heldRow = z.object({ held: z.boolean() });

/**
 * Whether the log still leads from there to now: it has the rows that the cursor names. From the beginning it does as long as
 * no chain of this location or of the catalogue has lost its first event to the archive.
 */
export async function leadsOn(queryable: Queryable, locationId: string, cursor: Cursor): Promise<boolean> {
  const [row] =
    cursor.kind === 'beginning'
      ? await queryable.query(
          heldRow,
          `SELECT NOT EXISTS (
             SELECT 1 FROM terminals t WHERE t.location_id IN ('${EVERYWHERE}', $1) AND t.head_seq > 0
               AND NOT EXISTS (SELECT 1 FROM event_log e WHERE e.terminal_id = t.terminal_id AND e.seq = 1)) AS held`,
          [locationId],
        )
      : await queryable.query(
          heldRow,
          `SELECT EXISTS (SELECT 1 FROM event_log WHERE tx = $1 AND id = $2 AND event_id = $3)
              AND EXISTS (SELECT 1 FROM event_log WHERE tx = $4 AND id = $5 AND event_id = $6) AS held`,
          [
            cursor.at.tx,
            cursor.at.id,
            cursor.at.eventId,
            cursor.seen.tx,
            cursor.seen.id,
            cursor.seen.eventId,
          ],
        );
  return row?.held === true;
}
