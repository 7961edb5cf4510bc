/**
 * Writes what the server tells into the tables in use, record by record, inside the caller's transaction. A record is taken
 * only when its version is higher than what is there: a page may tell again what a snapshot had already.
 */
import { itemFromWire } from '#domain/catalogue/item-wire.ts';
import { merchandiseCodeFromWire } from '#domain/catalogue/merchandise-code-wire.ts';
import { promotionFromWire, promotionToWire } from '#domain/promotions/promotion-wire.ts';
import { isLow } from '#domain/stock/reorder.ts';
import type { ChangesPage, LocationSettings, StaffRecord } from '#sync/protocol/changes.ts';
import { catalogueWriter } from '../../store/catalogue-writer.ts';
import type { WriteHandle } from '../../store/handles.ts';
import { prepareSetting, writeSetting } from '../../store/setting-rows.ts';
import { readTerminalSettings, writeTerminalSettings } from '../../store/settings-store.ts';
import { z } from 'zod';

export type CodeChange = ChangesPage['merchandise_codes'][number];
export type ItemChange = ChangesPage['items'][number];
export type PromotionChange = ChangesPage['promotions'][number];

export interface RecordsWriter {
  code(change: CodeChange): void;
  /** @returns whether anything changed */
  item(change: ItemChange): boolean;
  promotion(change: PromotionChange): void;
  staff(record: StaffRecord): boolean;
  settings(record: LocationSettings): boolean;
  stock(sku: string, quantity: number, reserved: number): void;
}

const SETTINGS_VERSION = 'location_settings_version';

export function recordsWriter(store: WriteHandle): RecordsWriter {
  const { connection } = store;
  const upsertCode = connection.prepare(`
    INSERT INTO merchandise_codes (code, description, tax_category, tax_rate, gl_account, version) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (code) DO UPDATE SET description = excluded.description, tax_category = excluded.tax_category,
      tax_rate = excluded.tax_rate, gl_account = excluded.gl_account, version = excluded.version
    WHERE excluded.version > merchandise_codes.version`);
  // A till's own items may still name it; the server knows none of them.
  const deleteCode = connection.prepare(`
    DELETE FROM merchandise_codes WHERE code = ? AND version < ? AND NOT EXISTS (
      SELECT 1 FROM items WHERE items.merchandise_code = merchandise_codes.code)`);
  const promotion = connection.prepare(`
    INSERT INTO promotions (promotion_id, record, version) VALUES (?, ?, ?)
    ON CONFLICT (promotion_id) DO UPDATE SET record = excluded.record, version = excluded.version
    WHERE excluded.version > promotions.version`);
  const deletePromotion = connection.prepare('DELETE FROM promotions WHERE promotion_id = ? AND version < ?');
  const person = connection.prepare(`
    INSERT INTO staff (user_id, name, role, pin_hash, active, version) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, role = excluded.role, pin_hash = excluded.pin_hash,
      active = excluded.active, version = excluded.version
    WHERE excluded.version > staff.version`);
  const reorderPoint = connection
    .prepare<[string], number>('SELECT reorder_point FROM items WHERE sku = ?')
    .pluck();
  const setStock = connection.prepare(`
    INSERT INTO stock (sku, quantity, is_low, reserved) VALUES (?, ?, ?, ?)
    ON CONFLICT (sku) DO UPDATE SET quantity = excluded.quantity, is_low = excluded.is_low, reserved = excluded.reserved`);
  const settingsVersion = prepareSetting(store, SETTINGS_VERSION, z.int(), 0);
  const items = itemWriter(store);

  return {
    code(change) {
      if ('deleted' in change) {
        deleteCode.run(change.code, change.version);
        return;
      }
      const code = merchandiseCodeFromWire(change);
      upsertCode.run(
        code.code,
        code.description,
        code.taxCategory,
        code.taxRate,
        code.glAccount,
        change.version,
      );
    },
    item: items,
    promotion(change) {
      if ('deleted' in change) deletePromotion.run(change.promotion_id, change.version);
      else promotion.run(change.promotion_id, promotionText(change), change.version);
    },
    staff: ({ user_id, name, role, pin_hash, active, version }) =>
      person.run(user_id, name, role, pin_hash, active ? 1 : 0, version).changes > 0,
    settings(record) {
      if (record.version <= settingsVersion()) return false;
      writeLocationSettings(store, record);
      return true;
    },
    stock(sku, quantity, reserved) {
      setStock.run(sku, quantity, isLow(quantity, reorderPoint.get(sku) ?? 0) ? 1 : 0, reserved);
    },
  };
}

/** As the seed writes it, with decimals: nothing on the till computes with it before pricing reads it again. */
export function promotionText(record: Exclude<PromotionChange, { deleted: true }>): string {
  return JSON.stringify(promotionToWire(promotionFromWire(record)));
}

export function writeLocationSettings(store: WriteHandle, record: LocationSettings): void {
  const settings = readTerminalSettings(store);
  if (settings) {
    writeTerminalSettings(store, {
      ...settings,
      storeName: record.store_name,
      storeAddress: record.store_address,
      receiptFooter: record.receipt_footer,
    });
  }
  writeSetting(store, 'keep_events_days', record.keep_events_days);
  writeSetting(store, SETTINGS_VERSION, record.version);
  catalogueWriter(store).setQuickKeys(record.quick_keys);
}

/** Whatever this server tells of them next counts: another one, or one that lost its data, counts their versions from 1. */
export function forgetSettingsVersion(store: WriteHandle): void {
  writeSetting(store, SETTINGS_VERSION, 0);
}

function itemWriter(store: WriteHandle): (change: ItemChange) => boolean {
  const writer = catalogueWriter(store);
  const versionOf = store.connection
    .prepare<[string], number>('SELECT version FROM items WHERE sku = ?')
    .pluck();
  const setVersion = store.connection.prepare('UPDATE items SET version = ? WHERE sku = ?');

  return (change) => {
    const known = versionOf.get(change.sku);
    if (known !== undefined && known >= change.version) return false;
    if ('deleted' in change) {
      writer.removeItem(change.sku);
      return known !== undefined;
    }
    writer.upsertItem(itemFromWire(change));
    setVersion.run(change.version, change.sku);
    return true;
  };
}
