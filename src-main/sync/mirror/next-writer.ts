/** Fills the next tables with the records of a snapshot. What few there are of is held until the switch. */
import { itemFromWire } from '#domain/catalogue/item-wire.ts';
import { merchandiseCodeFromWire } from '#domain/catalogue/merchandise-code-wire.ts';
import { isLow } from '#domain/stock/reorder.ts';
import type { LocationSettings, SnapshotLine, StaffRecord } from '#sync/protocol/changes.ts';
import type { WriteHandle } from '../../store/handles.ts';
import { promotionText } from './records-writer.ts';

type RecordLine = Exclude<SnapshotLine, { kind: 'header' | 'end' }>;

export interface HeldRecords {
  readonly items: number;
  readonly promotions: readonly { readonly id: string; readonly text: string; readonly version: number }[];
  readonly staff: readonly StaffRecord[];
  readonly settings: LocationSettings | null;
}

export interface NextWriter {
  /** Inside the caller's transaction. */
  write(line: RecordLine): void;
  held(): HeldRecords;
}

export function nextWriter({ connection }: WriteHandle): NextWriter {
  const code = connection.prepare(`
    INSERT INTO next_merchandise_codes (code, description, tax_category, tax_rate, gl_account, version)
    VALUES (?, ?, ?, ?, ?, ?)`);
  const item = connection.prepare(`
    INSERT INTO next_items (sku, name, merchandise_code, cost, price, case_size, active, minimum_age, deposit, reorder_point, version)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const barcode = connection.prepare('INSERT INTO next_barcodes (gtin, sku) VALUES (?, ?)');
  const index = connection.prepare('INSERT INTO next_items_fts (rowid, name, sku) VALUES (?, ?, ?)');
  const reorderPoint = connection
    .prepare<[string], number>('SELECT reorder_point FROM next_items WHERE sku = ?')
    .pluck();
  const stock = connection.prepare(
    'INSERT INTO next_stock (sku, quantity, is_low, reserved) VALUES (?, ?, ?, ?)',
  );
  let items = 0;
  const promotions: { id: string; text: string; version: number }[] = [];
  const staff: StaffRecord[] = [];
  let settings: LocationSettings | null = null;

  function write(line: RecordLine): void {
    switch (line.kind) {
      case 'merchandise_code': {
        const {
          code: name,
          description,
          taxCategory,
          taxRate,
          glAccount,
        } = merchandiseCodeFromWire(line.record);
        code.run(name, description, taxCategory, taxRate, glAccount, line.record.version);
        return;
      }
      case 'item':
        items += 1;
        writeItem(line.record);
        return;
      case 'promotion': {
        const { promotion_id: id, version } = line.record;
        promotions.push({ id, text: promotionText(line.record), version });
        return;
      }
      case 'staff':
        staff.push(line.record);
        return;
      case 'settings':
        settings = line.record;
        return;
      case 'stock': {
        const { sku, quantity, reserved } = line.record;
        stock.run(sku, quantity, isLow(quantity, reorderPoint.get(sku) ?? 0) ? 1 : 0, reserved);
      }
    }
  }

  function writeItem(record: Extract<RecordLine, { kind: 'item' }>['record']): void {
    const one = itemFromWire(record);
    const { lastInsertRowid: id } = item.run(
      one.sku,
      one.name,
      one.merchandiseCode,
      one.cost,
      one.price,
      one.caseSize,
      one.active ? 1 : 0,
      one.minimumAge,
      one.deposit,
      one.reorderPoint,
      record.version,
    );
    for (const gtin of one.barcodes) barcode.run(gtin, one.sku);
    index.run(id, one.name, one.sku);
  }

  return { write, held: () => ({ items, promotions, staff, settings }) };
}
