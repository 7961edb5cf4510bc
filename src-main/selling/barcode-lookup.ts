import { decodeBarcode } from '#domain/barcode/decode.ts';
import { skuSchema } from '#domain/identifiers.ts';
import { ApiError } from '../api/errors.ts';
import type { CatalogueReader, StoredItem } from '../store/catalogue-reader.ts';

/**
 * From a raw code to an item. A code that is no product barcode may still be a SKU, as on a shelf label.
 * @throws {ApiError} unreadable_barcode, wrong_check_digit, unknown_barcode, inactive_item
 */
export function findScanned(raw: string, catalogue: CatalogueReader): StoredItem {
  const decoded = decodeBarcode(raw);
  if (decoded.ok) {
    const readings = [decoded.gtin, ...(decoded.alternatives ?? []).map((reading) => reading.gtin)];
    for (const gtin of readings) {
      const item = catalogue.findByBarcode(gtin);
      if (item) return saleable(item);
    }
    throw new ApiError('unknown_barcode', `No item has the barcode ${decoded.text}. Search for it by name.`);
  }
  const sku = skuSchema.safeParse(raw.trim().toUpperCase());
  const bySku = sku.success ? catalogue.findBySku(sku.data) : undefined;
  if (bySku) return saleable(bySku);
  throw new ApiError(decoded.code, decoded.message, 'now');
}

/** @throws {ApiError} inactive_item */
export function saleable(item: StoredItem): StoredItem {
  if (item.active) return item;
  throw new ApiError('inactive_item', `${item.name} is no longer sold here. Ask a manager.`);
}
