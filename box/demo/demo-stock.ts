import type { DemoProduct, Pace } from './demo-product.ts';

export interface DemoStock {
  readonly reorderPoint: number;
  readonly onHand: number;
}

/** Reorder when this share of a case is left, at the least so many pieces, at the most so many. */
const REORDER: Readonly<Record<Pace, { share: number; least: number; most: number }>> = {
  fast: { share: 1, least: 8, most: 36 },
  steady: { share: 0.5, least: 4, most: 18 },
  slow: { share: 0.25, least: 2, most: 6 },
};

/** From this price on the shop keeps a handful, not half a case. */
const DEAR = 3_500;

/** From here on it keeps one or two of a bottle, whatever comes in a case. */
const PRECIOUS = 7_500;

/** By name, because names outlive numbers: what the low-stock screen shows on the first day. Sold out, low, and just reached. */
const LOW: ReadonlyMap<string, number> = new Map([
  ['Silver Pine Vodka 1.75L', 3],
  ['Tumbling Heron Chardonnay 1.5L', 4],
  ['Harvest Gate Light 30pk 12oz Cans', 2],
  ['Glen Tarrock Single Malt 12 Year 750ml', 1],
  ['Brisk Harbor Hard Seltzer Variety 12pk 12oz Cans', 3],
  ['Glacier Bell Ice 10lb Bag', 2],
  ['Harlan Gold Kings Pack', 6],
  ['Cantina Nueve Margarita Mix 1L', 0],
  ['Voltcat Energy Original 8.4oz Can', 24],
]);

/** FNV-1a: spreads names evenly and for ever the same. */
function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}

function reorderPoint({ active, price, caseSize, pace }: DemoProduct): number {
  if (!active) return 0;
  if (price >= PRECIOUS) return 1;
  const { share, least, most } = REORDER[pace];
  return Math.min(Math.max(Math.ceil(caseSize * share), least), price >= DEAR ? 3 : most);
}

/** Between one piece above the reorder point and some weeks' worth. Stock of the seed's first bottle is the seed's. */
export function demoStock(product: DemoProduct): DemoStock {
  if (product.name === 'Cabernet Sauvignon 750ml') return { reorderPoint: 10, onHand: 25 };
  const point = reorderPoint(product);
  const low = LOW.get(product.name);
  if (low !== undefined) return { reorderPoint: point, onHand: low };
  const random = spread(product.name);
  if (!product.active) return { reorderPoint: 0, onHand: random % 4 };
  const room = product.price >= PRECIOUS ? 3 : 2 * point + 4;
  return { reorderPoint: point, onHand: point + 1 + (random % room) };
}
