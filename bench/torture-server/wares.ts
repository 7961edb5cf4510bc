/** What the stores of the torture sell, and who may sell what: by that the books can be judged exactly. */
import {
  type Item,
  type MerchandiseCode,
  itemSchema,
  merchandiseCodeRecordSchema,
} from '#domain/catalogue/item.ts';
import { basisPoints } from '#domain/money/basis-points.ts';
import type { CatalogueFacts } from '#domain/pricing/price.ts';

/** Several tills each, orders of the channels, deliveries, transfers. */
export const LOCATIONS = ['STORE-001', 'STORE-002', 'STORE-003'] as const;
/** A shop of one till, and nobody else moves its bottles: it reports itself what runs low. */
export const SOLO_LOCATION = 'STORE-SOLO';
export const ALL_LOCATIONS = [...LOCATIONS, SOLO_LOCATION] as const;

/**
 * - `shelf`: tills and channels sell it; only the server adds to it (deliveries, transfers, refunds), so that each
 *   crossing upwards stands in an event with the true quantities.
 * - `scarce`: only channels sell it, and there is never enough. What is in its events is the whole truth, and its
 *   quantity must never fall below zero.
 * - `returnable`: only tills sell it, and they take it back. It has no alert.
 */
export type Ware = 'shelf' | 'scarce' | 'returnable';

const SHELF = 30;
const SCARCE = 4;
const RETURNABLE = 6;

const CODES: readonly MerchandiseCode[] = [
  code('WINE', 'alcohol', 700),
  code('SODA', 'soft_drinks', 725),
  code('SNACKS', 'food', 0),
];

function code(name: string, taxCategory: string, rate: number): MerchandiseCode {
  return merchandiseCodeRecordSchema.parse({
    code: name,
    description: name,
    taxCategory,
    taxRate: basisPoints(rate),
    glAccount: '4000',
  });
}

function item(ware: Ware, number: number): Item {
  const { code: merchandiseCode } = CODES[number % CODES.length] ?? code('NONE', 'none', 0);
  return itemSchema.parse({
    sku: `${ware.toUpperCase()}-${String(number + 1).padStart(3, '0')}`,
    name: `${ware} ${number + 1}`,
    merchandiseCode,
    cost: 100 + number * 7,
    price: 199 + number * 37,
    caseSize: 12,
    active: true,
    barcodes: [],
    minimumAge: merchandiseCode === 'WINE' ? 21 : null,
    deposit: merchandiseCode === 'SODA' ? 5 : 0,
    reorderPoint: REORDER_POINTS[ware],
  });
}

const REORDER_POINTS: Readonly<Record<Ware, number>> = { shelf: 40, scarce: 3, returnable: 0 };

const itemsOf = (ware: Ware, count: number) =>
  Array.from({ length: count }, (_, number) => item(ware, number));
const WARES: Readonly<Record<Ware, readonly Item[]>> = {
  shelf: itemsOf('shelf', SHELF),
  scarce: itemsOf('scarce', SCARCE),
  returnable: itemsOf('returnable', RETURNABLE),
};

export const ITEMS: readonly Item[] = Object.values(WARES).flat();
export const MERCHANDISE_CODES = CODES;
export const FACTS: CatalogueFacts = {
  items: new Map(ITEMS.map((one) => [one.sku, one])),
  merchandiseCodes: new Map(CODES.map((one) => [one.code, one])),
};

export function skusOf(...wares: readonly Ware[]): readonly string[] {
  return wares.flatMap((ware) => WARES[ware].map(({ sku }) => sku));
}

/** Units that each location begins with. Returnables do not run out; of the others there is little on purpose. */
export function openingStock(sku: string): number {
  if (sku.startsWith('SHELF')) return 52;
  return sku.startsWith('SCARCE') ? 6 : 9_000;
}
