/** The partitions of `event_log`: one a month, made ahead, so that old months can be archived and dropped whole. */
import { z } from 'zod';
import type { Queryable } from '../database/database.ts';
import { errorCode } from '../database/database-failure.ts';

/** This month and the next two: a server that is not restarted for weeks still has somewhere to write to. */
const MONTHS_AHEAD = 2;

const nameRow = z.object({ name: z.string().nullable() });

/**
 * For so long who reads and writes the log may have to queue up behind us, when we wait for somebody who reads it for long
 * (a dump). After that we give way: there are months ahead, and the default partition.
 */
const LOCK_WITHIN_MS = 1000;

/**
 * Makes the partitions that are missing. Events that lie in the default partition because their month was not there
 * move into it. Must hold the lock of the migrations: two servers would make the same month.
 * @throws {Error} {@link isLogInUse} when the log is in use for longer; the transaction is lost then
 */
export async function makeMonths(tx: Queryable, now: Date): Promise<void> {
  for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead += 1) {
    const from = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1));
    const to = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead + 1, 1));
    await makeMonth(tx, from, to);
  }
}

/** SQLSTATE lock_not_available. */
export function isLogInUse(error: unknown): boolean {
  return errorCode(error) === '55P03';
}

async function makeMonth(tx: Queryable, from: Date, to: Date): Promise<void> {
  const name = `event_log_${from.toISOString().slice(0, 7).replace('-', '_')}`;
  const [existing] = await tx.query(nameRow, 'SELECT to_regclass($1)::text AS name', [name]);
  if (existing?.name === name) return;
  // The whole log and not its default partition alone, which ATTACH locks by itself: who waits for that one has its list of
  // months already. It would miss the events that move into the new month, and a subscriber would pass them by.
  await tx.execute(`SET LOCAL lock_timeout = ${LOCK_WITHIN_MS}`);
  await tx.execute('LOCK TABLE event_log IN ACCESS EXCLUSIVE MODE');
  const bounds: [string, string] = [from.toISOString(), to.toISOString()];
  await tx.execute(`CREATE TABLE ${name} (LIKE event_log INCLUDING DEFAULTS)`);
  await tx.execute(
    `WITH strays AS (DELETE FROM event_log_default WHERE received_at >= $1 AND received_at < $2 RETURNING *)
     INSERT INTO ${name} SELECT * FROM strays`,
    bounds,
  );
  // With parameters of our own making in the text: bounds of partitions cannot be bound.
  await tx.execute(
    `ALTER TABLE event_log ATTACH PARTITION ${name} FOR VALUES FROM ('${bounds[0]}') TO ('${bounds[1]}')`,
  );
  await tx.execute(`CREATE UNIQUE INDEX ON ${name} (event_id)`);
  await tx.execute(`CREATE UNIQUE INDEX ON ${name} (terminal_id, seq)`);
}
