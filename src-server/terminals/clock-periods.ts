/**
 * How a terminal's clock went. With each hello it says what its clock shows; the server notes the difference to its own,
 * and the terminal's last event of that moment. Readings that agree are one period.
 */
import { z } from 'zod';
import type { Queryable } from '../database/database.ts';

/** A clock that is off by less than this is right: the difference has the way over the line in it. */
export const CLOCK_TOLERANCE_MS = 60_000;

/** From the first to the last of the readings that agree. */
export interface ClockPeriod {
  readonly firstAt: Date;
  readonly lastAt: Date;
  /** The terminal's last event at the first reading: those behind it came later. */
  readonly firstHead: number;
  readonly lastHead: number;
  /** clock − server's, in milliseconds */
  readonly skewMs: number;
}

export async function noteClock(
  queryable: Queryable,
  terminalId: string,
  reading: { readonly head: number; readonly skewMs: number; readonly now: Date },
): Promise<void> {
  const parameters = [terminalId, reading.now.toISOString(), reading.head, reading.skewMs];
  const continued = await queryable.execute(
    `UPDATE terminal_clocks SET last_at = $2, last_head = GREATEST(last_head, $3)
     WHERE terminal_id = $1 AND abs(skew_ms - $4) <= ${CLOCK_TOLERANCE_MS}
       AND first_at = (SELECT max(first_at) FROM terminal_clocks WHERE terminal_id = $1)`,
    parameters,
  );
  if (continued > 0) return;
  await queryable.execute(
    `INSERT INTO terminal_clocks (terminal_id, first_at, last_at, first_head, last_head, skew_ms)
     VALUES ($1, $2, $2, $3, $3, $4) ON CONFLICT (terminal_id, first_at) DO NOTHING`,
    parameters,
  );
}

const periodRow = z
  .object({
    terminal_id: z.string(),
    first_at: z.date(),
    last_at: z.date(),
    first_head: z.int(),
    last_head: z.int(),
    skew_ms: z.int(),
  })
  .transform((row) => ({
    terminalId: row.terminal_id,
    firstAt: row.first_at,
    lastAt: row.last_at,
    firstHead: row.first_head,
    lastHead: row.last_head,
    skewMs: row.skew_ms,
  }));

/** Of each of these terminals its periods, in order. */
export async function readClocks(
  queryable: Queryable,
  terminalIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ClockPeriod[]>> {
  const rows = await queryable.query(
    periodRow,
    `SELECT terminal_id, first_at, last_at, first_head, last_head, skew_ms
     FROM terminal_clocks WHERE terminal_id = ANY($1) ORDER BY terminal_id, first_at`,
    [[...new Set(terminalIds)]],
  );
  return Map.groupBy(rows, ({ terminalId }) => terminalId);
}
