/**
 * Positions begin with PostgreSQL's own transaction number. A database that was restored into another PostgreSQL finds
 * numbers there that begin again, far below those in its log: new events would come before old ones, and every
 * subscriber would pass them by. So the numbers are moved by `log_clock.shift`, which this sets right at the start.
 */
import { z } from 'zod';
import type { Queryable } from '../database/database.ts';

/** The first part of the position of what this transaction appends, as a scalar of SQL. It gives the transaction its number. */
export const TRANSACTION_NUMBER = '(SELECT shift + pg_current_xact_id()::text::bigint FROM log_clock)';

const clockRow = z.object({ highest: z.int(), current: z.int() });

/** Must hold the lock of the migrations. Answers by how much the numbers were moved: 0 in all ordinary starts. */
export async function alignLogClock(tx: Queryable): Promise<number> {
  const [clock] = await tx.query(
    clockRow,
    `SELECT GREATEST((SELECT COALESCE(max(tx), 0) FROM event_log),
                     (SELECT COALESCE(max(position_tx), 0) FROM subscriptions)) AS highest,
            shift + pg_current_xact_id()::text::bigint AS current
     FROM log_clock`,
  );
  if (clock === undefined) throw new Error('log_clock has no row');
  if (clock.highest < clock.current) return 0;
  const missing = clock.highest + 1 - clock.current;
  await tx.execute('UPDATE log_clock SET shift = shift + $1', [missing]);
  return missing;
}
