/** A till with a large catalogue: loading it, finding by barcode, pricing a scan, searching as one types. */
import { rmSync } from 'node:fs';
import { emptyCart, addToCart } from '#domain/pricing/cart.ts';
import { price } from '#domain/pricing/price.ts';
import { merchandiseCodeRecordSchema, type Item } from '#domain/catalogue/item.ts';
import { decodeBarcode } from '#domain/barcode/decode.ts';
import { catalogueReader } from '#main/store/catalogue-reader.ts';
import { catalogueSearch } from '#main/store/catalogue-search.ts';
import { catalogueWriter } from '#main/store/catalogue-writer.ts';
import { type Store, createStore } from '#main/store/open-store.ts';
import { between, pick, seededRandom } from '../random.ts';
import { percentile, rounded } from '../statistics.ts';
import { LARGE_CATALOGUE_CODES, largeCatalogue } from './large-catalogue.ts';

const LOOKUPS = 20_000;
const SEARCHES = 2_000;

export interface CatalogueFigures {
  readonly items: number;
  readonly barcode_lookup_p50_ms: number;
  readonly barcode_lookup_p99_ms: number;
  readonly scan_to_priced_line_p50_ms: number;
  readonly scan_to_priced_line_p99_ms: number;
  readonly search_p50_ms: number;
  readonly search_p95_ms: number;
  readonly search_p99_ms: number;
}

export function fillStore(
  folder: string,
  count: number,
): { readonly store: Store; readonly items: readonly Item[] } {
  rmSync(folder, { recursive: true, force: true });
  const store = createStore(folder);
  const writer = catalogueWriter(store.writer);
  const items = [...largeCatalogue(count)];
  store.writer.transaction(() => {
    for (const code of LARGE_CATALOGUE_CODES) {
      writer.upsertMerchandiseCode(
        merchandiseCodeRecordSchema.parse({
          code,
          description: code,
          taxCategory: 'general',
          taxRate: 700,
          glAccount: '4000',
        }),
      );
    }
    for (const item of items) writer.upsertItem(item);
    // Full shelves: an item that is low is in one index more, which a bare copy of its row would not show.
    store.writer.connection.exec('INSERT INTO stock (sku, quantity, is_low) SELECT sku, 1000, 0 FROM items');
  });
  return { store, items };
}

export function benchCatalogue(store: Store, items: readonly Item[]): CatalogueFigures {
  const reader = catalogueReader(store.writer);
  const search = catalogueSearch(store.writer);
  const random = seededRandom(7);
  const scans = Array.from({ length: LOOKUPS }, () => pick(random, items).barcodes[0] ?? '');
  const words = Array.from({ length: SEARCHES }, () => {
    const name = pick(random, items).name.toLowerCase().split(' ');
    return `${pick(random, name).slice(0, between(random, 2, 5))} ${pick(random, name).slice(0, 3)}`.trim();
  });
  const lookups = scans.map((gtin) => timed(() => reader.findByBarcode(gtin)));
  const scanned = scans.map((gtin) => timed(() => scanToPricedLine(gtin.slice(2), reader)));
  const searched = words.map((text) => timed(() => search(text, 20)));
  return {
    items: items.length,
    barcode_lookup_p50_ms: rounded(percentile(lookups, 0.5)),
    barcode_lookup_p99_ms: rounded(percentile(lookups, 0.99)),
    scan_to_priced_line_p50_ms: rounded(percentile(scanned, 0.5)),
    scan_to_priced_line_p99_ms: rounded(percentile(scanned, 0.99)),
    search_p50_ms: rounded(percentile(searched, 0.5)),
    search_p95_ms: rounded(percentile(searched, 0.95)),
    search_p99_ms: rounded(percentile(searched, 0.99)),
  };
}

/** Decode, look up, price: all that a scan costs in the core but the write of the open cart. */
function scanToPricedLine(upc: string, reader: ReturnType<typeof catalogueReader>): void {
  const decoded = decodeBarcode(upc);
  if (!decoded.ok) throw new Error(decoded.message);
  const item = reader.findByBarcode(decoded.gtin);
  if (!item) throw new Error(`${upc} was not found`);
  const cart = addToCart(emptyCart('ORD-1'), item.sku, 1, 'L1');
  if (!cart || !price(cart, reader.factsFor([item.sku])).ok) throw new Error(`${upc} was not priced`);
}

function timed(work: () => unknown): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}
