/** Which item a barcode names. Barcodes move only when their item has let go of them. */
import { z } from 'zod';
import type { Item } from '#domain/catalogue/item.ts';
import type { Queryable } from '../database/database.ts';
import type { RecordRefusal } from './versioned.ts';

const ownerRow = z.object({ gtin: z.string(), sku: z.string() });

/**
 * Which of the items cannot have a barcode because another one has it: one that is not among them, or one in front of
 * it. What the items had until now does not count, so that two of them may exchange their barcodes.
 */
export async function barcodeObjections(tx: Queryable, items: readonly Item[]): Promise<RecordRefusal[]> {
  const wanted = items.flatMap(({ barcodes }) => barcodes);
  if (wanted.length === 0) return [];
  const others = await tx.query(
    ownerRow,
    `SELECT gtin::text, sku FROM item_barcodes WHERE gtin = ANY($1::bpchar[]) AND NOT sku = ANY($2)`,
    [wanted, items.map(({ sku }) => sku)],
  );
  const owners = new Map(others.map(({ gtin, sku }) => [gtin, sku]));
  const refusals: RecordRefusal[] = [];
  for (const { sku, barcodes } of items) {
    for (const gtin of barcodes) {
      const owner = owners.get(gtin);
      if (owner === undefined) owners.set(gtin, sku);
      else refusals.push({ key: sku, field: 'barcodes', code: 'barcode_taken', message: taken(gtin, owner) });
    }
  }
  return refusals;
}

function taken(gtin: string, owner: string): string {
  return `The barcode ${gtin} is that of ${owner}: take it from there first`;
}

export async function freeBarcodes(tx: Queryable, skus: readonly string[]): Promise<void> {
  await tx.execute('DELETE FROM item_barcodes WHERE sku = ANY($1)', [skus]);
}

/** Replaces the barcodes of these items. All are let go of before any is taken, or an exchange would fail. */
export async function saveBarcodes(tx: Queryable, items: readonly Item[]): Promise<void> {
  if (items.length === 0) return;
  await freeBarcodes(
    tx,
    items.map(({ sku }) => sku),
  );
  const rows = items.flatMap(({ sku, barcodes }) => barcodes.map((gtin) => ({ gtin, sku })));
  await tx.execute('INSERT INTO item_barcodes (gtin, sku) SELECT * FROM unnest($1::text[], $2::text[])', [
    rows.map(({ gtin }) => gtin),
    rows.map(({ sku }) => sku),
  ]);
}
