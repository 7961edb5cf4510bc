/**
 * What the server keeps of a terminal and cannot use, as the terminal is told: frames that the log cannot hold, and events
 * in the log that the stock or a subscriber could not take (dead letters). Each counts until a person has dismissed it, or
 * a retry was taken.
 */
import { z } from 'zod';
import { MAX_QUARANTINE_LIST, type QuarantineListReply } from '#sync/protocol/messages.ts';
import type { Queryable } from '../database/database.ts';

/** How many, as an expression of SQL over a row `t` of `terminals`: a look at two indexes, which are nearly always empty. */
export const QUARANTINED_OF_T = `
  (SELECT count(*) FROM quarantined_events q WHERE q.terminal_id = t.terminal_id AND q.dismissed_at IS NULL)
  + (SELECT count(DISTINCT d.event_id) FROM dead_letters d
     WHERE d.terminal_id = t.terminal_id AND d.dismissed_at IS NULL)`;

const countRow = z.object({ count: z.int() });

const entryRow = z
  .object({ seq: z.int(), event_type: z.string(), reason: z.string(), at: z.date() })
  .transform(({ event_type: eventType, at, ...row }) => ({ ...row, eventType, at: at.toISOString() }));

type QuarantineList = Extract<QuarantineListReply, { ok: true }>;

export async function readQuarantineOf(queryable: Queryable, terminalId: string): Promise<QuarantineList> {
  const [total] = await queryable.query(
    countRow,
    `SELECT ${QUARANTINED_OF_T} AS count FROM terminals t WHERE terminal_id = $1`,
    [terminalId],
  );
  const events = await queryable.query(
    entryRow,
    `SELECT seq, event_type, reason, at FROM (
       SELECT seq, event_type, reason, received_at AS at
       FROM quarantined_events WHERE terminal_id = $1 AND dismissed_at IS NULL
       UNION ALL
       SELECT e.seq, e.event_type, string_agg(d.reason, '; ' ORDER BY d.id), max(d.failed_at)
       FROM dead_letters d JOIN event_log e ON e.event_id = d.event_id
       WHERE d.terminal_id = $1 AND d.dismissed_at IS NULL GROUP BY e.seq, e.event_type
     ) waiting ORDER BY at DESC, seq DESC LIMIT ${MAX_QUARANTINE_LIST}`,
    [terminalId],
  );
  return { ok: true, events, count: total?.count ?? 0 };
}
