/** Catalogue files for the import's tests. */
import { CATALOGUE_COLUMNS } from '#domain/catalogue/catalogue-csv.ts';
import { checkDigit } from '#domain/barcode/gtin.ts';

export const HEADER = CATALOGUE_COLUMNS.join(',');

/** An EAN-13 of its own for each number. */
export function barcodeOf(index: number): string {
  const body = `29${String(index).padStart(10, '0')}`;
  return `${body}${checkDigit(body)}`;
}

export type Row = Partial<Record<(typeof CATALOGUE_COLUMNS)[number], string>>;

/** A good row in the order of {@link HEADER}; `index` makes its SKU and barcode. */
export function row(index: number, changes: Row = {}): string {
  const cells = {
    sku: `ITEM-${index}`,
    name: `Test Item ${index} 750ml`,
    merchandise_code: 'WINE',
    cost: '5.00',
    price: '9.99',
    case_size: '12',
    active: 'true',
    barcodes: barcodeOf(index),
    minimum_age: '21',
    deposit: '0.05',
    reorder_point: '6',
    on_hand: '24',
    ...changes,
  };
  return CATALOGUE_COLUMNS.map((column) => cells[column]).join(',');
}

export function csv(...rows: readonly string[]): string {
  return `${[HEADER, ...rows].join('\n')}\n`;
}
