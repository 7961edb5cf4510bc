import { containerDeposit, type Department, type DemoProduct, product } from './demo-product.ts';
import { shelf, type ShelfRow } from './demo-shelf.ts';

const SODA: Department = { prefix: 'SODA', merchandiseCode: 'SODA', minimumAge: null, margin: 36 };
const ENERGY: Department = { prefix: 'ENERGY', merchandiseCode: 'SODA', minimumAge: null, margin: 34 };
const WATER: Department = { prefix: 'WATER', merchandiseCode: 'WATER', minimumAge: null, margin: 48 };
const DRINK: Department = { prefix: 'DRINK', merchandiseCode: 'BEVERAGES', minimumAge: null, margin: 36 };
const MIXER: Department = { prefix: 'MIX', merchandiseCode: 'MIXERS', minimumAge: null, margin: 38 };
const ICE: Department = { prefix: 'ICE', merchandiseCode: 'ICE', minimumAge: null, margin: 55 };

/** Ounces, containers, price, case size, and whether the can is so small that it has a UPC-E. */
const SODA_SIZES = {
  '12oz Can': [12, 1, 149, 24, 'small-can'],
  '20oz Bottle': [20, 1, 249, 24, 'upc-a'],
  '2L Bottle': [67.6, 1, 299, 8, 'upc-a'],
  '12pk 12oz Cans': [12, 12, 849, 2, 'upc-a'],
} as const;

const SODA_FLAVORS: readonly (readonly [kind: string, label: string, pace: 'fast' | 'steady'])[] = [
  ['COLA', 'Fountain Street Cola', 'fast'],
  ['COLA', 'Fountain Street Diet Cola', 'fast'],
  ['COLA', 'Fountain Street Cherry Cola', 'steady'],
  ['LLIME', 'Fountain Street Lemon-Lime', 'steady'],
  ['ORANGE', 'Fountain Street Orange', 'steady'],
  ['ROOTB', 'Fountain Street Root Beer', 'steady'],
  ['PEPPER', 'Professor Plumb Spiced Cherry Soda', 'fast'],
  ['MOUNT', 'Goat Trail Citrus Soda', 'fast'],
];

const SODAS = SODA_FLAVORS.flatMap(([kind, label, pace]) =>
  Object.entries(SODA_SIZES).map(([size, [ounces, containers, price, caseSize, packaging]]) =>
    product(
      SODA,
      { kind, brand: 'Fountain Street', name: `${label} ${size}`, price, caseSize },
      { pace, packaging, deposit: containerDeposit(ounces, containers) },
    ),
  ),
);

const can = { deposit: containerDeposit(12) };
const smallCan = { deposit: containerDeposit(8.4), packaging: 'small-can' } as const;

const ENERGY_ROWS: readonly ShelfRow[] = [
  ['VOLT', 'Voltcat', 'Energy Original 8.4oz Can', 299, 24, { ...smallCan, pace: 'fast' }],
  ['VOLT', 'Voltcat', 'Energy Sugar Free 8.4oz Can', 299, 24, smallCan],
  ['VOLT', 'Voltcat', 'Energy Original 16oz Can', 399, 24, { ...can, pace: 'fast' }],
  ['VOLT', 'Voltcat', 'Energy Zero 16oz Can', 399, 24, { ...can, pace: 'fast' }],
  ['VOLT', 'Voltcat', 'Energy Mango 16oz Can', 399, 24, can],
  ['GRIT', 'True Grit', 'Energy Green Apple 16oz Can', 349, 24, can],
  ['GRIT', 'True Grit', 'Energy Blue Raspberry 16oz Can', 349, 24, can],
  ['SHOT', 'Second Wind', 'Energy Shot Berry 2oz', 399, 12, { pace: 'fast' }],
  ['SHOT', 'Second Wind', 'Energy Shot Grape 2oz', 399, 12],
];

const WATER_ROWS: readonly ShelfRow[] = [
  ['SPRING', 'Fernhollow', 'Spring Water 16.9oz', 149, 24, { ...can, pace: 'fast' }],
  ['SPRING', 'Fernhollow', 'Spring Water 1L', 249, 12, { deposit: containerDeposit(33.8), pace: 'fast' }],
  ['SPRING', 'Fernhollow', 'Spring Water 1.5L', 299, 12, { deposit: containerDeposit(50.7) }],
  ['SPRING', 'Fernhollow', 'Spring Water 24pk 16.9oz', 649, 1, { deposit: containerDeposit(16.9, 24) }],
  ['GALLON', 'Fernhollow', 'Drinking Water 1 Gallon', 199, 6, { deposit: containerDeposit(128) }],
  ['ALKA', 'Nine Stones', 'Alkaline Water 1L', 299, 12, { deposit: containerDeposit(33.8) }],
  ['SPARK', 'Pebble Creek', 'Sparkling Water Plain 12oz Can', 149, 24, { ...can, packaging: 'small-can' }],
  ['SPARK', 'Pebble Creek', 'Sparkling Water Lime 12oz Can', 149, 24, { ...can, packaging: 'small-can' }],
  [
    'SPARK',
    'Pebble Creek',
    'Sparkling Water Lime 8pk 12oz Cans',
    549,
    3,
    { deposit: containerDeposit(12, 8) },
  ],
  [
    'SPARK',
    'Pebble Creek',
    'Sparkling Water Berry 8pk 12oz Cans',
    549,
    3,
    { deposit: containerDeposit(12, 8) },
  ],
  [
    'MINRL',
    'Acqua Lissena',
    'Mineral Water 750ml',
    299,
    12,
    { deposit: containerDeposit(25.4), packaging: 'import', country: '803' },
  ],
  ['COCO', 'Palmera', 'Coconut Water 16.9oz', 349, 12, { deposit: containerDeposit(16.9) }],
];

