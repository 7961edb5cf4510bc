import { type Department, type DemoProduct, product } from './demo-product.ts';
import { shelf, type ShelfRow } from './demo-shelf.ts';

/** Cigarettes leave a seventh of the price; the rest of the counter earns more. */
const CIGARETTES: Department = { prefix: 'TOB', merchandiseCode: 'TOBACCO', minimumAge: 21, margin: 14 };
const TOBACCO: Department = { ...CIGARETTES, margin: 27 };
const GENERAL: Department = { prefix: 'GEN', merchandiseCode: 'GENERAL', minimumAge: null, margin: 48 };
const BAR_WARE: Department = { prefix: 'BAR', merchandiseCode: 'BARWARE', minimumAge: null, margin: 50 };

/** Kind, brand, line, price of the pack. Every line is also sold by the carton of ten. */
const CIGARETTE_LINES: readonly (readonly [kind: string, brand: string, line: string, price: number])[] = [
  ['CIG', 'Harlan', 'Red Kings', 1_049],
  ['CIG', 'Harlan', 'Gold Kings', 1_049],
  ['CIG', 'Harlan', 'Menthol Kings', 1_049],
  ['CIG', 'Harlan', 'Silver 100s', 1_049],
  ['CIG', 'Dunmore', 'Full Flavor Kings', 999],
  ['CIG', 'Dunmore', 'Menthol Kings', 999],
  ['CIG', 'Prairie Crow', 'Natural Kings', 1_199],
  ['CIG', 'Prairie Crow', 'Natural Mellow Kings', 1_199],
  ['CIG', 'Tally', 'Red 100s', 849],
  ['CIG', 'Tally', 'Blue 100s', 849],
];

const fast = { pace: 'fast' } as const;
const slow = { pace: 'slow' } as const;

const OTHER_TOBACCO: readonly ShelfRow[] = [
  ['CGR', 'Rio Pardal', 'Cigarillos Sweet 2pk', 149, 30, fast],
  ['CGR', 'Rio Pardal', 'Cigarillos Grape 2pk', 149, 30],
  ['CGR', 'Rio Pardal', 'Cigarillos Natural 2pk', 149, 30],
  ['CGR', 'Don Esparza', 'Robusto Cigar', 899, 20, slow],
  ['CGR', 'Don Esparza', 'Churchill Cigar', 1_199, 20, slow],
  ['CGR', 'Rio Pardal', 'Wood Tip Cigars 5pk', 699, 10],
  ['DIP', 'Saddlehorn', 'Long Cut Wintergreen 1.2oz', 749, 5, fast],
  ['DIP', 'Saddlehorn', 'Long Cut Straight 1.2oz', 749, 5],
  ['DIP', 'Saddlehorn', 'Pouches Mint 0.8oz', 749, 5],
  ['CHEW', 'Saddlehorn', 'Loose Leaf Chew 3oz', 899, 12, slow],
  ['POUCH', 'Frostline', 'Nicotine Pouches Cool Mint 6mg', 599, 5, fast],
  ['POUCH', 'Frostline', 'Nicotine Pouches Citrus 3mg', 599, 5],
  ['POUCH', 'Frostline', 'Nicotine Pouches Coffee 6mg', 599, 5],
  ['VAPE', 'Cirro', 'Vapor Pods Tobacco 2pk', 1_699, 8],
  ['VAPE', 'Cirro', 'Vapor Pods Menthol 2pk', 1_699, 8],
  ['VAPE', 'Cirro', 'Vapor Device Kit', 1_299, 6, slow],
  ['RYO', 'Tally', 'Rolling Tobacco Pouch 0.65oz', 399, 12],
  ['RYO', 'Harlan', 'Pipe Tobacco 1.5oz', 599, 6, slow],
];

