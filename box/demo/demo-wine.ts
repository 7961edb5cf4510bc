import {
  type Department,
  type DemoProduct,
  type ProductOptions,
  product,
  shelfPrice,
} from './demo-product.ts';

const WINE: Department = { prefix: 'WINE', merchandiseCode: 'WINE', minimumAge: 21, margin: 34 };

/** Kind, what the label says, price of 750 ml in cents. */
type Bottling = readonly [kind: string, label: string, price: number];

interface Winery {
  readonly brand: string;
  readonly bottlings: readonly Bottling[];
  /** Also sold as a magnum. */
  readonly magnum?: boolean;
  readonly options?: ProductOptions;
}

/** The two bottles of the seed come first, so that their numbers are 001 and 002. */
const SEED: readonly DemoProduct[] = [
  product(
    WINE,
    { kind: 'CAB', brand: 'House', name: 'Cabernet Sauvignon 750ml', price: 1_999, caseSize: 12 },
    { cost: 1_250, pace: 'fast' },
  ),
  product(
    WINE,
    { kind: 'CHARD', brand: 'House', name: 'Chardonnay 750ml', price: 1_799, caseSize: 12 },
    { cost: 1_125, pace: 'fast' },
  ),
];

const WINERIES: readonly Winery[] = [
  {
    brand: 'Tumbling Heron',
    magnum: true,
    options: { pace: 'fast' },
    bottlings: [
      ['CAB', 'Cabernet Sauvignon', 899],
      ['MERLOT', 'Merlot', 899],
      ['PINOT', 'Pinot Noir', 949],
      ['REDBL', 'Red Blend', 899],
      ['CHARD', 'Chardonnay', 899],
      ['PGRIG', 'Pinot Grigio', 849],
      ['SAUV', 'Sauvignon Blanc', 899],
      ['MOSC', 'Moscato', 849],
      ['WZIN', 'White Zinfandel', 749],
      ['ROSE', 'Rosé', 899],
    ],
  },
  {
    brand: 'Lantern Row',
    bottlings: [
      ['CAB', 'Cabernet Sauvignon', 1_599],
      ['MERLOT', 'Merlot', 1_499],
      ['PINOT', 'Pinot Noir', 1_699],
      ['ZIN', 'Old Vine Zinfandel', 1_599],
      ['SYRAH', 'Syrah', 1_499],
      ['REDBL', 'Dark Red Blend', 1_399],
      ['CHARD', 'Chardonnay', 1_499],
      ['SAUV', 'Sauvignon Blanc', 1_349],
      ['RIES', 'Dry Riesling', 1_299],
      ['ROSE', 'Rosé of Pinot Noir', 1_449],
    ],
  },
  {
    brand: 'Grey Wicket',
    options: { pace: 'slow' },
    bottlings: [
      ['CAB', 'Valley Reserve Cabernet Sauvignon', 4_999],
      ['CAB', 'Hillside Cabernet Sauvignon', 7_999],
      ['MERLOT', 'Estate Merlot', 3_499],
      ['CHARD', 'Barrel Select Chardonnay', 3_299],
      ['REDBL', 'Proprietor Red', 5_999],
      ['SAUV', 'Estate Sauvignon Blanc', 2_799],
    ],
  },
  {
    brand: 'Marrow Bay',
    bottlings: [
      ['PINOT', 'Pinot Noir', 2_499],
      ['PINOT', 'Single Slope Pinot Noir', 3_999],
      ['PGRIS', 'Pinot Gris', 1_799],
      ['CHARD', 'Unoaked Chardonnay', 1_899],
      ['ROSE', 'Rosé', 1_699],
      ['GAMAY', 'Gamay', 2_199],
    ],
  },
  {
    brand: 'Casa Ventosella',
    options: { packaging: 'import', country: '803' },
    bottlings: [
      ['PGRIG', 'Pinot Grigio delle Venezie', 1_149],
      ['CHIAN', 'Chianti', 1_299],
      ['CHIAN', 'Chianti Classico Riserva', 2_499],
      ['MONTE', "Montepulciano d'Abruzzo", 1_099],
      ['BAROLO', 'Barolo', 4_999],
      ['PRIMIT', 'Primitivo', 1_399],
      ['SOAVE', 'Soave', 1_249],
      ['LAMBR', 'Lambrusco', 999],
    ],
  },
  {
    brand: 'Domaine Perraultier',
    options: { packaging: 'import', country: '376' },
    bottlings: [
      ['RHONE', 'Côtes du Rhône', 1_499],
      ['BORDX', 'Bordeaux Rouge', 1_699],
      ['BORDX', 'Saint-Émilion', 3_499],
      ['BEAUJ', 'Beaujolais-Villages', 1_549],
      ['CHABL', 'Chablis', 2_799],
      ['SANC', 'Sancerre', 3_199],
      ['ROSE', 'Côtes de Provence Rosé', 1_899],
      ['MUSC', 'Muscadet', 1_449],
    ],
  },
  {
    brand: 'Bodega Ruelo Viejo',
    options: { packaging: 'both', country: '843' },
    bottlings: [
      ['RIOJA', 'Rioja Crianza', 1_399],
      ['RIOJA', 'Rioja Reserva', 2_299],
      ['TEMPR', 'Tempranillo', 999],
      ['GARN', 'Garnacha', 1_099],
      ['ALBAR', 'Albariño', 1_649],
      ['VERD', 'Verdejo', 1_199],
    ],
  },
  {
    brand: 'Quinta do Sobreiral',
    options: { packaging: 'import', country: '560' },
    bottlings: [
      ['VINHO', 'Vinho Verde', 949],
      ['DOURO', 'Douro Red', 1_349],
      ['PORT', 'Ruby Port', 1_599],
      ['PORT', 'Tawny Port 10 Year', 2_999],
    ],
  },
  {
    brand: 'Kowhai Spur',
    options: { packaging: 'both', country: '942' },
    bottlings: [
      ['SAUV', 'Marlborough Sauvignon Blanc', 1_299],
      ['PINOT', 'Central Otago Pinot Noir', 2_299],
      ['PGRIS', 'Pinot Gris', 1_349],
    ],
  },
  {
    brand: 'Wallaroo Bend',
    magnum: true,
    options: { packaging: 'import', country: '931' },
    bottlings: [
      ['SHIRAZ', 'Shiraz', 799],
      ['CAB', 'Cabernet Sauvignon', 799],
      ['CHARD', 'Chardonnay', 799],
      ['MOSC', 'Pink Moscato', 799],
    ],
  },
  {
    brand: 'Finca Tres Lunares',
    options: { packaging: 'import', country: '779' },
    bottlings: [
      ['MALB', 'Malbec', 1_099],
      ['MALB', 'Malbec Reserva', 1_799],
      ['TORR', 'Torrontés', 1_149],
      ['CAB', 'Cabernet Sauvignon', 1_099],
    ],
  },
  {
    brand: 'Cordillera Quieta',
    options: { packaging: 'import', country: '780' },
    bottlings: [
      ['CARM', 'Carménère', 1_099],
      ['CAB', 'Gran Reserva Cabernet Sauvignon', 1_499],
      ['SAUV', 'Sauvignon Blanc', 949],
    ],
  },
  {
    brand: 'Weingut Altfalter',
    options: { packaging: 'import', country: '425', pace: 'slow' },
    bottlings: [
      ['RIES', 'Riesling Kabinett', 1_599],
      ['RIES', 'Riesling Spätlese', 2_299],
      ['GEWURZ', 'Gewürztraminer', 1_549],
    ],
  },
  {
    brand: 'Fizzwell',
    options: { pace: 'fast' },
    bottlings: [
      ['SPARK', 'Brut', 1_149],
      ['SPARK', 'Extra Dry', 1_149],
      ['SPARK', 'Sparkling Rosé', 1_249],
      ['SPARK', 'Sparkling Moscato', 1_099],
    ],
  },
  {
    brand: 'Casa Ventosella',
    options: { packaging: 'import', country: '803' },
    bottlings: [
      ['PROSEC', 'Prosecco', 1_399],
      ['PROSEC', 'Prosecco Rosé', 1_499],
      ['VERMTH', 'Sweet Vermouth', 999],
      ['VERMTH', 'Dry Vermouth', 999],
    ],
  },
  {
    brand: 'Bodega Ruelo Viejo',
    options: { packaging: 'both', country: '843', pace: 'slow' },
    bottlings: [
      ['CAVA', 'Cava Brut', 1_249],
      ['SHERRY', 'Fino Sherry', 1_699],
      ['SHERRY', 'Cream Sherry', 1_649],
    ],
  },
  {
    brand: 'Maison Orvaux',
    options: { packaging: 'import', country: '376', pace: 'slow' },
    bottlings: [
      ['CHAMP', 'Champagne Brut', 4_999],
      ['CHAMP', 'Champagne Brut Rosé', 6_499],
      ['CHAMP', 'Champagne Vintage', 8_999],
    ],
  },
  {
    brand: 'Sunny Ditch',
    options: { pace: 'fast' },
    bottlings: [
      ['SANGR', 'Red Sangria', 849],
      ['SANGR', 'White Peach Sangria', 849],
      ['FRUIT', 'Blackberry Wine', 649],
      ['FRUIT', 'Strawberry Wine', 649],
      ['SWEET', 'Sweet Red', 799],
    ],
  },
];

