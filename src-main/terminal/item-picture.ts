/**
 * Which drawing stands for an item that has no picture of its own. The names are the renderer's set of drawings.
 * A wrong picture sells the wrong bottle: what is not certain by department and name gets the plain box.
 */
const BY_MERCHANDISE_CODE: Readonly<Record<string, string>> = {
  WINE: 'bottle-wine',
  BEER: 'bottle-beer',
  CIDER: 'bottle-beer',
  SPIRITS: 'bottle-spirits',
  RTD: 'can',
  SODA: 'soda',
  MIXERS: 'soda',
  WATER: 'water',
  SNACKS: 'snack',
  CANDY: 'candy',
  TOBACCO: 'tobacco',
  ICE: 'ice',
};

interface NamedPicture {
  readonly code: string;
  /** Against the name without accents. */
  readonly name: RegExp;
  readonly picture: string;
}

/** What the name says more exactly than the department. The first that fits decides. */
const BY_NAME: readonly NamedPicture[] = [
  { code: 'BEER', name: /\b\d+[- ]?(pk|pack)\b/i, picture: 'six-pack' },
  { code: 'CIDER', name: /\b\d+[- ]?(pk|pack)\b/i, picture: 'six-pack' },
  { code: 'BEER', name: /\bcans?\b/i, picture: 'can' },
  { code: 'CIDER', name: /\bcans?\b/i, picture: 'can' },
  { code: 'WINE', name: /\bcans?\b/i, picture: 'can' },
  { code: 'SODA', name: /\bcans?\b/i, picture: 'can' },
  { code: 'MIXERS', name: /\bcans?\b/i, picture: 'can' },
  { code: 'WATER', name: /\bcans?\b/i, picture: 'can' },
  { code: 'BEVERAGES', name: /\bcans?\b/i, picture: 'can' },
  { code: 'RTD', name: /\bbottles?\b/i, picture: 'bottle-beer' },
  { code: 'WINE', name: /\bbox\b/i, picture: 'box' },
  { code: 'WINE', name: /\brose\b|\bpink\b|\bwhite zinfandel\b|\bblush\b/i, picture: 'bottle-rose' },
  { code: 'WINE', name: /\bred\b|\blambrusco\b|\bnoir\b/i, picture: 'bottle-wine' },
  {
    code: 'WINE',
    name: /\b(white|blanc|blanco|chardonnay|pinot (grigio|gris)|sauvignon blanc|riesling|moscato|gewurztraminer|chablis|sancerre|muscadet|soave|albarino|verdejo|verde|torrontes|viognier|chenin|gruner|fino|dry vermouth)\b/i,
    picture: 'bottle-white',
  },
  {
    code: 'WINE',
    name: /\b(sparkling|champagne|prosecco|cava|brut|extra dry|cremant)\b/i,
    picture: 'bottle-white',
  },
  {
    code: 'SPIRITS',
    // Aged or coloured ones of the same kinds, and what only tastes of them.
    name: /\b(gold|dark|spiced|black|aged|anejo|reposado|navy|sloe|pink|liqueur|cream|brandy|whisk(e)?y|scotch|bourbon)\b/i,
    picture: 'bottle-spirits',
  },
  {
    code: 'SPIRITS',
    name: /\b(vodka|gin|rum (silver|white)|(white|silver) rum|(blanco|silver|plata)( \w+)? tequila|tequila (blanco|silver|plata)|mezcal joven|triple sec|sambuca)\b/i,
    picture: 'bottle-clear',
  },
  { code: 'MIXERS', name: /\b(olives|cherries|salt)\b/i, picture: 'box' },
  { code: 'GROCERY', name: /\blimes?\b/i, picture: 'lime' },
  { code: 'GENERAL', name: /\blighters?\b(?! fluid)/i, picture: 'lighter' },
  { code: 'GENERAL', name: /\b(gift|paper|tote|shopping) bags?\b|\btote\b/i, picture: 'bag' },
  { code: 'BARWARE', name: /\bcups?\b/i, picture: 'cup' },
];

const NO_DRAWING = 'box';

/** @param name says colour, bottle, pack or can within a department */
export function pictureOf(merchandiseCode: string, name: string): string {
  const plain = name.normalize('NFD').replaceAll(/\p{Diacritic}/gu, '');
  const named = BY_NAME.find((rule) => rule.code === merchandiseCode && rule.name.test(plain));
  return named?.picture ?? BY_MERCHANDISE_CODE[merchandiseCode] ?? NO_DRAWING;
}
