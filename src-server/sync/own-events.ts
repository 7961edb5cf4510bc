/** A terminal's own events for a terminal that lost them: as it made them, in their order, those in quarantine in their place. */
import { z } from 'zod';
import {
  type EventsPullReply,
  type EventsPullRequest,
  type FramedEvent,
  MAX_BATCH_BYTES,
} from '#sync/protocol/messages.ts';
import type { Queryable } from '../database/database.ts';
import { STORED_EVENT_COLUMNS, storedEventRow, toEventRecord } from '../log/stored-event.ts';
import { frameSchema } from '../quarantine/quarantined-frames.ts';

const headRow = z.object({ head_seq: z.int(), head_hash: z.string() });
const frameRow = z.object({ frame: frameSchema });

export async function readOwnEvents(
  queryable: Queryable,
  terminalId: string,
  { after, limit }: EventsPullRequest,
): Promise<EventsPullReply> {
  const [head] = await queryable.query(
    headRow,
    'SELECT head_seq, head_hash FROM terminals WHERE terminal_id = $1',
    [terminalId],
  );
  if (head === undefined) return { ok: false, code: 'unavailable', message: 'The terminal is not known' };
  const through = Math.min(after + limit, head.head_seq);
  const stored = await queryable.query(
    storedEventRow,
    `SELECT ${STORED_EVENT_COLUMNS} FROM (
       SELECT ${STORED_EVENT_COLUMNS}, ${firstBytes('octet_length(payload::text) + octet_length(metadata::text)')}
       FROM event_log WHERE terminal_id = $1 AND seq > $2 AND seq <= $3) e
     WHERE number = 1 OR bytes <= ${MAX_BATCH_BYTES} ORDER BY seq`,
    [terminalId, after, through],
  );
  const frames = await queryable.query(
    frameRow,
    `SELECT frame FROM (
       SELECT frame, seq, ${firstBytes('octet_length(frame)')}
       FROM quarantined_events WHERE terminal_id = $1 AND seq > $2 AND seq <= $3) q
     WHERE number = 1 OR bytes <= ${MAX_BATCH_BYTES} ORDER BY seq`,
    [terminalId, after, through],
  );
  const events = [...stored.map(toEventRecord), ...frames.map(({ frame }) => frame)];
  return {
    ok: true,
    events: onePage(
      events.sort((a, b) => a.seq - b.seq),
      after,
    ),
    head: { seq: head.head_seq, hash: head.head_hash },
  };
}

/** For the database not to send what would not fit: how much there is up to each row, and its number. */
function firstBytes(size: string): string {
  return `sum(${size}) OVER (ORDER BY seq) AS bytes, row_number() OVER (ORDER BY seq) AS number`;
}

/** Without a gap, as large as a batch at most, but never empty for its size. */
function onePage(events: readonly FramedEvent[], after: number): FramedEvent[] {
  const page: FramedEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    bytes += Buffer.byteLength(event.payload) + Buffer.byteLength(event.metadata);
    if (event.seq !== after + page.length + 1 || (page.length > 0 && bytes > MAX_BATCH_BYTES)) break;
    page.push(event);
  }
  return page;
}