/** Kind, name, price, case size: everything that is not a bottle of 750 ml or a magnum. */
const OTHER_SIZES: readonly (readonly [
  kind: string,
  brand: string,
  name: string,
  price: number,
  caseSize: number,
])[] = [
  ['BOX', 'Picket and Plum', 'Cabernet Sauvignon Box 3L', 2_099, 4],
  ['BOX', 'Picket and Plum', 'Merlot Box 3L', 2_099, 4],
  ['BOX', 'Picket and Plum', 'Red Blend Box 3L', 2_099, 4],
  ['BOX', 'Picket and Plum', 'Chardonnay Box 3L', 2_099, 4],
  ['BOX', 'Picket and Plum', 'Pinot Grigio Box 3L', 2_099, 4],
  ['BOX', 'Picket and Plum', 'Sunset Blush Box 5L', 2_299, 4],
  ['MINI', 'Tumbling Heron', 'Cabernet Sauvignon 4pk 187ml', 799, 6],
  ['MINI', 'Tumbling Heron', 'Chardonnay 4pk 187ml', 799, 6],
  ['MINI', 'Tumbling Heron', 'Pinot Grigio 4pk 187ml', 799, 6],
  ['MINI', 'Fizzwell', 'Brut 187ml', 349, 24],
  ['MINI', 'Fizzwell', 'Sparkling Rosé 187ml', 349, 24],
  ['HALF', 'Lantern Row', 'Cabernet Sauvignon 375ml', 899, 12],
  ['HALF', 'Lantern Row', 'Chardonnay 375ml', 849, 12],
  ['CAN', 'Sunny Ditch', 'Rosé Can 250ml', 399, 24],
  ['CAN', 'Sunny Ditch', 'Bubbly White Can 250ml', 399, 24],
];

