/** Where each subscriber has read to. */
import { z } from 'zod';
import type { Queryable } from '../database/database.ts';
import { BEGINNING, type LogPosition, endOfLog } from '../log/log-reader.ts';
import type { Subscriber } from './subscriber.ts';

const positionRow = z.object({ position_tx: z.int(), position_id: z.int() });

/** Makes the position of a subscriber that has none; leaves the one it has. */
export async function beginAt(queryable: Queryable, { name, begins }: Subscriber): Promise<void> {
  const start = begins === 'now' ? await endOfLog(queryable) : BEGINNING;
  await queryable.execute(
    `INSERT INTO subscriptions (subscriber, position_tx, position_id) VALUES ($1, $2, $3)
     ON CONFLICT (subscriber) DO NOTHING`,
    [name, start.tx, start.id],
  );
}

/**
 * Makes this transaction the only one that works for the subscriber, in all processes; false when another one is. It is
 * a lock of the transaction: a process that dies in it holds nobody up.
 */
export async function claim(tx: Queryable, subscriber: string): Promise<boolean> {
  const [row] = await tx.query(
    z.object({ mine: z.boolean() }),
    `SELECT pg_try_advisory_xact_lock(hashtextextended('subscriber ' || $1, 0)) AS mine`,
    [subscriber],
  );
  return row?.mine === true;
}

/** As {@link claim}, but waits for whoever works for the subscriber now. */
export async function awaitClaim(tx: Queryable, subscriber: string): Promise<void> {
  await tx.execute(`SELECT pg_advisory_xact_lock(hashtextextended('subscriber ' || $1, 0))`, [subscriber]);
}

export async function positionOf(tx: Queryable, subscriber: string): Promise<LogPosition> {
  const [row] = await tx.query(
    positionRow,
    'SELECT position_tx, position_id FROM subscriptions WHERE subscriber = $1',
    [subscriber],
  );
  if (row === undefined) throw new Error(`The subscriber ${subscriber} has no position`);
  return { tx: row.position_tx, id: row.position_id };
}

/** @throws {Error} when somebody else has moved it meanwhile: then nothing of this transaction may stand. */
export async function movePosition(
  tx: Queryable,
  subscriber: string,
  from: LogPosition,
  to: LogPosition,
): Promise<void> {
  const moved = await tx.execute(
    `UPDATE subscriptions SET position_tx = $4, position_id = $5, moved_at = NOW()
     WHERE subscriber = $1 AND position_tx = $2 AND position_id = $3`,
    [subscriber, from.tx, from.id, to.tx, to.id],
  );
  if (moved !== 1) throw new Error(`The position of ${subscriber} was moved by somebody else`);
}

const standingRow = z
  .object({
    subscriber: z.string(),
    position_tx: z.int(),
    position_id: z.int(),
    moved_at: z.date(),
    waiting: z.int(),
  })
  .transform((row) => ({ ...row, moved_at: row.moved_at.toISOString() }));
export type SubscriberStanding = z.infer<typeof standingRow>;

/** Counting stops here: whoever has more waiting has a backlog, whatever its size. */
const COUNT_AT_MOST = 10_000;

/** For whoever watches the server: each subscriber, and how many events it has before it (at most 10,000 are counted). */
export async function readStandings(queryable: Queryable): Promise<SubscriberStanding[]> {
  return queryable.query(
    standingRow,
    `SELECT s.subscriber, s.position_tx, s.position_id, s.moved_at,
            (SELECT count(*) FROM (SELECT 1 FROM event_log e WHERE (e.tx, e.id) > (s.position_tx, s.position_id)
                                   LIMIT ${COUNT_AT_MOST}) ahead) AS waiting
     FROM subscriptions s ORDER BY s.subscriber`,
  );
}
