/** Which drawing stands for an item that has no picture of its own. The names are the renderer's set of drawings. */
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

/** @param name decides between a bottle and a pack or a can of the same department */
export function pictureOf(merchandiseCode: string, name: string): string {
  if (merchandiseCode === 'BEER' && /\b\d+[- ]?(pk|pack)\b/i.test(name)) return 'six-pack';
  if (merchandiseCode === 'BEER' && /\bcan\b/i.test(name)) return 'can';
  return BY_MERCHANDISE_CODE[merchandiseCode] ?? 'bag';
}
