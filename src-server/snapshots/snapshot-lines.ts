/** The lines of a snapshot, read page by page in one moment, so that they are together as they once were. */
import { z } from 'zod';
import { itemToWire } from '#domain/catalogue/item-wire.ts';
import { merchandiseCodeToWire } from '#domain/catalogue/merchandise-code-wire.ts';
import { promotionToWire } from '#domain/promotions/promotion-wire.ts';
import { type ChangesCursor, SNAPSHOT_FORMAT, type SnapshotLineOnWire } from '#sync/protocol/changes.ts';
import { stockRecordSchema } from '#sync/protocol/live-messages.ts';
import { itemTable } from '../catalogue/item-table.ts';
import { merchandiseCodeTable } from '../catalogue/merchandise-code-table.ts';
import { promotionTable } from '../catalogue/promotion-table.ts';
import type { RecordTable, Versioned } from '../catalogue/versioned.ts';
import type { Queryable } from '../database/database.ts';
import { readSettings } from '../locations/settings-service.ts';
import { readStaffPage, staffRecordOf } from '../locations/staff-table.ts';

/** Rows that are in memory at once. */
const PAGE = 1_000;

export interface SnapshotHead {
  readonly locationId: string;
  readonly cursor: ChangesCursor;
  readonly madeAt: Date;
}

/** In pages. The last one has the line that says how many records there were. */
export async function* snapshotLines(
  tx: Queryable,
  { locationId, cursor, madeAt }: SnapshotHead,
): AsyncGenerator<readonly SnapshotLineOnWire[]> {
  yield [
    {
      kind: 'header',
      format: SNAPSHOT_FORMAT,
      location_id: locationId,
      cursor,
      made_at: madeAt.toISOString(),
      heads: await readHeads(tx, locationId),
    },
  ];
  let records = 0;
  for await (const page of recordLines(tx, locationId)) {
    records += page.length;
    yield page;
  }
  yield [{ kind: 'end', records }];
}

async function* recordLines(
  tx: Queryable,
  locationId: string,
): AsyncGenerator<readonly SnapshotLineOnWire[]> {
  yield* tableLines(tx, merchandiseCodeTable, ({ record, version }) => ({
    kind: 'merchandise_code',
    record: { ...merchandiseCodeToWire(record), version },
  }));
  yield* tableLines(tx, itemTable, ({ record, version }) => ({
    kind: 'item',
    record: { ...itemToWire(record), version },
  }));
  yield* tableLines(tx, promotionTable, ({ record, version }) => ({
    kind: 'promotion',
    record: { ...promotionToWire(record), version },
  }));
  for await (const page of pagesOf(
    (after) => readStaffPage(tx, locationId, after, PAGE),
    (member) => member.user_id,
  )) {
    yield page.map((member) => ({ kind: 'staff' as const, record: staffRecordOf(member) }));
  }
  const settings = await readSettings(tx, locationId);
  if (settings !== undefined) yield [{ kind: 'settings', record: settings.record }];
  for await (const page of pagesOf(
    (after) => readStockPage(tx, locationId, after),
    ({ sku }) => sku,
  )) {
    yield page.map((record) => ({ kind: 'stock' as const, record }));
  }
}

async function* tableLines<Kept>(
  tx: Queryable,
  table: RecordTable<Kept>,
  lineOf: (kept: Versioned<Kept>) => SnapshotLineOnWire,
): AsyncGenerator<readonly SnapshotLineOnWire[]> {
  for await (const page of pagesOf(
    (after) => table.page(tx, after, PAGE),
    ({ record }) => table.keyOf(record),
  )) {
    yield page.map(lineOf);
  }
}

/** All rows, by their key, which is never empty. */
async function* pagesOf<Row>(
  read: (after: string) => Promise<readonly Row[]>,
  keyOf: (row: Row) => string,
): AsyncGenerator<readonly Row[]> {
  let after = '';
  for (;;) {
    const page = await read(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    if (page.length < PAGE) return;
    after = keyOf(last);
  }
}

function readStockPage(tx: Queryable, locationId: string, after: string) {
  return tx.query(
    stockRecordSchema,
    `SELECT sku, quantity, reserved FROM stock
     WHERE location_id = $1 AND sku > $2 ORDER BY sku LIMIT ${PAGE}`,
    [locationId, after],
  );
}

const headRow = z.object({ terminal_id: z.string(), head_seq: z.int() });

async function readHeads(tx: Queryable, locationId: string): Promise<Record<string, number>> {
  const heads = await tx.query(
    headRow,
    `SELECT terminal_id, head_seq FROM terminals WHERE location_id = $1 AND kind = 'till' ORDER BY terminal_id`,
    [locationId],
  );
  return Object.fromEntries(heads.map((head) => [head.terminal_id, head.head_seq]));
}
