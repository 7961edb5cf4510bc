/** Movements of the stock that cannot be read: in the log, without effect, and before the eyes of a person. */
import type { Queryable } from '../database/database.ts';
import { STOCK_SUBSCRIBER, type UnreadableEvent } from '../inventory/stock-words.ts';

export async function parkUnreadable(
  tx: Queryable,
  terminalId: string,
  unreadable: readonly UnreadableEvent[],
): Promise<void> {
  if (unreadable.length === 0) return;
  await tx.execute(
    `INSERT INTO dead_letters (terminal_id, event_id, subscriber, reason)
     SELECT $1, d.event_id, $2, d.reason FROM unnest($3::uuid[], $4::text[]) AS d (event_id, reason)
     ON CONFLICT (event_id, subscriber) DO NOTHING`,
    [
      terminalId,
      STOCK_SUBSCRIBER,
      unreadable.map(({ eventId }) => eventId),
      unreadable.map(({ reason }) => reason),
    ],
  );
}
