import { z } from 'zod';
import { canonicalJson } from '#domain/events/canonical-json.ts';
import { type Promotion, endsBeforeItStarts, promotionSchema, skusOf } from '#domain/promotions/promotion.ts';
import { promotionToWire } from '#domain/promotions/promotion-wire.ts';
import type { Queryable } from '../database/database.ts';
import { readKnownCodes, readKnownSkus } from './known-names.ts';
import type { Change, RecordRefusal, RecordTable, Stored } from './versioned.ts';

const storedRow = z
  .object({
    promotion_id: z.string(),
    name: z.string(),
    type: z.string(),
    start_date: z.string(),
    end_date: z.string(),
    rules: z.json(),
    active: z.boolean(),
    version: z.int(),
    updated_at: z.date(),
    deleted: z.boolean(),
  })
  .transform((row): Stored<Promotion> => ({
    record: promotionSchema.parse({
      promotionId: row.promotion_id,
      name: row.name,
      type: row.type,
      startDate: row.start_date,
      endDate: row.end_date,
      rules: row.rules,
      active: row.active,
    }),
    version: row.version,
    updatedAt: row.updated_at,
    deleted: row.deleted,
  }));

/** Dates as text: a driver would make of them midnight somewhere. */
const COLUMNS = `promotion_id, name, type, to_char(start_date, 'YYYY-MM-DD') AS start_date,
  to_char(end_date, 'YYYY-MM-DD') AS end_date, rules, active, version, updated_at, deleted_at IS NOT NULL AS deleted`;

export const promotionTable: RecordTable<Promotion> = {
  noun: 'promotion',
  keyOf: ({ promotionId }) => promotionId,
  toWire: promotionToWire,
  read: (queryable, ids) =>
    queryable.query(storedRow, `SELECT ${COLUMNS} FROM promotions WHERE promotion_id = ANY($1)`, [ids]),
  page: (queryable, after, limit) =>
    queryable.query(
      storedRow,
      `SELECT ${COLUMNS} FROM promotions WHERE promotion_id > $1 AND deleted_at IS NULL
       ORDER BY promotion_id LIMIT $2`,
      [after, limit],
    ),
  objections: async (tx, changes) =>
    (await Promise.all(changes.map((change) => promotionObjections(tx, change)))).flat(),
  async save(tx, changes) {
    for (const { record, version, updatedAt } of changes) {
      await tx.execute(
        `INSERT INTO promotions (promotion_id, name, type, start_date, end_date, rules, active, version, updated_at)
         VALUES ($1, $2, $3, $4::text::date, $5::text::date, $6::text::jsonb, $7, $8, $9)
         ON CONFLICT (promotion_id) DO UPDATE SET
           name = EXCLUDED.name, type = EXCLUDED.type, start_date = EXCLUDED.start_date, end_date = EXCLUDED.end_date,
           rules = EXCLUDED.rules, active = EXCLUDED.active, version = EXCLUDED.version,
           updated_at = EXCLUDED.updated_at, deleted_at = NULL`,
        [
          record.promotionId,
          record.name,
          record.type,
          record.startDate,
          record.endDate,
          canonicalJson(record.rules),
          record.active,
          version,
          updatedAt.toISOString(),
        ],
      );
    }
  },
  removalObjection: async () => undefined,
  async bury(tx, { record: { promotionId }, version, updatedAt }) {
    await tx.execute(
      'UPDATE promotions SET version = $2, updated_at = $3, deleted_at = $3 WHERE promotion_id = $1',
      [promotionId, version, updatedAt.toISOString()],
    );
  },
  writtenEvent: ({ before, record, version }) => ({
    type: before === undefined ? 'promotion.created' : 'promotion.updated',
    version,
    promotion: record,
  }),
  deletedEvent: ({ record, version }) => ({
    type: 'promotion.deleted',
    version,
    promotionId: record.promotionId,
  }),
};

/**
 * Looks only at names that the change brings in: an item that was deleted since must not keep anybody from ending the
 * promotion that still names it.
 */
async function promotionObjections(
  tx: Queryable,
  { before, record }: Change<Promotion>,
): Promise<RecordRefusal[]> {
  const key = record.promotionId;
  const refusals: RecordRefusal[] = [];
  if (endsBeforeItStarts(record)) {
    const message = `The promotion ends on ${record.endDate}, before it starts on ${record.startDate}`;
    refusals.push({ key, field: 'end_date', code: 'bad_dates', message });
  }
  const named = new Set(before === undefined ? [] : skusOf(before));
  const skus = skusOf(record).filter((sku) => !named.has(sku));
  const known = await readKnownSkus(tx, skus);
  const unknown = skus.filter((sku) => !known.has(sku));
  if (unknown.length > 0) {
    const field = record.type === 'combo' ? 'rules.buy_skus' : 'rules.eligible_skus';
    const shown = unknown.slice(0, 10).join(', ');
    const message = `${unknown.length} of the SKUs do not exist: ${shown}${unknown.length > 10 ? ' …' : ''}`;
    refusals.push({ key, field, code: 'unknown_sku', message });
  }
  const code = record.type === 'mix_match' ? record.rules.merchandiseCode : undefined;
  if (code !== undefined && !(await readKnownCodes(tx, [code])).has(code)) {
    const message = `There is no merchandise code ${code}`;
    refusals.push({ key, field: 'rules.category', code: 'unknown_merchandise_code', message });
  }
  return refusals;
}
