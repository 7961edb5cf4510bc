/** A shop with as many items as wanted: invented, the same for the same number, with names that search must tell apart. */
import { checkDigit, toGtin14 } from '#domain/barcode/gtin.ts';
import { type Item, itemSchema } from '#domain/catalogue/item.ts';
import { between, pick, seededRandom } from '../random.ts';

const MAKERS = [
  'Alder',
  'Birch',
  'Cedar',
  'Dune',
  'Ember',
  'Fjord',
  'Granite',
  'Harbor',
  'Iris',
  'Juniper',
  'Kestrel',
  'Lark',
  'Meadow',
  'North',
  'Otter',
  'Pine',
  'Quarry',
  'Raven',
  'Silver',
  'Tidal',
];
const STYLES = [
  'Cabernet Sauvignon',
  'Chardonnay',
  'Pinot Noir',
  'Merlot',
  'Riesling',
  'Lager',
  'Pale Ale',
  'Stout',
  'Vodka',
  'Gin',
  'Bourbon',
  'Tequila',
  'Rum',
  'Cola',
  'Tonic',
  'Spring Water',
  'Pretzels',
  'Almonds',
  'Dark Chocolate',
  'Ginger Beer',
];
const EDITIONS = [
  '',
  'Reserve',
  'Select',
  'Small Batch',
  'Classic',
  'Dry',
  'Old Vine',
  'Gold',
  'Light',
  'Original',
];
const SIZES = [
  '50ml',
  '200ml',
  '375ml',
  '750ml',
  '1L',
  '1.75L',
  '12oz Can',
  '6 Pack 12oz',
  '24 Pack 12oz',
  '2L',
];
const CODES = ['WINE', 'BEER', 'SPIRITS', 'SODA', 'SNACKS'];

export function* largeCatalogue(count: number): Generator<Item> {
  const random = seededRandom(count);
  for (let index = 0; index < count; index += 1) {
    const body = `8${String(index).padStart(10, '0')}`;
    const name = [
      pick(random, MAKERS),
      pick(random, EDITIONS),
      pick(random, STYLES),
      pick(random, SIZES),
      `No ${index}`,
    ]
      .filter((word) => word !== '')
      .join(' ');
    const price = between(random, 99, 9_999);
    yield itemSchema.parse({
      sku: `SKU-${String(index).padStart(7, '0')}`,
      name,
      merchandiseCode: pick(random, CODES),
      cost: price - between(random, 1, 90),
      price,
      caseSize: pick(random, [6, 12, 24]),
      active: true,
      barcodes: [toGtin14(`${body}${checkDigit(body)}`)],
      minimumAge: null,
      deposit: 0,
      reorderPoint: 5,
    });
  }
}

export const LARGE_CATALOGUE_CODES = CODES;
