/**
 * Two histories under one name. A data folder that was copied to another PC shows as either of two: it goes on by itself
 * (`forked`), or it is an older state of what the server has already (`behind`). Neither is merged. A person looks which of
 * the two PCs is the till, takes the other out of service, and clears the record.
 */
import { z } from 'zod';
import type { Queryable } from '../database/database.ts';

export type ForkKind = 'forked' | 'behind';

export interface SeenFork {
  readonly terminalId: string;
  /** Of the token that it showed: a copy has the token of its original. */
  readonly epoch: number;
  readonly kind: ForkKind;
  /** Where the two were compared. */
  readonly seq: number;
  /** Empty where ours is not in the log any more. */
  readonly ourHash: string;
  readonly theirHash: string;
}

export interface RecordedFork extends SeenFork {
  readonly timesSeen: number;
}

const seenRow = z.object({ times_seen: z.int() });

/**
 * One record a terminal, epoch and kind, however often it asks again. It keeps the earliest event by which the two were told
 * apart, which is the nearest to where they parted.
 * @returns the fork the first time, undefined when it was known
 */
export async function recordFork(
  queryable: Queryable,
  fork: SeenFork,
  now: Date,
): Promise<RecordedFork | undefined> {
  const [row] = await queryable.query(
    seenRow,
    `INSERT INTO terminal_forks AS f
       (terminal_id, epoch, kind, seq, our_hash, their_hash, first_seen_at, last_seen_at, times_seen)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $7, 1)
     ON CONFLICT (terminal_id, epoch, kind) WHERE cleared_at IS NULL DO UPDATE SET
       our_hash = CASE WHEN EXCLUDED.seq < f.seq THEN EXCLUDED.our_hash ELSE f.our_hash END,
       their_hash = CASE WHEN EXCLUDED.seq < f.seq THEN EXCLUDED.their_hash ELSE f.their_hash END,
       seq = LEAST(f.seq, EXCLUDED.seq),
       last_seen_at = EXCLUDED.last_seen_at,
       times_seen = f.times_seen + 1
     RETURNING times_seen`,
    [fork.terminalId, fork.epoch, fork.kind, fork.seq, fork.ourHash, fork.theirHash, now.toISOString()],
  );
  const timesSeen = row?.times_seen ?? 1;
  return timesSeen === 1 ? { ...fork, timesSeen } : undefined;
}

const forkRow = z
  .object({
    id: z.int(),
    terminal_id: z.string(),
    epoch: z.int(),
    kind: z.enum(['forked', 'behind']),
    seq: z.int(),
    our_hash: z.string(),
    their_hash: z.string(),
    first_seen_at: z.date(),
    last_seen_at: z.date(),
    times_seen: z.int(),
  })
  .transform((row) => ({
    ...row,
    first_seen_at: row.first_seen_at.toISOString(),
    last_seen_at: row.last_seen_at.toISOString(),
  }));

/** Those that nobody has cleared, the last seen first. */
export async function listForks(queryable: Queryable): Promise<z.output<typeof forkRow>[]> {
  return queryable.query(
    forkRow,
    `SELECT id, terminal_id, epoch, kind, seq, our_hash, their_hash, first_seen_at, last_seen_at, times_seen
     FROM terminal_forks WHERE cleared_at IS NULL ORDER BY last_seen_at DESC, id DESC LIMIT 1000`,
  );
}

/** Seen once more, it is a new record and is logged anew. False when there is none that waits. */
export async function clearFork(queryable: Queryable, id: number, now: Date): Promise<boolean> {
  const touched = await queryable.execute(
    'UPDATE terminal_forks SET cleared_at = $2 WHERE id = $1 AND cleared_at IS NULL',
    [id, now.toISOString()],
  );
  return touched === 1;
}
