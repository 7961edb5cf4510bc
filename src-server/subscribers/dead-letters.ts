/** Events that a subscriber could not take. They stay in the log; here they wait for a person. */
import { z } from 'zod';
import type { Queryable } from '../database/database.ts';
import { classifyFailure } from '../database/database-failure.ts';
import type { EventLog, LogTransaction } from '../log/event-log.ts';
import { type LoggedEvent, readEvent } from '../log/log-reader.ts';
import { awaitClaim } from './position-store.ts';

const MAX_REASON = 2000;

export async function parkEvent(
  tx: Queryable,
  subscriber: string,
  eventId: string,
  reason: unknown,
): Promise<void> {
  await tx.execute(
    `INSERT INTO dead_letters (event_id, subscriber, reason, terminal_id)
     VALUES ($1, $2, $3, (SELECT terminal_id FROM event_log WHERE event_id = $1))
     ON CONFLICT (event_id, subscriber)
     DO UPDATE SET reason = EXCLUDED.reason, failed_at = NOW(), dismissed_at = NULL`,
    [eventId, subscriber, sentenceOf(reason)],
  );
}

function sentenceOf(reason: unknown): string {
  const text = reason instanceof Error ? reason.message : String(reason);
  // What broke a handler may be text that PostgreSQL cannot hold either.
  return text.toWellFormed().replaceAll('\0', '').slice(0, MAX_REASON);
}

/** Takes one event on behalf of a subscriber; rejects when it cannot. */
export type TakeEvent = (tx: LogTransaction, event: LoggedEvent) => Promise<void>;

export type RetryOutcome =
  | { readonly kind: 'taken' }
  /** It failed again and stays. */
  | { readonly kind: 'failed_again'; readonly reason: string }
  | { readonly kind: 'not_found' }
  /** The subscriber is not one that this version has. */
  | { readonly kind: 'no_subscriber'; readonly subscriber: string };

const letterRow = z.object({ event_id: z.string(), subscriber: z.string() });

/** The button beside a dead letter: takes the event again, and removes the letter in the same transaction. */
export async function retryDeadLetter(
  log: EventLog,
  takers: ReadonlyMap<string, TakeEvent>,
  id: number,
): Promise<RetryOutcome> {
  let subscriber = '';
  let eventId = '';
  try {
    return await log.write(async (tx): Promise<RetryOutcome> => {
      const [letter] = await tx.query(
        letterRow,
        'SELECT event_id, subscriber FROM dead_letters WHERE id = $1 AND dismissed_at IS NULL FOR UPDATE',
        [id],
      );
      if (letter === undefined) return { kind: 'not_found' };
      ({ subscriber, event_id: eventId } = letter);
      const take = takers.get(subscriber);
      if (take === undefined) return { kind: 'no_subscriber', subscriber };
      // No handler of this subscriber is at work meanwhile, in any process: what it has passed by, it has passed by.
      await awaitClaim(tx, subscriber);
      const event = await readEvent(tx, eventId);
      if (event === undefined) throw new Error(`Event ${eventId} is not in the log any more`);
      await tx.execute('DELETE FROM dead_letters WHERE id = $1', [id]);
      await take(tx, event);
      return { kind: 'taken' };
    });
  } catch (error) {
    if (eventId === '' || classifyFailure(error) === 'unavailable') throw error;
    const reason = sentenceOf(error);
    // Not parked anew: somebody else may have retried it meanwhile, and with success.
    await log.write((tx) =>
      tx.execute('UPDATE dead_letters SET reason = $2, failed_at = NOW() WHERE id = $1', [id, reason]),
    );
    return { kind: 'failed_again', reason };
  }
}

/** Whoever looked at it wants no retry: it leaves the lists, and stays parked. False when there is none that waits. */
export async function dismissDeadLetter(queryable: Queryable, id: number, now: Date): Promise<boolean> {
  const touched = await queryable.execute(
    'UPDATE dead_letters SET dismissed_at = $2 WHERE id = $1 AND dismissed_at IS NULL',
    [id, now.toISOString()],
  );
  return touched === 1;
}

const parkedRow = z.object({ event_id: z.string() });

/** Those of the events that are dead letters of this subscriber. */
export async function parkedAmong(
  queryable: Queryable,
  subscriber: string,
  eventIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await queryable.query(
    parkedRow,
    'SELECT event_id FROM dead_letters WHERE subscriber = $1 AND event_id = ANY($2)',
    [subscriber, [...eventIds]],
  );
  return new Set(rows.map(({ event_id }) => event_id));
}

const deadLetterRow = z
  .object({
    id: z.int(),
    event_id: z.string(),
    subscriber: z.string(),
    reason: z.string(),
    failed_at: z.date(),
    event_type: z.string(),
    terminal_id: z.string(),
    seq: z.int(),
  })
  .transform((row) => ({ ...row, failed_at: row.failed_at.toISOString() }));

/** The newest thousand of those that wait for a person. */
export async function readDeadLetters(queryable: Queryable): Promise<z.infer<typeof deadLetterRow>[]> {
  return queryable.query(
    deadLetterRow,
    `SELECT d.id, d.event_id, d.subscriber, d.reason, d.failed_at, e.event_type, e.terminal_id, e.seq
     FROM dead_letters d JOIN event_log e ON e.event_id = d.event_id
     WHERE d.dismissed_at IS NULL ORDER BY d.id DESC LIMIT 1000`,
  );
}
