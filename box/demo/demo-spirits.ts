import {
  type Department,
  type DemoProduct,
  type ProductOptions,
  product,
  shelfPrice,
} from './demo-product.ts';

const SPIRITS: Department = { prefix: 'SPIRIT', merchandiseCode: 'SPIRITS', minimumAge: 21, margin: 26 };

/** The legal bottle sizes that shops stock, with the usual case and the price against the 750 ml. */
const SIZES = {
  '50ml': { share: 0.1, caseSize: 120 },
  '200ml': { share: 0.36, caseSize: 48 },
  '375ml': { share: 0.58, caseSize: 24 },
  '750ml': { share: 1, caseSize: 12 },
  '1L': { share: 1.25, caseSize: 12 },
  '1.75L': { share: 1.85, caseSize: 6 },
} as const;
type Size = keyof typeof SIZES;

const WELL: readonly Size[] = ['50ml', '200ml', '375ml', '750ml', '1L', '1.75L'];
const CALL: readonly Size[] = ['50ml', '375ml', '750ml', '1L', '1.75L'];
const PREMIUM: readonly Size[] = ['375ml', '750ml', '1.75L'];
const FLAVOR: readonly Size[] = ['50ml', '750ml'];
const LIQUEUR: readonly Size[] = ['375ml', '750ml'];
const TOP: readonly Size[] = ['750ml'];

/** Kind, brand, what the label adds, price of 750 ml in cents, sizes. */
type Spirit = readonly [
  kind: string,
  brand: string,
  label: string,
  price: number,
  sizes: readonly Size[],
  options?: ProductOptions,
];

