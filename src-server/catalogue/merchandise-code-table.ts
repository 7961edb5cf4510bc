import { z } from 'zod';
import type { MerchandiseCode } from '#domain/catalogue/item.ts';
import { merchandiseCodeToWire } from '#domain/catalogue/merchandise-code-wire.ts';
import { merchandiseCodeSchema } from '#domain/identifiers.ts';
import { basisPointsSchema } from '#domain/money/basis-points.ts';
import type { Queryable } from '../database/database.ts';
import type { RecordRefusal, RecordTable, Stored } from './versioned.ts';

const storedRow = z
  .object({
    code: merchandiseCodeSchema,
    description: z.string(),
    tax_category: z.string(),
    tax_rate: basisPointsSchema,
    gl_account: z.string(),
    version: z.int(),
    updated_at: z.date(),
    deleted: z.boolean(),
  })
  .transform((row): Stored<MerchandiseCode> => ({
    record: {
      code: row.code,
      description: row.description,
      taxCategory: row.tax_category,
      taxRate: row.tax_rate,
      glAccount: row.gl_account,
    },
    version: row.version,
    updatedAt: row.updated_at,
    deleted: row.deleted,
  }));

const COLUMNS = `code, description, tax_category, tax_rate, gl_account, version, updated_at,
  deleted_at IS NOT NULL AS deleted`;

export const merchandiseCodeTable: RecordTable<MerchandiseCode> = {
  noun: 'merchandise code',
  keyOf: ({ code }) => code,
  toWire: merchandiseCodeToWire,
  read: (queryable, codes) =>
    queryable.query(storedRow, `SELECT ${COLUMNS} FROM merchandise_codes WHERE code = ANY($1)`, [codes]),
  page: (queryable, after, limit) =>
    queryable.query(
      storedRow,
      `SELECT ${COLUMNS} FROM merchandise_codes WHERE code > $1 AND deleted_at IS NULL ORDER BY code LIMIT $2`,
      [after, limit],
    ),
  objections: async () => [],
  async save(tx, changes) {
    for (const { record, version, updatedAt } of changes) {
      await tx.execute(
        `INSERT INTO merchandise_codes (code, description, tax_category, tax_rate, gl_account, version, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (code) DO UPDATE SET
           description = EXCLUDED.description, tax_category = EXCLUDED.tax_category, tax_rate = EXCLUDED.tax_rate,
           gl_account = EXCLUDED.gl_account, version = EXCLUDED.version, updated_at = EXCLUDED.updated_at,
           deleted_at = NULL`,
        [
          record.code,
          record.description,
          record.taxCategory,
          record.taxRate,
          record.glAccount,
          version,
          updatedAt.toISOString(),
        ],
      );
    }
  },
  removalObjection: (tx, { code }) => useOf(tx, code),
  async bury(tx, { record: { code }, version, updatedAt }) {
    await tx.execute(
      'UPDATE merchandise_codes SET version = $2, updated_at = $3, deleted_at = $3 WHERE code = $1',
      [code, version, updatedAt.toISOString()],
    );
  },
  writtenEvent: ({ before, record, version }) => ({
    type: before === undefined ? 'category.created' : 'category.updated',
    version,
    merchandiseCode: record,
  }),
  deletedEvent: ({ record, version }) => ({ type: 'category.deleted', version, code: record.code }),
};

const useRow = z.object({ items: z.int(), promotions: z.int() });

/** Items without a department could not be taxed, so they could not be sold. */
async function useOf(tx: Queryable, code: string): Promise<RecordRefusal | undefined> {
  const [use] = await tx.query(
    useRow,
    `SELECT (SELECT count(*) FROM items WHERE merchandise_code = $1 AND deleted_at IS NULL) AS items,
            (SELECT count(*) FROM promotions
             WHERE rules->>'merchandiseCode' = $1::text AND deleted_at IS NULL) AS promotions`,
    [code],
  );
  if (use === undefined || use.items + use.promotions === 0) return undefined;
  const message = `The merchandise code ${code} is that of ${use.items} items and ${use.promotions} promotions`;
  return { key: code, field: 'code', code: 'in_use', message };
}
