/** Fills the next tables with the records of a snapshot. What few there are of is held until the switch. */
import { itemFromWire } from '#domain/catalogue/item-wire.ts';
import { merchandiseCodeFromWire } from '#domain/catalogue/merchandise-code-wire.ts';
import { isLow } from '#domain/stock/reorder.ts';
import type { LocationSettings, StaffRecord } from '#sync/protocol/changes.ts';
import type { WriteHandle } from '../../store/handles.ts';
import type { RecordLine } from './read-snapshot.ts';
import { promotionText } from './records-writer.ts';

export interface HeldRecords {
  readonly items: number;
  readonly promotions: readonly { readonly id: string; readonly text: string; readonly version: number }[];
  readonly staff: readonly StaffRecord[];
  readonly settings: LocationSettings | null;
}

export interface NextWriter {
  /** Inside the caller's transaction. The words of items are not written here: `next-search-index.ts`. */
  write(line: RecordLine): void;
  /** What this till moved of an item that the server does not know of yet. Inside the caller's transaction; when all lines are in. */
  move(sku: string, change: number): void;
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
  const reorderPoint = connection
    .prepare<[string], number>('SELECT reorder_point FROM next_items WHERE sku = ?')
    .pluck();
  const stock = connection.prepare(
    'INSERT INTO next_stock (sku, quantity, is_low, reserved) VALUES (?, ?, ?, ?)',
  );
  const moveStock = connection
    .prepare<[string, number], number>(
      `INSERT INTO next_stock (sku, quantity, is_low) VALUES (?, ?, 0)
       ON CONFLICT (sku) DO UPDATE SET quantity = next_stock.quantity + excluded.quantity
       RETURNING quantity`,
    )
    .pluck();
  const flag = connection.prepare('UPDATE next_stock SET is_low = ? WHERE sku = ?');
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
    item.run(
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
  }

  function move(sku: string, change: number): void {
    const quantity = moveStock.get(sku, change) ?? change;
    flag.run(isLow(quantity, reorderPoint.get(sku) ?? 0) ? 1 : 0, sku);
  }

  return { write, move, held: () => ({ items, promotions, staff, settings }) };
}
