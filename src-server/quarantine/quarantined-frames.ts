/**
 * Frames of a terminal's history whose texts the log cannot hold. They are acknowledged and the chain goes through them;
 * here they are kept as they came, for the proof of the chain, for the terminal if it loses its disk, and for a person.
 */
import { z } from 'zod';
import { type FramedEvent, framedEventSchema } from '#sync/protocol/messages.ts';
import type { Queryable } from '../database/database.ts';

export interface FrameToQuarantine {
  readonly record: FramedEvent;
  readonly reason: string;
}

/** In the order of their seq, with the head of their terminal locked. */
export async function quarantineFrames(
  tx: Queryable,
  frames: readonly FrameToQuarantine[],
  now: Date,
): Promise<void> {
  // One by one: they are rare, and a list of byte strings is no parameter of either driver.
  for (const { record, reason } of frames) {
    await tx.execute(
      `INSERT INTO quarantined_events
         (terminal_id, seq, frame, prev_hash, hash, event_id, event_type, reason, received_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        record.terminalId,
        record.seq,
        // JSON escapes U+0000 and lone surrogates, so that its UTF-8 gives all of it back.
        Buffer.from(JSON.stringify(record), 'utf8'),
        record.prevHash,
        record.hash,
        printable(record.eventId),
        printable(record.eventType),
        reason,
        now.toISOString(),
      ],
    );
  }
}

function printable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, '\uFFFD')
    .slice(0, 100);
}

/** What the column `frame` holds. */
export const frameSchema = z
  .instanceof(Uint8Array)
  .transform((frame) => framedEventSchema.parse(JSON.parse(Buffer.from(frame).toString('utf8'))));

const frameRow = z.object({ frame: frameSchema }).transform(({ frame }) => frame);

/** Those with a seq in `after` < seq ≤ `through`, in order. */
export async function readQuarantinedFrames(
  queryable: Queryable,
  terminalId: string,
  after: number,
  through: number,
): Promise<FramedEvent[]> {
  return queryable.query(
    frameRow,
    'SELECT frame FROM quarantined_events WHERE terminal_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq',
    [terminalId, after, through],
  );
}

const listedRow = z
  .object({
    terminal_id: z.string(),
    seq: z.int(),
    event_id: z.string(),
    event_type: z.string(),
    reason: z.string(),
    received_at: z.date(),
  })
  .transform((row) => ({ ...row, received_at: row.received_at.toISOString() }));

/** Those that wait for a person, of all terminals; the newest, newest first. */
export async function listQuarantinedFrames(
  queryable: Queryable,
  limit: number,
): Promise<z.output<typeof listedRow>[]> {
  return queryable.query(
    listedRow,
    `SELECT terminal_id, seq, event_id, event_type, reason, received_at FROM quarantined_events
     WHERE dismissed_at IS NULL ORDER BY received_at DESC, terminal_id, seq DESC LIMIT $1`,
    [limit],
  );
}

/** It leaves the lists; the frame stays. False when there is none that waits. */
export async function dismissFrame(
  queryable: Queryable,
  terminalId: string,
  seq: number,
  now: Date,
): Promise<boolean> {
  const touched = await queryable.execute(
    `UPDATE quarantined_events SET dismissed_at = $3
     WHERE terminal_id = $1 AND seq = $2 AND dismissed_at IS NULL`,
    [terminalId, seq, now.toISOString()],
  );
  return touched === 1;
}
