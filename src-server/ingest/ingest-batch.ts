/**
 * Takes a batch of one terminal into the log: exactly once, whatever dies.
 *
 *     checkBatch (no database)      framing, hashes within the batch, which texts can be stored
 *       ▼
 *     BEGIN, move the head ─ one statement when the batch begins at it; otherwise its row is locked and looked at:
 *       │  behind the head?         proven equal to what is stored by one hash, then dropped
 *       │  beyond the head?         gap: the terminal resumes from `expected`
 *       │  another head hash?       chain_broken: a fork, recorded, nothing is merged
 *       ▼
 *     insert events · quarantine what cannot be stored · move stock · park what it cannot read · append alerts
 *     COMMIT                        effect and cursor in one transaction
 *
 * A value that the database refuses all the same fails the transaction; then the event is found and quarantined too
 * (`find-unstorable.ts`). So no record can hold up those behind it, whatever it is.
 */
import type { FramedEvent, PushReply, PushRequest } from '#sync/protocol/messages.ts';
import { classifyFailure } from '../database/database-failure.ts';
import { draftOfAlert, moveStock } from '../inventory/move-stock.ts';
import { type UnreadableEvent, gatherWords, unreportedAlerts } from '../inventory/stock-words.ts';
import type { EventLog, LogTransaction } from '../log/event-log.ts';
import type { AuthenticTerminal } from '../terminals/terminals.ts';
import { type RecordedFork, recordFork } from '../terminals/forks.ts';
import { readHash } from '../terminals/chain-hashes.ts';
import { quarantineFrames } from '../quarantine/quarantined-frames.ts';
import { type CheckedEvent, type StorableEvent, checkBatch, refuse } from './check-batch.ts';
import { markRefused } from './find-unstorable.ts';
import { parkUnreadable } from './park-unreadable.ts';
import { type AdvancedHead, advanceHead, lockHead } from './terminal-head.ts';

export interface IngestOptions {
  /** Told of failures that are a defect or an outage; the terminal gets a code only. */
  readonly onFailure?: (error: unknown) => void;
  /** Told of events that were put aside, when that is committed. */
  readonly onQuarantined?: (events: readonly QuarantinedEvent[]) => void;
  /** Told when another history under the name of this terminal is seen for the first time. */
  readonly onFork?: (fork: RecordedFork) => void;
}

export interface QuarantinedEvent {
  readonly seq: number;
  readonly eventId: string;
  readonly reason: string;
}

/** What to tell of it once it is committed. */
interface Outcome {
  readonly reply: PushReply;
  readonly quarantined: readonly QuarantinedEvent[];
  readonly fork: RecordedFork | undefined;
}

/** Never rejects. */
export async function ingestBatch(
  log: EventLog,
  terminal: AuthenticTerminal,
  request: PushRequest,
  options: IngestOptions = {},
): Promise<PushReply> {
  const checked = await checkBatch(terminal, request);
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
  let batch = checked;
  for (;;) {
    try {
      const { reply, quarantined, fork } = await log.write((tx) => append(tx, terminal, batch));
      if (quarantined.length > 0) options.onQuarantined?.(quarantined);
      if (fork !== undefined) options.onFork?.(fork);
      return reply;
    } catch (error) {
      const marked = await markRefusedSafely(log, batch, error, options);
      if (marked === undefined) return refuse('unavailable', 'The server could not store the batch now');
      batch = marked;
    }
  }
}

/** The batch with more of it marked than before; undefined when the failure is that of no event. */
async function markRefusedSafely(
  log: EventLog,
  batch: readonly CheckedEvent[],
  error: unknown,
  { onFailure }: IngestOptions,
): Promise<readonly CheckedEvent[] | undefined> {
  const failure = classifyFailure(error);
  switch (failure) {
    case 'bad_value':
    case 'conflict':
      try {
        const marked = await markRefused(log, batch, failure);
        if (marked !== batch) return marked;
      } catch (reason) {
        onFailure?.(reason);
        return undefined;
      }
      break;
    case 'unavailable':
    case 'defect':
      break;
  }
  onFailure?.(error);
  return undefined;
}

async function append(
  tx: LogTransaction,
  terminal: AuthenticTerminal,
  checked: readonly CheckedEvent[],
): Promise<Outcome> {
  const now = new Date();
  const run = runOf(checked);
  if (run === undefined) return only(refuse('malformed', 'The batch is empty'));
  const advanced = await advanceHead(tx, terminal, run, now);
  return advanced === undefined
    ? appendBesideHead(tx, terminal, run, now)
    : appendRun(tx, terminal, run, advanced, now);
}

