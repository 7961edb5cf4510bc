/**
 * Takes a batch of one terminal into the log: exactly once, whatever dies.
 *
 *     checkBatch (no database)      framing, storable text, hashes within the batch
 *       ▼
 *     BEGIN, lock the terminal's row
 *       │  behind the head?         proven equal to what is stored by one hash, then dropped
 *       │  beyond the head?         gap: the terminal resumes from `expected`
 *       │  another head hash?       chain_broken: a fork, nothing is merged
 *       ▼
 *     insert events · move stock · park what the projection cannot read · move the head · append alerts
 *     COMMIT                        effect and cursor in one transaction
 */
import { z } from 'zod';
import type { PushReply, PushRequest } from '#sync/protocol/messages.ts';
import type { Queryable } from '../database/database.ts';
import { classifyFailure } from '../database/database-failure.ts';
import { draftOfAlert, moveStock } from '../inventory/move-stock.ts';
import { readMovements, unreportedAlerts } from '../inventory/read-movements.ts';
import type { EventLog, LogTransaction } from '../log/event-log.ts';
import type { AuthenticTerminal } from '../terminals/terminals.ts';
import { moveHead, parkUnreadable } from './batch-statements.ts';
import { type CheckedEvent, checkBatch, refuse } from './check-batch.ts';

const lockedRow = z.object({
  head_seq: z.int(),
  head_hash: z.string(),
  location_id: z.string(),
  epoch: z.int(),
  revoked: z.boolean(),
});

const hashRow = z.object({ hash: z.string() });

export interface IngestOptions {
  /** Told of failures that are a defect or an outage; the terminal gets a code only. */
  readonly onFailure?: (error: unknown) => void;
}

/** Never rejects. */
export async function ingestBatch(
  log: EventLog,
  terminal: AuthenticTerminal,
  request: PushRequest,
  options: IngestOptions = {},
): Promise<PushReply> {
  const checked = checkBatch(terminal, request);
  return 'ok' in checked ? checked : appendBatch(log, terminal, checked, options);
}

/**
 * The part behind `checkBatch`. Apart, so that a connection can check the next batch while PostgreSQL stores this
 * one. Never rejects.
 */
export async function appendBatch(
  log: EventLog,
  terminal: AuthenticTerminal,
  checked: readonly CheckedEvent[],
  options: IngestOptions = {},
): Promise<PushReply> {
  try {
    return await log.write((tx) => append(tx, terminal, checked));
  } catch (error) {
    const failure = classifyFailure(error);
    switch (failure) {
      case 'bad_value':
        return refuse('malformed', 'An event of the batch has a value that the log cannot hold');
      case 'conflict':
        return refuse('malformed', 'An event of the batch has the id of another event');
      case 'unavailable':
      case 'defect':
        options.onFailure?.(error);
        return refuse('unavailable', 'The server could not store the batch now');
    }
  }
}

async function append(
  tx: LogTransaction,
  terminal: AuthenticTerminal,
  checked: readonly CheckedEvent[],
): Promise<PushReply> {
  const [head] = await tx.query(
    lockedRow,
    `SELECT head_seq, head_hash, location_id, epoch, revoked_at IS NOT NULL AS revoked
     FROM terminals WHERE terminal_id = $1 FOR UPDATE`,
    [terminal.terminalId],
  );
  if (
    head === undefined ||
    head.revoked ||
    head.epoch !== terminal.epoch ||
    head.location_id !== terminal.locationId
  ) {
    return refuse('wrong_terminal', `The token of ${terminal.terminalId} is no longer valid`);
  }
  const first = checked[0]?.record;
  const last = checked.at(-1)?.record;
  if (first === undefined || last === undefined) return refuse('malformed', 'The batch is empty');
  if (first.seq > head.head_seq + 1) {
    const expected = head.head_seq + 1;
    return { ...refuse('gap', `Expected event ${expected}, got ${first.seq}`), expected };
  }

  const fresh = checked.slice(head.head_seq + 1 - first.seq);
  // A hash covers all events before it. So one comparison at the seam (the stored head, or the batch's last event
  // when all of it is behind the head) proves that what was sent again is what is stored.
  const storedAtSeam =
    fresh.length > 0 ? head.head_hash : await storedHash(tx, terminal.terminalId, last.seq);
  const sentAtSeam = fresh[0]?.record.prevHash ?? last.hash;
  if (sentAtSeam !== storedAtSeam) {
    const seam = Math.min(head.head_seq, last.seq);
    return refuse(
      'chain_broken',
      `The history of ${terminal.terminalId} differs from the server's at event ${seam}`,
    );
  }
  if (fresh.length === 0) return { ok: true, ackedThrough: head.head_seq };

  await tx.appendReceived(fresh.map(({ record }) => record));
  await moveHead(tx, last, new Date());
  await followStock(tx, terminal, fresh);
  return { ok: true, ackedThrough: last.seq };
}

/**
 * The stock follows the terminal's movements. Where it comes to the reorder point the terminal has often said so itself,
 * in this very batch and with the same quantity: then its event is the one alert of that crossing.
 */
async function followStock(
  tx: LogTransaction,
  terminal: AuthenticTerminal,
  fresh: readonly CheckedEvent[],
): Promise<void> {
  const { movements, unreadable, reportedLow } = readMovements(fresh);
  await parkUnreadable(tx, unreadable);
  const { alerts } = await moveStock(tx, terminal.locationId, movements);
  await tx.append(
    {
      locationId: terminal.locationId,
      now: new Date(),
      metadata: { user_id: 'server', terminal_id: terminal.terminalId },
    },
    unreportedAlerts(alerts, reportedLow).map(draftOfAlert),
  );
}

async function storedHash(tx: Queryable, terminalId: string, seq: number): Promise<string | undefined> {
  const [row] = await tx.query(hashRow, 'SELECT hash FROM event_log WHERE terminal_id = $1 AND seq = $2', [
    terminalId,
    seq,
  ]);
  return row?.hash;
}