const DRINK_ROWS: readonly ShelfRow[] = [
  ['SPORT', 'RallyAid', 'Sports Drink Fruit Punch 20oz', 249, 24, { pace: 'fast' }],
  ['SPORT', 'RallyAid', 'Sports Drink Lemon Lime 20oz', 249, 24],
  ['SPORT', 'RallyAid', 'Sports Drink Blue Raspberry 28oz', 299, 15],
  ['TEA', 'Porch Swing', 'Sweet Tea 20oz', 249, 24],
  ['TEA', 'Porch Swing', 'Unsweet Tea 20oz', 249, 24],
  ['TEA', 'Porch Swing', 'Half and Half Tea Lemonade 23oz Can', 149, 24, { pace: 'fast' }],
  ['COFFEE', 'Morning Ledger', 'Vanilla Iced Coffee 13.7oz', 399, 12],
  ['COFFEE', 'Morning Ledger', 'Mocha Iced Coffee 13.7oz', 399, 12],
  ['COFFEE', 'Morning Ledger', 'Espresso and Cream 6.5oz Can', 349, 12, { packaging: 'small-can' }],
  ['JUICE', 'Grovewell', 'Orange Juice 15.2oz', 299, 12],
  ['JUICE', 'Grovewell', 'Apple Juice 15.2oz', 249, 12],
  ['JUICE', 'Grovewell', 'Cranberry Juice 64oz', 499, 8],
  ['JUICE', 'Grovewell', 'Orange Juice 52oz', 549, 6],
  ['MILK', 'Bell Meadow', 'Chocolate Milk 14oz', 299, 12],
];

const MIXER_ROWS: readonly ShelfRow[] = [
  ['TONIC', 'Quillfeather', 'Tonic Water 1L', 249, 12, { deposit: containerDeposit(33.8), pace: 'fast' }],
  ['TONIC', 'Quillfeather', 'Diet Tonic Water 1L', 249, 12, { deposit: containerDeposit(33.8) }],
  ['CLUB', 'Quillfeather', 'Club Soda 1L', 249, 12, { deposit: containerDeposit(33.8), pace: 'fast' }],
  ['GINGER', 'Quillfeather', 'Ginger Ale 1L', 249, 12, { deposit: containerDeposit(33.8) }],
  ['GBEER', 'Quillfeather', 'Ginger Beer 4pk 7.5oz Cans', 599, 6, { deposit: containerDeposit(7.5, 4) }],
  [
    'TONIC',
    'Quillfeather',
    'Tonic Water 7.5oz Can',
    149,
    24,
    { deposit: containerDeposit(7.5), packaging: 'small-can' },
  ],
  [
    'CLUB',
    'Quillfeather',
    'Club Soda 7.5oz Can',
    149,
    24,
    { deposit: containerDeposit(7.5), packaging: 'small-can' },
  ],
  ['MARG', 'Cantina Nueve', 'Margarita Mix 1L', 499, 12, { pace: 'fast' }],
  ['MARG', 'Cantina Nueve', 'Margarita Mix 1.75L', 699, 6],
  ['DAIQ', 'Cantina Nueve', 'Strawberry Daiquiri Mix 1L', 499, 12],
  ['COLADA', 'Cantina Nueve', 'Piña Colada Mix 1L', 499, 12],
  ['BLOODY', 'Red Lantern', 'Bloody Mary Mix 1L', 549, 12],
  ['BLOODY', 'Red Lantern', 'Spicy Bloody Mary Mix 1L', 549, 12],
  ['SOUR', "Barkeep's", 'Sweet and Sour Mix 1L', 449, 12],
  ['GREN', "Barkeep's", 'Grenadine 375ml', 399, 12],
  ['LIME', "Barkeep's", 'Sweetened Lime Juice 355ml', 449, 12],
  ['SYRUP', "Barkeep's", 'Simple Syrup 375ml', 449, 12],
  ['BITTER', 'Old Apothecary', 'Aromatic Bitters 4oz', 999, 12, { pace: 'slow' }],
  ['BITTER', 'Old Apothecary', 'Orange Bitters 4oz', 999, 12, { pace: 'slow' }],
  ['OLIVE', "Barkeep's", 'Olive Brine 375ml', 649, 12, { pace: 'slow' }],
  ['OLIVE', "Barkeep's", 'Stuffed Queen Olives 10oz', 549, 12],
  ['CHERRY', "Barkeep's", 'Cocktail Cherries 10oz', 549, 12],
  ['SALT', 'Cantina Nueve', 'Margarita Salt 8oz', 399, 12],
  ['LEMON', 'Grovewell', 'Lemon Juice 8oz', 249, 12],
];

const ICE_ROWS: readonly ShelfRow[] = [
  ['BAG', 'Glacier Bell', 'Ice 7lb Bag', 299, 10, { pace: 'fast' }],
  ['BAG', 'Glacier Bell', 'Ice 10lb Bag', 399, 8, { pace: 'fast' }],
  ['BAG', 'Glacier Bell', 'Ice 20lb Bag', 599, 4],
  ['BLOCK', 'Glacier Bell', 'Block Ice 10lb', 449, 6],
];

export const SOFT_DRINKS: readonly DemoProduct[] = [
  ...SODAS,
  ...shelf(ENERGY, ENERGY_ROWS),
  ...shelf(WATER, WATER_ROWS),
  ...shelf(DRINK, DRINK_ROWS),
  ...shelf(MIXER, MIXER_ROWS),
  ...shelf(ICE, ICE_ROWS),
];
