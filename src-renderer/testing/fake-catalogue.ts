import { cents, type Cents } from '#domain/money/cents.ts';
import type { Sku } from '#domain/identifiers.ts';

export interface FakeItem {
  readonly sku: Sku;
  readonly name: string;
  readonly label: string;
  readonly price: Cents;
  readonly deposit: Cents;
  readonly code: string;
  readonly minimumAge: number | null;
  readonly barcode: string;
  readonly picture: string;
  readonly onHand: number;
}

type Row = [
  sku: string,
  name: string,
  label: string,
  price: number,
  deposit: number,
  code: string,
  age: number,
  barcode: string,
  picture: string,
  onHand: number,
];

const ROWS: readonly Row[] = [
  [
    'WINE-CAB-001',
    'Cabernet Sauvignon 750ml',
    'Cabernet',
    1999,
    0,
    'WINE',
    21,
    '036000291452',
    'bottle-wine',
    25,
  ],
  [
    'WINE-CHARD-002',
    'Chardonnay Reserve 750ml',
    'Chardonnay',
    1749,
    0,
    'WINE',
    21,
    '036000291469',
    'bottle-white',
    12,
  ],
  [
    'SPIRIT-VODKA-010',
    'Vodka 80 Proof 750ml',
    'Vodka 750',
    1899,
    0,
    'SPIRITS',
    21,
    '036000291476',
    'bottle-clear',
    40,
  ],
  [
    'SPIRIT-BOURB-011',
    'Small Batch Kentucky Straight Bourbon Whiskey Barrel Select 1.75L',
    'Bourbon 1.75',
    5499,
    0,
    'SPIRITS',
    21,
    '036000291483',
    'bottle-spirits',
    6,
  ],
  ['BEER-BUD-001', 'Lager 12oz Bottle', 'Lager', 219, 10, 'BEER', 21, '036000291490', 'bottle-beer', 96],
  [
    'BEER-COORS-002',
    'Light Beer 6-Pack Cans',
    'Light 6-pack',
    1099,
    60,
    'BEER',
    21,
    '036000291506',
    'six-pack',
    18,
  ],
  ['BEER-IPA-003', 'Hazy IPA 16oz Can', 'Hazy IPA', 449, 10, 'BEER', 21, '036000291513', 'can', 31],
  ['SODA-COLA-001', 'Cola 20oz', 'Cola', 249, 5, 'SODA', 0, '036000291520', 'soda', 60],
  ['WATER-SPR-001', 'Spring Water 1L', 'Water 1L', 199, 5, 'WATER', 0, '036000291537', 'water', 80],
  ['SNACK-CHIP-001', 'Potato Chips Sea Salt 8oz', 'Chips', 429, 0, 'SNACK', 0, '036000291544', 'snack', 22],
  ['CANDY-MINT-001', 'Peppermints', 'Mints', 179, 0, 'CANDY', 0, '036000291551', 'candy', 45],
  [
    'TOB-CIG-001',
    'Cigarettes King Size Box',
    'Cigarettes',
    1149,
    0,
    'TOBACCO',
    21,
    '036000291568',
    'tobacco',
    30,
  ],
  ['ICE-BAG-008', 'Ice 8 lb', 'Ice 8 lb', 349, 0, 'ICE', 0, '036000291575', 'ice', 14],
  ['BAG-PAPER-001', 'Paper Bag', 'Bag', 10, 0, 'MISC', 0, '036000291582', 'bag', 500],
  ['LIGHTER-001', 'Lighter', 'Lighter', 229, 0, 'MISC', 18, '036000291599', 'lighter', 64],
  ['CUP-ICE-016', 'Cup with Ice 16oz', 'Ice cup', 99, 0, 'MISC', 0, '036000291605', 'cup', 200],
];

export const FAKE_ITEMS: readonly FakeItem[] = ROWS.map(
  ([sku, name, label, price, deposit, code, age, barcode, picture, onHand]) => ({
    sku,
    name,
    label,
    price: cents(price),
    deposit: cents(deposit),
    code,
    minimumAge: age === 0 ? null : age,
    barcode,
    picture,
    onHand,
  }),
);
