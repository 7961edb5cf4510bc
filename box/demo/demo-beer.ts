import {
  containerDeposit,
  type Department,
  type DemoProduct,
  type Pace,
  type ProductOptions,
  product,
} from './demo-product.ts';

const BEER: Department = { prefix: 'BEER', merchandiseCode: 'BEER', minimumAge: 21, margin: 24 };
const CIDER: Department = { prefix: 'CIDER', merchandiseCode: 'CIDER', minimumAge: 21, margin: 27 };
const RTD: Department = { prefix: 'RTD', merchandiseCode: 'RTD', minimumAge: 21, margin: 27 };

/** Containers in the pack, ounces in each, and how many of the pack come in a distributor's case. */
const PACKS = {
  '12oz Can': [1, 12, 24],
  '12oz Bottle': [1, 12, 24],
  '16oz Can': [1, 16, 24],
  '19.2oz Can': [1, 19.2, 15],
  '24oz Can': [1, 24, 12],
  '40oz Bottle': [1, 40, 12],
  '4pk 12oz Cans': [4, 12, 6],
  '4pk 16oz Cans': [4, 16, 6],
  '6pk 12oz Bottles': [6, 12, 4],
  '6pk 12oz Cans': [6, 12, 4],
  '12pk 12oz Bottles': [12, 12, 2],
  '12pk 12oz Cans': [12, 12, 2],
  '24pk 12oz Cans': [24, 12, 1],
  '24pk 12oz Bottles': [24, 12, 1],
  '30pk 12oz Cans': [30, 12, 1],
} as const;
type Pack = keyof typeof PACKS;
type PackPrices = readonly (readonly [pack: Pack, price: number])[];

/** What a pack costs by the kind of brewery, in cents. The larger the pack, the cheaper the can. */
const DOMESTIC: PackPrices = [
  ['24oz Can', 299],
  ['6pk 12oz Bottles', 849],
  ['12pk 12oz Cans', 1_449],
  ['24pk 12oz Cans', 2_449],
  ['30pk 12oz Cans', 2_799],
];
const VALUE: PackPrices = [
  ['24oz Can', 249],
  ['6pk 12oz Cans', 699],
  ['12pk 12oz Cans', 1_199],
  ['30pk 12oz Cans', 2_349],
];
const IMPORT: PackPrices = [
  ['12oz Bottle', 249],
  ['24oz Can', 349],
  ['6pk 12oz Bottles', 1_099],
  ['12pk 12oz Bottles', 1_899],
  ['24pk 12oz Bottles', 3_299],
];
const CRAFT: PackPrices = [
  ['19.2oz Can', 399],
  ['6pk 12oz Cans', 1_199],
  ['12pk 12oz Cans', 2_099],
];
const CRAFT_TALL: PackPrices = [
  ['16oz Can', 449],
  ['4pk 16oz Cans', 1_499],
];
const MALT: PackPrices = [
  ['24oz Can', 249],
  ['40oz Bottle', 399],
];
const SELTZER: PackPrices = [
  ['19.2oz Can', 349],
  ['6pk 12oz Cans', 1_049],
];
const COCKTAIL: PackPrices = [
  ['12oz Can', 399],
  ['4pk 12oz Cans', 1_399],
];
const TEA: PackPrices = [
  ['24oz Can', 349],
  ['12pk 12oz Cans', 1_799],
];

type Brewery = readonly [
  kind: string,
  brand: string,
  label: string,
  packs: PackPrices,
  options?: ProductOptions,
];

const BREWERIES: readonly Brewery[] = [
  ['HARVG', 'Harvest Gate', 'Lager', DOMESTIC, { pace: 'fast' }],
  ['HARVG', 'Harvest Gate', 'Light', DOMESTIC, { pace: 'fast' }],
  ['BLUEST', 'Bluestem', 'Light', DOMESTIC, { pace: 'fast' }],
  ['TROLL', 'Old Trolley', 'Lager', VALUE],
  ['TROLL', 'Old Trolley', 'Ice', VALUE],
  ['PLAYA', 'Playa Clarita', 'Mexican Lager', IMPORT, { pace: 'fast', packaging: 'both', country: '750' }],
  ['OLAS', 'Siete Olas', 'Dark Mexican Lager', IMPORT, { packaging: 'both', country: '750' }],
  ['VANDH', 'Van der Hoeve', 'Pilsner', IMPORT, { packaging: 'import', country: '871' }],
  ['TANNW', 'Tannwalder', 'Helles', IMPORT, { packaging: 'import', country: '425' }],
  ['CABOO', 'Loose Caboose', 'IPA', CRAFT, { pace: 'fast' }],
  ['CABOO', 'Loose Caboose', 'Session IPA', CRAFT],
  ['RIVET', 'Rivet Yard', 'Pale Ale', CRAFT],
  ['BARN', 'Moonlit Barn', 'Amber Ale', CRAFT],
  ['FENCE', 'Fence Post', 'Wheat Ale', CRAFT],
  ['BARN', 'Moonlit Barn', 'Oatmeal Stout', CRAFT],
  ['TIDE', 'Tidewrack', 'Hazy IPA', CRAFT_TALL],
  ['TIDE', 'Tidewrack', 'Double IPA', CRAFT_TALL],
  ['TIDE', 'Tidewrack', 'Raspberry Sour', CRAFT_TALL, { pace: 'slow' }],
  ['BOXCR', 'Iron Boxcar', 'Malt Liquor', MALT],
];

