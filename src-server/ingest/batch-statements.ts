/** What a batch writes beside its events. */
import type { FramedEvent } from '#sync/protocol/messages.ts';
import type { Queryable } from '../database/database.ts';
import { STOCK_SUBSCRIBER, type UnreadableEvent } from '../inventory/read-movements.ts';

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

export async function moveHead(tx: Queryable, last: FramedEvent, now: Date): Promise<void> {
  await tx.execute(
    'UPDATE terminals SET head_seq = $2, head_hash = $3, last_seen_at = $4 WHERE terminal_id = $1',
    [last.terminalId, last.seq, last.hash, now.toISOString()],
  );
}
