/**
 * Says of most canonical JSON texts (src-domain/events/canonical-json.ts) that they are, by one walk over their characters
 * that makes no value: a tenth of the time of reading the text and writing it again.
 *
 * It is sure, or it is not: what is rare in our events (escapes, surrogates, exponents, numbers of more than 15 digits) and all
 * that is wrong is left to the full check. `canonical-text.test.ts` holds the two against each other.
 */

/** Instead of the index behind what was read. */
const UNSURE = -1;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const FIRST_PRINTABLE = 0x20;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;

/** Two decimals of so many digits are never the same double, so a double prints the one that it was read from. */
const MAX_DIGITS = 15;
/** 0.000001 is printed so, a tenth of it with an exponent. */
const MAX_LEADING_ZEROS = 5;

export function isSurelyCanonical(text: string, maxDepth: number): boolean {
  return value(text, 0, maxDepth) === text.length;
}

function value(text: string, at: number, levels: number): number {
  switch (text.charCodeAt(at)) {
    case QUOTE: {
      const end = endOfString(text, at + 1);
      return end === UNSURE ? UNSURE : end + 1;
    }
    case OPEN_OBJECT:
      return levels === 0 ? UNSURE : object(text, at + 1, levels - 1);
    case OPEN_LIST:
      return levels === 0 ? UNSURE : list(text, at + 1, levels - 1);
    case 0x74:
      return text.startsWith('true', at) ? at + 4 : UNSURE;
    case 0x66:
      return text.startsWith('false', at) ? at + 5 : UNSURE;
    case 0x6e:
      return text.startsWith('null', at) ? at + 4 : UNSURE;
    default:
      return number(text, at);
  }
}

/** `at` is behind the opening brace. */
function object(text: string, at: number, levels: number): number {
  if (text.charCodeAt(at) === CLOSE_OBJECT) return at + 1;
  let previousStart = -1;
  let previousEnd = -1;
  for (let from = at; ;) {
    if (text.charCodeAt(from) !== QUOTE) return UNSURE;
    const keyStart = from + 1;
    const keyEnd = endOfString(text, keyStart);
    if (keyEnd === UNSURE || text.charCodeAt(keyEnd + 1) !== COLON) return UNSURE;
    if (previousStart !== -1 && !isBefore(text, previousStart, previousEnd, keyStart, keyEnd)) return UNSURE;
    previousStart = keyStart;
    previousEnd = keyEnd;
    const behind = value(text, keyEnd + 2, levels);
    if (behind === UNSURE) return UNSURE;
    const next = text.charCodeAt(behind);
    if (next === CLOSE_OBJECT) return behind + 1;
    if (next !== COMMA) return UNSURE;
    from = behind + 1;
  }
}

/** `at` is behind the opening bracket. */
function list(text: string, at: number, levels: number): number {
  if (text.charCodeAt(at) === CLOSE_LIST) return at + 1;
  for (let from = at; ;) {
    const behind = value(text, from, levels);
    if (behind === UNSURE) return UNSURE;
    const next = text.charCodeAt(behind);
    if (next === CLOSE_LIST) return behind + 1;
    if (next !== COMMA) return UNSURE;
    from = behind + 1;
  }
}

/** The index of the closing quote of a string without escapes; `at` is behind the opening one. */
function endOfString(text: string, at: number): number {
  for (let index = at; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit === QUOTE) return index;
    if (unit === BACKSLASH || unit < FIRST_PRINTABLE) return UNSURE;
    if (unit >= FIRST_SURROGATE && unit <= LAST_SURROGATE) return UNSURE;
  }
  return UNSURE;
}

/** Whether one key comes before another, by UTF-16 code units; a key twice does not. */
function isBefore(text: string, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  const length = Math.min(end - start, otherEnd - otherStart);
  for (let index = 0; index < length; index += 1) {
    const difference = text.charCodeAt(start + index) - text.charCodeAt(otherStart + index);
    if (difference !== 0) return difference < 0;
  }
  return end - start < otherEnd - otherStart;
}

/** Whole numbers and plain decimals. */
function number(text: string, at: number): number {
  const isNegative = text.charCodeAt(at) === MINUS;
  const start = isNegative ? at + 1 : at;
  const point = endOfDigits(text, start);
  const digits = point - start;
  const startsWithZero = text.charCodeAt(start) === ZERO;
  if (digits === 0 || digits > MAX_DIGITS || (startsWithZero && digits > 1)) return UNSURE;
  if (text.charCodeAt(point) !== POINT) return isNegative && startsWithZero ? UNSURE : point;
  const end = endOfDigits(text, point + 1);
  const decimals = end - point - 1;
  if (decimals === 0 || digits + decimals > MAX_DIGITS || text.charCodeAt(end - 1) === ZERO) return UNSURE;
  if (startsWithZero) {
    let zeros = 0;
    while (text.charCodeAt(point + 1 + zeros) === ZERO) zeros += 1;
    if (zeros > MAX_LEADING_ZEROS) return UNSURE;
  }
  return end;
}

function endOfDigits(text: string, at: number): number {
  let index = at;
  for (let unit = text.charCodeAt(index); unit >= ZERO && unit <= NINE; unit = text.charCodeAt(index))
    index += 1;
  return index;
}
