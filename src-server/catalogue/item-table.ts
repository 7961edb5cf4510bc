import { z } from 'zod';
import type { Item } from '#domain/catalogue/item.ts';
import { itemToWire } from '#domain/catalogue/item-wire.ts';
import { merchandiseCodeSchema, skuSchema } from '#domain/identifiers.ts';
import { nonNegativeCentsSchema } from '#domain/money/cents.ts';
import type { Queryable } from '../database/database.ts';
import { barcodeObjections, freeBarcodes, saveBarcodes } from './item-barcodes.ts';
import { readKnownCodes } from './known-names.ts';
import type { Change, RecordRefusal, RecordTable, Stored } from './versioned.ts';

/** The columns of {@link itemColumns}. */
export const itemRowFields = {
  sku: skuSchema,
  name: z.string(),
  merchandise_code: merchandiseCodeSchema,
  cost: nonNegativeCentsSchema,
  price: nonNegativeCentsSchema,
  case_size: z.int(),
  active: z.boolean(),
  minimum_age: z.int().nullable(),
  deposit: nonNegativeCentsSchema,
  reorder_point: z.int(),
  barcodes: z.array(z.string()),
};

/** With the barcodes of each item in ascending order, as the domain has them. `i` is the name of `items`. */
export const ITEM_COLUMNS = `i.sku, i.name, i.merchandise_code, i.cost, i.price, i.case_size, i.active, i.minimum_age, i.deposit,
  i.reorder_point, ARRAY(SELECT b.gtin::text FROM item_barcodes b WHERE b.sku = i.sku ORDER BY b.gtin) AS barcodes`;

const fields = z.object(itemRowFields);

export function itemOfRow(row: z.output<typeof fields>): Item {
  return {
    sku: row.sku,
    name: row.name,
    merchandiseCode: row.merchandise_code,
    cost: row.cost,
    price: row.price,
    caseSize: row.case_size,
    active: row.active,
    barcodes: row.barcodes,
    minimumAge: row.minimum_age,
    deposit: row.deposit,
    reorderPoint: row.reorder_point,
  };
}

const storedRow = fields
  .extend({ version: z.int(), updated_at: z.date(), deleted: z.boolean() })
  .transform((row): Stored<Item> => ({
    record: itemOfRow(row),
    version: row.version,
    updatedAt: row.updated_at,
    deleted: row.deleted,
  }));

const STORED_COLUMNS = `${ITEM_COLUMNS}, i.version, i.updated_at, i.deleted_at IS NOT NULL AS deleted`;

export const itemTable: RecordTable<Item> = {
  noun: 'item',
  keyOf: (item) => item.sku,
  toWire: itemToWire,
  read: (queryable, skus) =>
    queryable.query(storedRow, `SELECT ${STORED_COLUMNS} FROM items i WHERE i.sku = ANY($1)`, [skus]),
  page: (queryable, after, limit) =>
    queryable.query(
      storedRow,
      `SELECT ${STORED_COLUMNS} FROM items i WHERE i.sku > $1 AND i.deleted_at IS NULL ORDER BY i.sku LIMIT $2`,
      [after, limit],
    ),
  objections: async (tx, changes) => [
    ...(await codeObjections(tx, changes)),
    ...(await barcodeObjections(
      tx,
      changes.map(({ record }) => record),
    )),
  ],
  save: saveItems,
  removalObjection: async () => undefined,
  async bury(tx, { record: { sku }, version, updatedAt }) {
    await freeBarcodes(tx, [sku]);
    await tx.execute('UPDATE items SET version = $2, updated_at = $3, deleted_at = $3 WHERE sku = $1', [
      sku,
      version,
      updatedAt.toISOString(),
    ]);
  },
  writtenEvent: ({ before, record, version }) => ({
    type: before === undefined ? 'product.created' : 'product.updated',
    version,
    item: record,
  }),
  deletedEvent: ({ record, version }) => ({ type: 'product.deleted', version, sku: record.sku }),
};

async function codeObjections(tx: Queryable, changes: readonly Change<Item>[]): Promise<RecordRefusal[]> {
  const known = await readKnownCodes(
    tx,
    changes.map(({ record }) => record.merchandiseCode),
  );
  return changes
    .filter(({ record }) => !known.has(record.merchandiseCode))
    .map(({ record }) => ({
      key: record.sku,
      field: 'category',
      code: 'unknown_merchandise_code',
      message: `There is no merchandise code ${record.merchandiseCode}: make it before its items`,
    }));
}

async function saveItems(tx: Queryable, changes: readonly Change<Item>[]): Promise<void> {
  await tx.execute(
    `INSERT INTO items (sku, name, merchandise_code, cost, price, case_size, active, minimum_age, deposit, reorder_point,
                        version, updated_at)
     SELECT * FROM jsonb_to_recordset($1::text::jsonb)
       AS r (sku text, name text, merchandise_code text, cost bigint, price bigint, case_size int, active boolean,
             minimum_age int, deposit bigint, reorder_point bigint, version bigint, updated_at timestamptz)
     ON CONFLICT (sku) DO UPDATE SET
       name = EXCLUDED.name, merchandise_code = EXCLUDED.merchandise_code, cost = EXCLUDED.cost, price = EXCLUDED.price,
       case_size = EXCLUDED.case_size, active = EXCLUDED.active, minimum_age = EXCLUDED.minimum_age,
       deposit = EXCLUDED.deposit, reorder_point = EXCLUDED.reorder_point, version = EXCLUDED.version,
       updated_at = EXCLUDED.updated_at, deleted_at = NULL`,
    [JSON.stringify(changes.map(rowOf))],
  );
  await saveBarcodes(
    tx,
    changes
      .filter(({ before, record }) => before?.barcodes.join() !== record.barcodes.join())
      .map(({ record }) => record),
  );
}

function rowOf({ record, version, updatedAt }: Change<Item>) {
  return {
    sku: record.sku,
    name: record.name,
    merchandise_code: record.merchandiseCode,
    cost: record.cost,
    price: record.price,
    case_size: record.caseSize,
    active: record.active,
    minimum_age: record.minimumAge,
    deposit: record.deposit,
    reorder_point: record.reorderPoint,
    version,
    updated_at: updatedAt.toISOString(),
  };
}