/** A run that does not begin where the head is: sent again in part or whole, too far ahead, or of another history. */
async function appendBesideHead(
  tx: LogTransaction,
  terminal: AuthenticTerminal,
  { events, first, last }: Run,
  now: Date,
): Promise<Outcome> {
  const head = await lockHead(tx, terminal);
  if (head === undefined) {
    return only(refuse('wrong_terminal', `The token of ${terminal.terminalId} is no longer valid`));
  }
  if (first.seq > head.seq + 1) {
    const expected = head.seq + 1;
    return only({ ...refuse('gap', `Expected event ${expected}, got ${first.seq}`), expected });
  }

  const fresh = runOf(events.slice(head.seq + 1 - first.seq));
  // A hash covers all events before it. So one comparison at the seam (the stored head, or the batch's last event
  // when all of it is behind the head) proves that what was sent again is what is stored.
  const seam = Math.min(head.seq, last.seq);
  const ours = fresh !== undefined ? head.hash : await readHash(tx, terminal.terminalId, last.seq);
  const theirs = fresh?.first.prevHash ?? last.hash;
  if (theirs !== ours) {
    const fork = await recordFork(
      tx,
      { ...terminal, kind: 'forked', seq: seam, ourHash: ours ?? '', theirHash: theirs },
      now,
    );
    return {
      ...only(
        refuse(
          'chain_broken',
          `The history of ${terminal.terminalId} differs from the server's at event ${seam}`,
        ),
      ),
      fork,
    };
  }
  if (fresh === undefined) return only(acknowledge(head.seq, head.quarantined));
  const advanced = await advanceHead(tx, terminal, fresh, now);
  // The row is ours since it was read.
  if (advanced === undefined) throw new Error(`The head of ${terminal.terminalId} moved while it was locked`);
  return appendRun(tx, terminal, fresh, advanced, now);
}

/** The head is behind them already. */
async function appendRun(
  tx: LogTransaction,
  terminal: AuthenticTerminal,
  { events, last }: Run,
  { transaction, quarantined: before }: AdvancedHead,
  now: Date,
): Promise<Outcome> {
  const storable = events.filter((event) => event.kind === 'storable');
  const unstorable = events.filter((event) => event.kind === 'unstorable');
  await tx.appendReceived(
    storable.map(({ record }) => record),
    transaction,
  );
  await quarantineFrames(tx, unstorable, now);
  const unreadable = await followStock(tx, terminal, storable, now);
  const quarantined = [
    ...unstorable.map(({ record, reason }) => ({ seq: record.seq, eventId: record.eventId, reason })),
    ...unreadable,
  ];
  return {
    ...only(acknowledge(last.seq, before + quarantined.length)),
    quarantined,
  };
}

/** Checked events that continue each other; at least one. */
interface Run {
  readonly events: readonly CheckedEvent[];
  readonly first: FramedEvent;
  readonly last: FramedEvent;
}

function runOf(events: readonly CheckedEvent[]): Run | undefined {
  const first = events[0]?.record;
  const last = events.at(-1)?.record;
  return first === undefined || last === undefined ? undefined : { events, first, last };
}

function only(reply: PushReply): Outcome {
  return { reply, quarantined: [], fork: undefined };
}

function acknowledge(ackedThrough: number, quarantined: number): PushReply {
  return { ok: true, ackedThrough, ...(quarantined === 0 ? {} : { quarantined }) };
}

/**
 * The stock follows the terminal's movements. Where it comes to the reorder point the terminal has often said so itself,
 * in this very batch and with the same quantity: then its event is the one alert of that crossing.
 */
async function followStock(
  tx: LogTransaction,
  terminal: AuthenticTerminal,
  fresh: readonly StorableEvent[],
  now: Date,
): Promise<readonly UnreadableEvent[]> {
  const { movements, unreadable, reportedLow } = gatherWords(fresh);
  await parkUnreadable(tx, terminal.terminalId, unreadable);
  const { alerts } = await moveStock(tx, terminal.locationId, movements);
  await tx.append(
    {
      locationId: terminal.locationId,
      now,
      metadata: { user_id: 'server', terminal_id: terminal.terminalId },
    },
    unreportedAlerts(alerts, reportedLow).map(draftOfAlert),
  );
  return unreadable;
}