const CIDERIES: readonly Brewery[] = [
  ['DRY', 'Crooked Orchard', 'Dry Cider', CRAFT],
  ['APPLE', 'Crooked Orchard', 'Crisp Apple Cider', CRAFT, { pace: 'fast' }],
  ['PEAR', 'Windfall Lane', 'Pear Cider', CRAFT_TALL],
  ['BERRY', 'Windfall Lane', 'Mixed Berry Cider', CRAFT_TALL],
];

const READY_TO_DRINK: readonly Brewery[] = [
  ['SELTZ', 'Brisk Harbor', 'Hard Seltzer Black Cherry', SELTZER, { pace: 'fast' }],
  ['SELTZ', 'Brisk Harbor', 'Hard Seltzer Lime', SELTZER, { pace: 'fast' }],
  ['SELTZ', 'Brisk Harbor', 'Hard Seltzer Mango', SELTZER],
  ['SELTZ', 'Brisk Harbor', 'Hard Seltzer Grapefruit', SELTZER],
  ['TEA', 'Sweet Levee', 'Hard Tea', TEA, { pace: 'fast' }],
  ['TEA', 'Sweet Levee', 'Peach Hard Tea', TEA],
  ['LEMON', 'Sweet Levee', 'Hard Lemonade', TEA],
];

/** Made with spirits, hence no deposit. */
const COCKTAILS: readonly Brewery[] = [
  ['MARG', 'Porchlight', 'Lime Margarita', COCKTAIL, { pace: 'fast' }],
  ['MARG', 'Porchlight', 'Strawberry Margarita', COCKTAIL],
  ['MULE', 'Porchlight', 'Moscow Mule', COCKTAIL],
  ['RUMP', 'Porchlight', 'Rum Punch', COCKTAIL],
  ['PALOMA', 'Porchlight', 'Paloma', COCKTAIL],
  ['VSODA', 'Porchlight', 'Vodka Soda Pineapple', COCKTAIL],
];

/** Singles sell fastest from the cooler door; a 30-pack is a weekend's purchase. */
function packPace(containers: number, pace: Pace | undefined): Pace {
  return containers >= 24 && pace !== 'fast' ? 'slow' : (pace ?? 'steady');
}

function packs(department: Department, withDeposit: boolean) {
  return ([kind, brand, label, prices, options = {}]: Brewery): DemoProduct[] =>
    prices.map(([pack, price]) => {
      const [containers, ounces, caseSize] = PACKS[pack];
      return product(
        department,
        { kind, brand, name: `${brand} ${label} ${pack}`, price, caseSize },
        {
          ...options,
          pace: packPace(containers, options.pace),
          deposit: withDeposit ? containerDeposit(ounces, containers) : 0,
        },
      );
    });
}

/** The three singles of the seed's "any 6 beers for $9.99". */
const SEED: readonly DemoProduct[] = [
  ['BUD', 'Bud Lager 12oz Bottle', 1_99],
  ['COORS', 'Coors Lager 12oz Bottle', 1_99],
  ['MILLER', 'Miller Pilsner 12oz Bottle', 1_99],
].map(([kind, name, price]) =>
  product(
    BEER,
    { kind: String(kind), brand: String(kind), name: String(name), price: Number(price), caseSize: 24 },
    { cost: 118, pace: 'fast', deposit: containerDeposit(12) },
  ),
);

const VARIETY: readonly DemoProduct[] = [
  product(
    RTD,
    {
      kind: 'SELTZ',
      brand: 'Brisk Harbor',
      name: 'Brisk Harbor Hard Seltzer Variety 12pk 12oz Cans',
      price: 1_849,
      caseSize: 2,
    },
    { pace: 'fast', deposit: containerDeposit(12, 12) },
  ),
  product(RTD, {
    kind: 'COOLER',
    brand: 'Sunny Ditch',
    name: 'Sunny Ditch Berry Cooler 4pk 12oz Bottles',
    price: 699,
    caseSize: 6,
  }),
  product(RTD, {
    kind: 'COOLER',
    brand: 'Sunny Ditch',
    name: 'Sunny Ditch Tropical Cooler 4pk 12oz Bottles',
    price: 699,
    caseSize: 6,
  }),
];

const DISCONTINUED: readonly DemoProduct[] = [
  product(
    BEER,
    {
      kind: 'BARN',
      brand: 'Moonlit Barn',
      name: 'Moonlit Barn Pumpkin Porter 6pk 12oz Cans',
      price: 1_199,
      caseSize: 4,
    },
    { active: false, deposit: containerDeposit(12, 6) },
  ),
];

export const BEERS_AND_MIXED: readonly DemoProduct[] = [
  ...SEED,
  ...BREWERIES.flatMap(packs(BEER, true)),
  ...DISCONTINUED,
  ...CIDERIES.flatMap(packs(CIDER, true)),
  ...READY_TO_DRINK.flatMap(packs(RTD, true)),
  ...VARIETY,
  ...COCKTAILS.flatMap(packs(RTD, false)),
];
