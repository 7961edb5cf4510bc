/** Which of the names that a record mentions exist, and are not deleted. */
import { z } from 'zod';
import type { Queryable } from '../database/database.ts';

const nameRow = z.object({ name: z.string() }).transform(({ name }) => name);

export async function readKnownCodes(
  queryable: Queryable,
  codes: readonly string[],
): Promise<ReadonlySet<string>> {
  const sql = 'SELECT code AS name FROM merchandise_codes WHERE code = ANY($1) AND deleted_at IS NULL';
  return new Set(await queryable.query(nameRow, sql, [codes]));
}

export async function readKnownSkus(
  queryable: Queryable,
  skus: readonly string[],
): Promise<ReadonlySet<string>> {
  const sql = 'SELECT sku AS name FROM items WHERE sku = ANY($1) AND deleted_at IS NULL';
  return new Set(await queryable.query(nameRow, sql, [skus]));
}