const GENERALS: readonly ShelfRow[] = [
  ['LIGHTR', 'Emberly', 'Disposable Lighter', 199, 50, fast],
  ['LIGHTR', 'Emberly', 'Mini Lighter', 149, 50, fast],
  ['LIGHTR', 'Emberly', 'Lighter 2pk', 349, 24],
  ['LIGHTR', 'Emberly', 'Windproof Torch Lighter', 799, 12],
  ['LIGHTR', 'Emberly', 'Multi-Purpose Utility Lighter', 499, 12],
  ['LIGHTR', 'Emberly', 'Lighter Fluid 4oz', 399, 12],
  ['MATCH', 'Emberly', 'Wooden Matches 250ct', 199, 24],
  ['PAPER', 'Emberly', 'Rolling Papers 1.25in', 199, 24, { packaging: 'small-pack' }],
  ['PAPER', 'Emberly', 'Rolling Papers King Size', 249, 24, { packaging: 'small-pack' }],
  ['BAG', 'House', 'Paper Gift Bag Wine', 299, 12],
  ['BAG', 'House', 'Reusable Tote 6 Bottle', 399, 10],
  ['BATT', 'Kilowatt', 'AA Batteries 4pk', 599, 12],
  ['BATT', 'Kilowatt', 'AAA Batteries 4pk', 599, 12],
  ['BATT', 'Kilowatt', '9V Battery', 499, 12, slow],
  ['PHONE', 'Kilowatt', 'Phone Charger Cable', 999, 10],
  ['PHONE', 'Kilowatt', 'Car Phone Charger', 1_299, 10, slow],
  ['PHONE', 'Kilowatt', 'Earbuds', 999, 10, slow],
  ['MED', 'Everwell', 'Pain Relief Tablets 2ct', 149, 30, fast],
  ['MED', 'Everwell', 'Ibuprofen 24ct', 499, 12],
  ['MED', 'Everwell', 'Antacid Tablets 12ct', 249, 12],
  ['MED', 'Everwell', 'Cold and Flu Caplets 8ct', 599, 12],
  ['MED', 'Everwell', 'Adhesive Bandages 20ct', 349, 12],
  ['CARE', 'Everwell', 'Lip Balm', 249, 24],
  ['CARE', 'Everwell', 'Hand Sanitizer 2oz', 249, 24],
  ['CARE', 'Everwell', 'Travel Toothbrush and Paste', 349, 12],
  ['HOME', 'Broom Closet', 'Paper Towels 2 Rolls', 449, 12],
  ['HOME', 'Broom Closet', 'Toilet Paper 4 Rolls', 499, 12],
  ['HOME', 'Broom Closet', 'Dish Soap 12oz', 349, 12],
  ['HOME', 'Broom Closet', 'Trash Bags 15ct', 499, 12],
  ['CHAR', 'Emberly', 'Charcoal Briquettes 8lb', 999, 4],
  ['FIRE', 'Emberly', 'Firewood Bundle', 899, 1],
  ['CARD', 'House', 'Playing Cards', 399, 12],
  ['CARD', 'House', 'Greeting Card Birthday', 399, 6, slow],
  ['GLOVE', 'Broom Closet', 'Work Gloves', 499, 12, slow],
];

const BAR_WARES: readonly ShelfRow[] = [
  ['CUP', 'Party Barn', 'Plastic Party Cups 16oz 20ct', 499, 12, fast],
  ['CUP', 'Party Barn', 'Plastic Shot Cups 2oz 20ct', 349, 12],
  ['CUP', 'Party Barn', 'Plastic Wine Glasses 8ct', 599, 12],
  ['CUP', 'Party Barn', 'Foam Cups 20oz 12ct', 349, 12],
  ['OPENER', 'Cellarhand', "Waiter's Corkscrew", 799, 12],
  ['OPENER', 'Cellarhand', 'Wing Corkscrew', 1_299, 6],
  ['OPENER', 'Cellarhand', 'Bottle Opener Keychain', 349, 24],
  ['STOP', 'Cellarhand', 'Wine Stopper 2pk', 599, 12],
  ['STOP', 'Cellarhand', 'Champagne Stopper', 699, 12, slow],
  ['POUR', 'Cellarhand', 'Free-Flow Pourer 3pk', 599, 12],
  ['JIGGER', 'Cellarhand', 'Double Jigger', 699, 12],
  ['SHAKER', 'Cellarhand', 'Cocktail Shaker 24oz', 1_999, 6, slow],
  ['MUDDLR', 'Cellarhand', 'Wooden Muddler', 799, 12, slow],
  ['GLASS', 'Cellarhand', 'Shot Glass', 349, 24],
  ['GLASS', 'Cellarhand', 'Pint Glass', 499, 12],
  ['GLASS', 'Cellarhand', 'Stemless Wine Glass 4pk', 1_699, 4, slow],
  ['FLASK', 'Cellarhand', 'Steel Hip Flask 6oz', 1_299, 6, slow],
  ['COOLER', 'Party Barn', 'Foam Cooler 28qt', 699, 6],
  ['KOOZIE', 'Party Barn', 'Can Sleeve', 299, 24],
  ['STRAW', 'Party Barn', 'Drinking Straws 50ct', 199, 24],
  ['PICK', 'Party Barn', 'Cocktail Picks 100ct', 249, 24],
  ['NAPKIN', 'Party Barn', 'Beverage Napkins 50ct', 349, 12],
];

const CIGARETTE_PACKS = CIGARETTE_LINES.map(([kind, brand, line, price]) =>
  product(CIGARETTES, { kind, brand, name: `${brand} ${line} Pack`, price, caseSize: 10 }, fast),
);

/** Ten packs for the price of about nine and a half. */
const CIGARETTE_CARTONS = CIGARETTE_LINES.map(([kind, brand, line, price]) =>
  product(
    CIGARETTES,
    { kind, brand, name: `${brand} ${line} Carton`, price: price * 10 - 491, caseSize: 1 },
    slow,
  ),
);

export const GENERAL_GOODS: readonly DemoProduct[] = [
  ...CIGARETTE_PACKS,
  ...CIGARETTE_CARTONS,
  ...shelf(TOBACCO, OTHER_TOBACCO),
  product(
    TOBACCO,
    { kind: 'VAPE', brand: 'Cirro', name: 'Cirro Vapor Pods Mango 2pk', price: 1_699, caseSize: 8 },
    { active: false },
  ),
  ...shelf(GENERAL, GENERALS),
  ...shelf(BAR_WARE, BAR_WARES),
];
