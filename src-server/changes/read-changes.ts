/**
 * One page of what a terminal must know, from where it stands. Reads the log forward behind the horizon, and of people and
 * stock how they are now, all in one moment.
 */
import { z } from 'zod';
import type { ChangesPullReply, ChangesPullRequest } from '#sync/protocol/changes.ts';
import { stockRecordSchema } from '#sync/protocol/live-messages.ts';
import type { Database, Queryable } from '../database/database.ts';
import { readMoment } from '../database/read-moment.ts';
import { changedRecords } from '../live/changed-records.ts';
import { RESERVING_EVENT_TYPES } from '../live/read-stock.ts';
import { readSettings } from '../locations/settings-service.ts';
import { readStaff, staffRecordOf } from '../locations/staff-table.ts';
import type { Logger } from '../logger.ts';
import type { AuthenticTerminal } from '../terminals/terminals.ts';
import { type Cursor, type LogMark, cursorText, parseCursor } from './cursor.ts';
import { type GatheredPage, gatherPage } from './gather-page.ts';
import {
  type LocationRow,
  countLocationRows,
  lastLocationRow,
  leadsOn,
  positionOf,
  readLocationRows,
} from './location-log.ts';

/** Rows of the log that one page looks at: most of them tell a terminal nothing (payments, its own sales). */
const ROWS_A_PAGE = 2_000;

/** Whoever has more rows of its location before it loads a snapshot: that is less than all those pages. */
export const MOST_BEHIND = 20_000;

export interface ChangesQuestion extends ChangesPullRequest {
  readonly terminal: AuthenticTerminal;
  /** Default {@link MOST_BEHIND}. */
  readonly mostBehind?: number;
  /** Default 2,000. */
  readonly rowsAPage?: number;
}

export async function readChanges(
  database: Database,
  question: ChangesQuestion,
  logger: Logger,
): Promise<ChangesPullReply> {
  const { after } = question;
  if (after === null) return snapshotNeeded('This terminal has nothing of the server yet');
  const cursor = parseCursor(after);
  if (cursor === undefined) return snapshotNeeded('The cursor is none of this server');
  return readMoment(database, (tx) => readPage(tx, cursor, question, logger));
}

async function readPage(
  tx: Queryable,
  cursor: Cursor,
  question: ChangesQuestion,
  logger: Logger,
): Promise<ChangesPullReply> {
  const { terminal, limit, mostBehind = MOST_BEHIND, rowsAPage = ROWS_A_PAGE } = question;
  const { locationId } = terminal;
  if (!(await leadsOn(tx, locationId, cursor))) {
    return snapshotNeeded('The log of this server does not lead on from the cursor');
  }
  const from = positionOf(cursor);
  // One more than are used: whether there is more is then known.
  const found = await readLocationRows(tx, locationId, from, rowsAPage + 1);
  if (found.length > rowsAPage) {
    const behind = await countLocationRows(tx, locationId, from, mostBehind + 1);
    if (behind > mostBehind) return snapshotNeeded('There is too much between the cursor and now');
  }
  const readable = found.slice(0, rowsAPage).filter((row) => row.readable);
  const page = gatherPage(readable, await readOrderLines(tx, readable), limit);
  const at = page.taken.at(-1);
  const next = found[page.taken.length];
  const seen = found.length > rowsAPage ? await lastLocationRow(tx, locationId) : lastOf(found);
  return {
    ok: true,
    to: at === undefined ? cursorText(cursor) : cursorText(behind(markOf(at), seen)),
    more: next?.readable === true,
    ...(await readRecords(tx, locationId, page, logger)),
    stock_through: await headOf(tx, terminal.terminalId),
  };
}

async function readRecords(tx: Queryable, locationId: string, page: GatheredPage, logger: Logger) {
  const catalogue = changedRecords(page.catalogue, (event, error) => {
    logger.error(
      { err: error, eventId: event.event_id, eventType: event.event_type },
      'a catalogue event cannot be read; the terminals do not get it',
    );
  });
  const staff = page.userIds.length === 0 ? [] : await readStaff(tx, locationId, page.userIds);
  const settings = page.settings ? await readSettings(tx, locationId) : undefined;
  return {
    merchandise_codes: catalogue.flatMap((one) => (one.list === 'merchandise_codes' ? one.record : [])),
    items: catalogue.flatMap((one) => (one.list === 'items' ? one.record : [])),
    promotions: catalogue.flatMap((one) => (one.list === 'promotions' ? one.record : [])),
    staff: staff.map(staffRecordOf),
    settings: settings?.record ?? null,
    stock: page.skus.length === 0 ? [] : await readStockOf(tx, locationId, page.skus),
  };
}

const lineRow = z.object({ order_id: z.string(), sku: z.string() });

async function readOrderLines(
  tx: Queryable,
  rows: readonly LocationRow[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const orders = rows
    .filter((row) => RESERVING_EVENT_TYPES.includes(row.event_type))
    .map((row) => row.aggregate_id);
  if (orders.length === 0) return new Map();
  const lines = await tx.query(lineRow, 'SELECT order_id, sku FROM order_lines WHERE order_id = ANY($1)', [
    orders,
  ]);
  const byOrder = Map.groupBy(lines, (line) => line.order_id);
  return new Map([...byOrder].map(([order, ofOrder]) => [order, ofOrder.map(({ sku }) => sku)]));
}

function readStockOf(tx: Queryable, locationId: string, skus: readonly string[]) {
  return tx.query(
    stockRecordSchema,
    'SELECT sku, quantity, reserved FROM stock WHERE location_id = $1 AND sku = ANY($2) ORDER BY sku',
    [locationId, skus],
  );
}

const headRow = z.object({ head_seq: z.int() });

async function headOf(tx: Queryable, terminalId: string): Promise<number> {
  const [row] = await tx.query(headRow, 'SELECT head_seq FROM terminals WHERE terminal_id = $1', [
    terminalId,
  ]);
  return row?.head_seq ?? 0;
}

function snapshotNeeded(message: string): ChangesPullReply {
  return { ok: false, code: 'snapshot_needed', message };
}

function behind(at: LogMark, seen: LogMark | undefined): Cursor {
  return { kind: 'behind', at, seen: seen ?? at };
}

function lastOf(rows: readonly LocationRow[]): LogMark | undefined {
  const last = rows.at(-1);
  return last && markOf(last);
}

function markOf({ tx, id, event_id: eventId }: LocationRow): LogMark {
  return { tx, id, eventId };
}
