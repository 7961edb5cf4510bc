/** Writes catalogue rows. Stock is never set here: only a movement with its event changes it. */
import type { Item, MerchandiseCode } from '#domain/catalogue/item.ts';
import type { WriteHandle } from './handles.ts';

export type UpsertResult = 'added' | 'changed';

export interface CatalogueWriter {
  upsertMerchandiseCode(code: MerchandiseCode): void;
  /** Replaces the item's barcodes too. A barcode that another item holds moves here: the newest word counts. */
  upsertItem(item: Item): UpsertResult;
  setQuickKeys(
    keys: readonly { readonly sku: string; readonly label: string; readonly picture: string }[],
  ): void;
  /** After a bulk change: one pass over all names is far quicker than one index update a row. */
  rebuildSearch(): void;
}

export function catalogueWriter({ connection }: WriteHandle): CatalogueWriter {
  const upsertCode = connection.prepare(`
    INSERT INTO merchandise_codes (code, description, tax_category, tax_rate, gl_account) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (code) DO UPDATE SET description = excluded.description, tax_category = excluded.tax_category,
      tax_rate = excluded.tax_rate, gl_account = excluded.gl_account`);
  const exists = connection.prepare<[string], number>('SELECT id FROM items WHERE sku = ?').pluck();
  const upsert = connection.prepare(`
    INSERT INTO items (sku, name, merchandise_code, cost, price, case_size, active, minimum_age, deposit, reorder_point)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (sku) DO UPDATE SET name = excluded.name, merchandise_code = excluded.merchandise_code,
      cost = excluded.cost, price = excluded.price, case_size = excluded.case_size, active = excluded.active,
      minimum_age = excluded.minimum_age, deposit = excluded.deposit, reorder_point = excluded.reorder_point`);
  const dropBarcodes = connection.prepare<[string]>('DELETE FROM barcodes WHERE sku = ?');
  const addBarcode = connection.prepare<[string, string]>(
    'INSERT INTO barcodes (gtin, sku) VALUES (?, ?) ON CONFLICT (gtin) DO UPDATE SET sku = excluded.sku',
  );
  const refreshLow = connection.prepare<[string]>(`
    UPDATE stock SET is_low = (SELECT reorder_point > 0 AND stock.quantity <= reorder_point FROM items WHERE items.sku = stock.sku)
    WHERE sku = ?`);
  const addKey = connection.prepare(
    'INSERT INTO quick_keys (position, sku, label, picture) VALUES (?, ?, ?, ?)',
  );
  return {
    upsertMerchandiseCode: (code) => {
      upsertCode.run(code.code, code.description, code.taxCategory, code.taxRate, code.glAccount);
    },
    upsertItem(item) {
      const known = exists.get(item.sku) !== undefined;
      upsert.run(
        item.sku,
        item.name,
        item.merchandiseCode,
        item.cost,
        item.price,
        item.caseSize,
        item.active ? 1 : 0,
        item.minimumAge,
        item.deposit,
        item.reorderPoint,
      );
      if (known) {
        dropBarcodes.run(item.sku);
        refreshLow.run(item.sku);
      }
      for (const gtin of item.barcodes) addBarcode.run(gtin, item.sku);
      return known ? 'changed' : 'added';
    },
    setQuickKeys(keys) {
      connection.exec('DELETE FROM quick_keys');
      keys.forEach((key, index) => addKey.run(index + 1, key.sku, key.label, key.picture));
    },
    rebuildSearch: () => {
      connection.exec(`
        INSERT INTO items_fts (items_fts) VALUES ('delete-all');
        INSERT INTO items_fts (rowid, name, sku) SELECT id, name, sku FROM items;`);
    },
  };
}