const SHELF: readonly Spirit[] = [
  ['VODKA', 'Silver Pine', 'Vodka', 1_799, WELL, { pace: 'fast' }],
  ['VODKA', 'North Kettle', 'Vodka', 1_299, WELL, { pace: 'fast' }],
  ['VODKA', 'Plain Label', 'Vodka', 999, WELL, { pace: 'fast' }],
  ['VODKA', 'Polar Thread', 'Vodka', 2_499, CALL, { packaging: 'import', country: '731' }],
  ['VODKA', 'Glasswing', 'Vodka', 2_999, PREMIUM, { packaging: 'import', country: '590' }],
  ['VODKA', 'North Kettle', 'Citrus Vodka', 1_299, FLAVOR],
  ['VODKA', 'North Kettle', 'Peach Vodka', 1_299, FLAVOR],
  ['VODKA', 'North Kettle', 'Vanilla Vodka', 1_299, FLAVOR],
  ['VODKA', 'North Kettle', 'Raspberry Vodka', 1_299, FLAVOR],
  ['VODKA', 'North Kettle', 'Blue Plum Vodka', 1_299, FLAVOR],
  ['GIN', 'Tollhouse', 'London Dry Gin', 1_399, WELL],
  ['GIN', 'Hedgerow and Sons', 'London Dry Gin', 2_299, CALL, { packaging: 'both', country: '501' }],
  ['GIN', 'Thistledown', 'Botanical Gin', 3_299, TOP],
  ['RUM', 'Port Calico', 'White Rum', 1_399, WELL, { pace: 'fast' }],
  ['RUM', 'Port Calico', 'Gold Rum', 1_399, CALL],
  ['RUM', 'Port Calico', 'Spiced Rum', 1_599, WELL, { pace: 'fast' }],
  ['RUM', 'Port Calico', 'Coconut Rum', 1_399, LIQUEUR],
  ['RUM', 'Old Bosun', 'Dark Rum', 1_999, LIQUEUR],
  ['RUM', 'Isla Marena', 'Rum 8 Year', 3_299, TOP, { packaging: 'import', country: '746' }],
  ['TEQ', 'Llano Azul', 'Blanco Tequila', 1_799, WELL, { pace: 'fast' }],
  ['TEQ', 'Llano Azul', 'Gold Tequila', 1_799, WELL],
  ['TEQ', 'Cerro Quemado', 'Blanco Tequila', 2_699, CALL, { packaging: 'both', country: '750' }],
  ['TEQ', 'Cerro Quemado', 'Reposado Tequila', 2_899, CALL, { packaging: 'both', country: '750' }],
  ['TEQ', 'Dos Faroles', 'Blanco Tequila', 4_499, PREMIUM, { packaging: 'import', country: '750' }],
  ['TEQ', 'Dos Faroles', 'Reposado Tequila', 4_999, PREMIUM, { packaging: 'import', country: '750' }],
  ['TEQ', 'Dos Faroles', 'Añejo Tequila', 5_999, TOP, { packaging: 'import', country: '750', pace: 'slow' }],
  ['MEZC', 'Humo Callado', 'Mezcal Joven', 3_999, TOP, { packaging: 'import', country: '750', pace: 'slow' }],
  ['BOURB', 'Old Ferrymaster', 'Bourbon', 1_499, WELL, { pace: 'fast' }],
  ['BOURB', 'Coalbrook', 'Bourbon', 2_199, WELL, { pace: 'fast' }],
  ['BOURB', 'Two Millers', 'Small Batch Bourbon', 2_999, CALL],
  ['BOURB', "Hatcher's Rest", 'Single Barrel Bourbon', 4_999, TOP],
  ['BOURB', "Hatcher's Rest", 'Bourbon 12 Year', 12_999, TOP, { pace: 'slow' }],
  ['BOURB', 'Coalbrook', 'Honey Bourbon', 2_199, FLAVOR],
  ['BOURB', 'Coalbrook', 'Peach Bourbon', 2_199, FLAVOR],
  ['RYE', 'Coalbrook', 'Rye Whiskey', 2_399, PREMIUM],
  ['RYE', 'Sawhorse', 'Straight Rye Whiskey', 3_499, TOP],
  ['TENN', 'Holler Fork', 'Tennessee Whiskey', 2_499, WELL, { pace: 'fast' }],
  ['CINN', 'Firebark', 'Cinnamon Whisky', 1_499, WELL, { pace: 'fast' }],
  ['SCOTCH', 'Inverquill', 'Blended Scotch', 2_299, CALL, { packaging: 'import', country: '500' }],
  [
    'SCOTCH',
    'Inverquill',
    'Black Blended Scotch 12 Year',
    3_699,
    PREMIUM,
    { packaging: 'import', country: '500' },
  ],
  ['SCOTCH', 'Glen Tarrock', 'Single Malt 12 Year', 5_499, TOP, { packaging: 'import', country: '500' }],
  [
    'SCOTCH',
    'Glen Tarrock',
    'Single Malt 18 Year',
    12_999,
    TOP,
    { packaging: 'import', country: '500', pace: 'slow' },
  ],
  [
    'SCOTCH',
    'Skarra Head',
    'Smoky Single Malt',
    5_999,
    TOP,
    { packaging: 'import', country: '500', pace: 'slow' },
  ],
  ['IRISH', 'Ballymorrin', 'Irish Whiskey', 2_799, WELL, { packaging: 'both', country: '539' }],
  ['IRISH', 'Ballymorrin', 'Irish Whiskey 12 Year', 5_499, TOP, { packaging: 'import', country: '539' }],
  ['CANAD', 'Loon Portage', 'Canadian Whisky', 1_299, WELL],
  ['CANAD', 'Loon Portage', 'Maple Whisky', 1_499, FLAVOR],
  ['CANAD', 'Nine Cairns', 'Canadian Rye 10 Year', 2_699, LIQUEUR],
  [
    'JAPAN',
    'Hoshimori',
    'Japanese Whisky',
    5_499,
    TOP,
    { packaging: 'import', country: '491', pace: 'slow' },
  ],
  ['BRANDY', 'Vallombreuse', 'VSOP Brandy', 1_399, WELL],
  ['COGNAC', 'Mirandeau', 'Cognac VS', 3_499, PREMIUM, { packaging: 'import', country: '376' }],
  ['COGNAC', 'Mirandeau', 'Cognac VSOP', 5_499, LIQUEUR, { packaging: 'import', country: '376' }],
  ['COGNAC', 'Mirandeau', 'Cognac XO', 17_999, TOP, { packaging: 'import', country: '376', pace: 'slow' }],
  ['LIQ', 'Ballymorrin', 'Irish Cream', 2_299, LIQUEUR, { packaging: 'both', country: '539' }],
  ['LIQ', 'Café Tizon', 'Coffee Liqueur', 2_199, LIQUEUR],
  ['LIQ', 'Arancia Bruna', 'Orange Liqueur', 2_999, LIQUEUR, { packaging: 'import', country: '803' }],
  ['LIQ', 'Almandria', 'Amaretto', 2_299, LIQUEUR, { packaging: 'import', country: '803' }],
  ['LIQ', 'Amaro Trevisol', 'Bitter Aperitif', 2_499, TOP, { packaging: 'import', country: '803' }],
  ['LIQ', 'Fiore Alto', 'Elderflower Liqueur', 2_999, TOP, { packaging: 'import', country: '376' }],
  ['LIQ', 'Corner Drug', 'Triple Sec', 899, TOP],
  ['LIQ', 'Corner Drug', 'Blue Curaçao', 899, TOP],
  ['LIQ', 'Corner Drug', 'Peach Schnapps', 949, LIQUEUR],
  ['LIQ', 'Corner Drug', 'Sour Apple Schnapps', 949, TOP],
  ['LIQ', 'Corner Drug', 'Peppermint Schnapps', 949, LIQUEUR],
  ['LIQ', 'Corner Drug', 'Melon Liqueur', 949, TOP],
  ['LIQ', 'Corner Drug', 'Crème de Cacao', 949, TOP],
  ['LIQ', 'Waldgeist', 'Herbal Liqueur', 2_199, CALL, { packaging: 'import', country: '425' }],
];

/** Minis sell from the counter by the handful, large and dear bottles stand. */
function pace(size: Size, options: ProductOptions): ProductOptions {
  return size === '50ml' || size === '750ml' ? options : { ...options, pace: 'steady' };
}

function bottles([kind, brand, label, price, sizes, options = {}]: Spirit): DemoProduct[] {
  return sizes.map((size) => {
    const { share, caseSize } = SIZES[size];
    const stated = { kind, brand, name: `${brand} ${label} ${size}`, price: shelfPrice(price * share) };
    // A case of a dear bottle has six.
    const perCase = size === '750ml' && price >= 3_499 ? 6 : caseSize;
    return product(SPIRITS, { ...stated, caseSize: perCase }, pace(size, options));
  });
}

export const SPIRIT_BOTTLES: readonly DemoProduct[] = [
  ...SHELF.flatMap(bottles),
  product(
    SPIRITS,
    {
      kind: 'LIQ',
      brand: 'Corner Drug',
      name: 'Corner Drug Root Beer Schnapps 750ml',
      price: 949,
      caseSize: 12,
    },
    { active: false },
  ),
];
