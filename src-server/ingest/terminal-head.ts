/**
 * How far the log has a terminal's history: the number and the hash of its last event. Whoever appends has the row until
 * COMMIT, so the batches of a terminal come one after the other, whichever process takes them.
 */
import { z } from 'zod';
import type { FramedEvent } from '#sync/protocol/messages.ts';
import type { Queryable } from '../database/database.ts';
import { TRANSACTION_NUMBER } from '../log/log-clock.ts';
import { QUARANTINED_OF_T } from '../quarantine/terminal-quarantine.ts';
import type { AuthenticTerminal } from '../terminals/terminals.ts';

const advancedRow = z.object({ transaction: z.int(), quarantined: z.int() });
export type AdvancedHead = z.infer<typeof advancedRow>;

/**
 * Moves the head over a run of events, from the one before `first` to `last`: one statement, because that is what nearly
 * every batch needs. Undefined, and nothing is changed, when `first` does not continue the head, or the terminal is no
 * longer the one that was let in; {@link lockHead} then says which.
 */
export async function advanceHead(
  tx: Queryable,
  terminal: AuthenticTerminal,
  { first, last }: { readonly first: FramedEvent; readonly last: FramedEvent },
  now: Date,
): Promise<AdvancedHead | undefined> {
  const [advanced] = await tx.query(
    advancedRow,
    `UPDATE terminals t SET head_seq = $6, head_hash = $7, last_seen_at = $8
     WHERE terminal_id = $1 AND location_id = $2 AND epoch = $3 AND revoked_at IS NULL AND head_seq = $4 AND head_hash = $5
     RETURNING ${TRANSACTION_NUMBER} AS transaction, ${QUARANTINED_OF_T} AS quarantined`,
    [
      terminal.terminalId,
      terminal.locationId,
      terminal.epoch,
      first.seq - 1,
      first.prevHash,
      last.seq,
      last.hash,
      now.toISOString(),
    ],
  );
  return advanced;
}

const lockedRow = z.object({
  head_seq: z.int(),
  head_hash: z.string(),
  location_id: z.string(),
  epoch: z.int(),
  revoked: z.boolean(),
  quarantined: z.int(),
});

export interface LockedHead {
  readonly seq: number;
  readonly hash: string;
  readonly quarantined: number;
}

/** Undefined when the terminal is no longer the one that was let in: its token is void. */
export async function lockHead(tx: Queryable, terminal: AuthenticTerminal): Promise<LockedHead | undefined> {
  const [row] = await tx.query(
    lockedRow,
    `SELECT head_seq, head_hash, location_id, epoch, revoked_at IS NOT NULL AS revoked, ${QUARANTINED_OF_T} AS quarantined
     FROM terminals t WHERE terminal_id = $1 FOR UPDATE`,
    [terminal.terminalId],
  );
  const isStillTheOne =
    row !== undefined &&
    !row.revoked &&
    row.epoch === terminal.epoch &&
    row.location_id === terminal.locationId;
  return isStillTheOne ? { seq: row.head_seq, hash: row.head_hash, quarantined: row.quarantined } : undefined;
}
