/**
 * Recognises card numbers in text, so that they are refused before they are stored and masked before they are logged.
 *
 * A card number is 13 to 19 digits, typed with or without spaces or hyphens, that begins as the payment networks' numbers
 * do and ends in its Luhn digit (ISO/IEC 7812-1, annex B). The beginnings matter: by the Luhn digit alone one number in
 * ten is a card. With them, padded 14-digit GTINs (they begin with 0), timestamps in milliseconds, micro- and nanoseconds
 * (they begin with 1) and dates written together (`20261231…`) are none. UUIDs and hashes are looked over.
 *
 * What is left: an EAN-13 from some countries (400… to 440… German, 49… Japanese, 50… British, 57…, 6…) is taken for one
 * when its Luhn digit happens to be right, one in ten. In a text where people write (a note, an approval code, a reason)
 * that is the right way to err. Where barcodes belong it is not: see `card-number-in-request.ts`.
 */

/** Where a card number stands in the text: `[start, end)`. */
export interface CardNumberPlace {
  readonly start: number;
  readonly end: number;
}

/** Digits with up to three spaces or hyphens between them, in any of the forms that word processors make of those. */
const RUN = /\d(?:[ \u00A0\u2007\u2009\u202F\u2010-\u2015\u2212-]{0,3}\d)*/g;
const GROUP = /\d+/g;

/** UUIDs and hexadecimal hashes: long digit runs in them mean nothing. */
const OPAQUE =
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b(?=\d*[a-f])[0-9a-f]{32,}\b/gi;

const SHORTEST = 13;
const LONGEST = 19;

/** How card numbers of the networks begin, and how many digits they have. */
const NETWORKS: readonly { readonly begins: RegExp; readonly from: number; readonly to: number }[] = [
  { begins: /^4/, from: 13, to: 19 }, // Visa
  { begins: /^5[1-5]/, from: 16, to: 16 }, // Mastercard
  { begins: /^2[2-7]/, from: 16, to: 19 }, // Mastercard 2221 to 2720, Mir
  { begins: /^3[47]/, from: 15, to: 15 }, // American Express
  { begins: /^3[0689]/, from: 14, to: 19 }, // Diners Club
  { begins: /^35/, from: 16, to: 19 }, // JCB
  { begins: /^(?:50|5[6-8]|6)/, from: 13, to: 19 }, // Maestro, Discover, UnionPay, RuPay
  { begins: /^8[12]/, from: 16, to: 19 }, // UnionPay, RuPay
];

/** True when a card number stands somewhere in the text. */
export function looksLikeCardNumber(text: string): boolean {
  return findCardNumbers(text).length > 0;
}

/** All of them, from left to right; they do not overlap. */
export function findCardNumbers(text: string): CardNumberPlace[] {
  const readable = text.replace(OPAQUE, (token) => 'x'.repeat(token.length));
  return [...readable.matchAll(RUN)]
    .filter(([run]) => run.length >= SHORTEST)
    .flatMap((run) => findInRun(run[0], run.index));
}

interface Group {
  readonly digits: string;
  readonly start: number;
}

/**
 * A card number begins and ends with a group of the run: `4111 1111 1111 1111 12 27` is one with its date behind it. Of
 * several groups all but the last have three digits or more, as cards are printed: `12 24 36 48 …` is a list of numbers.
 */
function findInRun(run: string, offset: number): CardNumberPlace[] {
  const groups: Group[] = [...run.matchAll(GROUP)].map((match) => ({
    digits: match[0],
    start: offset + match.index,
  }));
  const found: CardNumberPlace[] = [];
  for (let first = 0; first < groups.length; first += 1) {
    const last = lastGroupOfCard(groups, first);
    const [begin, end] = [groups[first], groups[last ?? -1]];
    if (last === undefined || begin === undefined || end === undefined) continue;
    found.push({ start: begin.start, end: end.start + end.digits.length });
    first = last;
  }
  return found;
}

/** The last group of the longest card number that begins with group `first`. */
function lastGroupOfCard(groups: readonly Group[], first: number): number | undefined {
  let digits = '';
  let found: number | undefined;
  for (let index = first; index < groups.length && digits.length < LONGEST; index += 1) {
    const group = groups[index]?.digits ?? '';
    digits += group;
    if (isCardNumber(digits)) found = index;
    if (group.length < 3) break;
  }
  return found;
}

function isCardNumber(digits: string): boolean {
  const { length } = digits;
  if (length < SHORTEST || length > LONGEST) return false;
  const known = NETWORKS.some(
    ({ begins, from, to }) => length >= from && length <= to && begins.test(digits),
  );
  return known && hasLuhnDigit(digits);
}

/** Every second digit from the right doubled, the digits of the products added: a multiple of ten. */
function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[index]);
    const doubled = (digits.length - index) % 2 === 0 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
