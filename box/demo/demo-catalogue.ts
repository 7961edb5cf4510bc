import { CATALOGUE_COLUMNS, catalogueRecord } from '#domain/catalogue/catalogue-csv.ts';
import { DemoBarcodes } from './demo-barcodes.ts';
import { BEERS_AND_MIXED } from './demo-beer.ts';
import { FOOD } from './demo-food.ts';
import { GENERAL_GOODS } from './demo-general.ts';
import type { DemoProduct } from './demo-product.ts';
import { SOFT_DRINKS } from './demo-soft-drinks.ts';
import { SPIRIT_BOTTLES } from './demo-spirits.ts';
import { demoStock } from './demo-stock.ts';
import { WINES } from './demo-wine.ts';

const PRODUCTS: readonly DemoProduct[] = [
  ...WINES,
  ...BEERS_AND_MIXED,
  ...SPIRIT_BOTTLES,
  ...SOFT_DRINKS,
  ...FOOD,
  ...GENERAL_GOODS,
];

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The whole file, header first, each line ended by LF. Pure: the same text on every machine, on every day. */
export function demoCatalogueCsv(): string {
  const barcodes = new DemoBarcodes();
  const numbers = new Map<string, number>();
  const lines = PRODUCTS.map((product) => {
    const number = (numbers.get(product.prefix) ?? 0) + 1;
    numbers.set(product.prefix, number);
    const { reorderPoint, onHand } = demoStock(product);
    const item = {
      ...product,
      sku: `${product.prefix}-${product.kind}-${String(number).padStart(3, '0')}`,
      // As printed on the product and not as stored, so that the file shows what an import may hold.
      barcodes: barcodes.next(product),
      reorderPoint,
    };
    const record = catalogueRecord(item, onHand);
    return CATALOGUE_COLUMNS.map((column) => csvCell(record[column])).join(',');
  });
  return [CATALOGUE_COLUMNS.join(','), ...lines, ''].join('\n');
}