function bottle({ brand, options }: Winery, [kind, label, price]: Bottling): DemoProduct {
  return product(WINE, { kind, brand, name: `${brand} ${label} 750ml`, price, caseSize: 12 }, options);
}

/** Twice the wine for about 1.7 times the price. */
function magnum({ brand, options }: Winery, [kind, label, price]: Bottling): DemoProduct {
  const stated = { kind, brand, name: `${brand} ${label} 1.5L`, price: shelfPrice(price * 1.7), caseSize: 6 };
  return product(WINE, stated, options);
}

export const WINES: readonly DemoProduct[] = [
  ...SEED,
  ...WINERIES.flatMap((winery) => winery.bottlings.map((bottling) => bottle(winery, bottling))),
  ...WINERIES.filter((winery) => winery.magnum).flatMap((winery) =>
    winery.bottlings.map((bottling) => magnum(winery, bottling)),
  ),
  ...OTHER_SIZES.map(([kind, brand, label, price, caseSize]) =>
    product(WINE, { kind, brand, name: `${brand} ${label}`, price, caseSize }),
  ),
  product(
    WINE,
    {
      kind: 'FRUIT',
      brand: 'Sunny Ditch',
      name: 'Sunny Ditch Mulled Cherry Wine 750ml',
      price: 749,
      caseSize: 12,
    },
    { active: false },
  ),
];
