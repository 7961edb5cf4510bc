/** Writes catalogue rows, with what is found by them. Stock is never set here: only a movement with its event changes it. */
import type { Item, MerchandiseCode } from '#domain/catalogue/item.ts';
import type { WriteHandle } from './handles.ts';
import { searchIndex } from './search-index.ts';

export type UpsertResult = 'added' | 'changed';

export interface QuickKey {
  readonly sku: string;
  readonly label: string;
  readonly picture: string;
}

export interface CatalogueWriter {
  upsertMerchandiseCode(code: MerchandiseCode): void;
  /** Replaces the item's barcodes too. A barcode that another item holds moves here: the newest word counts. */
  upsertItem(item: Item): UpsertResult;
  /** Its stock stays: what is on the shelf is counted whether it is sold or not. */
  removeItem(sku: string): void;
  setQuickKeys(keys: readonly QuickKey[]): void;
}

export function catalogueWriter(store: WriteHandle): CatalogueWriter {
  const { connection } = store;
  const search = searchIndex(store);
  const upsertCode = connection.prepare(`
    INSERT INTO merchandise_codes (code, description, tax_category, tax_rate, gl_account) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (code) DO UPDATE SET description = excluded.description, tax_category = excluded.tax_category,
      tax_rate = excluded.tax_rate, gl_account = excluded.gl_account`);
  const find = connection.prepare<[string], { readonly id: number; readonly name: string }>(
    'SELECT id, name FROM items WHERE sku = ?',
  );
  const insert = connection.prepare(`
    INSERT INTO items (name, merchandise_code, cost, price, case_size, active, minimum_age, deposit, reorder_point, sku)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const update = connection.prepare(`
    UPDATE items SET name = ?, merchandise_code = ?, cost = ?, price = ?, case_size = ?, active = ?, minimum_age = ?,
      deposit = ?, reorder_point = ?
    WHERE sku = ?`);
  const remove = connection.prepare('DELETE FROM items WHERE id = ?');
  const dropBarcodes = connection.prepare<[string]>('DELETE FROM barcodes WHERE sku = ?');
  const addBarcode = connection.prepare<[string, string]>(
    'INSERT INTO barcodes (gtin, sku) VALUES (?, ?) ON CONFLICT (gtin) DO UPDATE SET sku = excluded.sku',
  );
  const refreshLow = connection.prepare<[string]>(`
    UPDATE stock SET is_low = coalesce(
      (SELECT reorder_point > 0 AND stock.quantity <= reorder_point FROM items WHERE items.sku = stock.sku), 0)
    WHERE sku = ?`);
  const addKey = connection.prepare(
    'INSERT INTO quick_keys (position, sku, label, picture) VALUES (?, ?, ?, ?)',
  );

  return {
    upsertMerchandiseCode: (code) => {
      upsertCode.run(code.code, code.description, code.taxCategory, code.taxRate, code.glAccount);
    },
    upsertItem(item) {
      const known = find.get(item.sku);
      const columns = [
        item.name,
        item.merchandiseCode,
        item.cost,
        item.price,
        item.caseSize,
        item.active ? 1 : 0,
        item.minimumAge,
        item.deposit,
        item.reorderPoint,
        item.sku,
      ];
      const written = (known ? update : insert).run(columns);
      if (known) dropBarcodes.run(item.sku);
      for (const gtin of item.barcodes) addBarcode.run(gtin, item.sku);
      if (known && known.name !== item.name) search.remove(known.id);
      if (known?.name !== item.name) {
        search.add(known?.id ?? Number(written.lastInsertRowid), item.name, item.sku);
      }
      // Stock may be known before its item is.
      refreshLow.run(item.sku);
      return known ? 'changed' : 'added';
    },
    removeItem(sku) {
      const known = find.get(sku);
      if (!known) return;
      remove.run(known.id);
      dropBarcodes.run(sku);
      search.remove(known.id);
      refreshLow.run(sku);
    },
    setQuickKeys(keys) {
      connection.exec('DELETE FROM quick_keys');
      keys.forEach((key, index) => addKey.run(index + 1, key.sku, key.label, key.picture));
    },
  };
}
