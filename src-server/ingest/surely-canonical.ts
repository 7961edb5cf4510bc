/**
 * Says of most canonical JSON texts (src-domain/events/canonical-json.ts) that they are, by one walk over their bytes in UTF-8
 * that makes no value. Over bytes, because V8 has many kinds of strings, and looks up `charCodeAt` anew at each character of a
 * text that may be any of them.
 *
 * It is sure, or it is not: what is rare in our events (escapes, letters of more than two bytes, exponents, numbers of more than
 * 15 digits, texts of many kilobytes) and all that is wrong is left to the full check. `canonical-text.test.ts` holds the two
 * against each other.
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
/**
 * The first byte of a letter from U+0800 on. Below it the order of the bytes is that of the UTF-16 units, as it is the order of
 * keys; and a lone surrogate is among those above.
 */
const FIRST_OF_THREE = 0xe0;
const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const TRUE = Buffer.from('true');
const FALSE = Buffer.from('false');
const NULL = Buffer.from('null');

/** Two decimals of so many digits are never the same double, so a double prints the one that it was read from. */
const MAX_DIGITS = 15;
/** 0.000001 is printed so, a tenth of it with an exponent. */
const MAX_LEADING_ZEROS = 5;

const MOST_BYTES = 65_536;
const MOST_BYTES_OF_A_UNIT = 3;
/** Of the text that is looked at, and a 0 behind it: made once, because a walk is over before the next begins. */
const scratch = Buffer.alloc(MOST_BYTES + 1);

export function isSurelyCanonical(text: string, maxDepth: number): boolean {
  if (text.length * MOST_BYTES_OF_A_UNIT > MOST_BYTES) return false;
  const length = scratch.write(text, 'utf8');
  scratch[length] = 0;
  return value(scratch, 0, maxDepth) === length;
}

type Bytes = Uint8Array;

/** 0 where there is none. */
function byteAt(text: Bytes, at: number): number {
  return text[at] ?? 0;
}

function value(text: Bytes, at: number, levels: number): number {
  switch (text[at]) {
    case QUOTE: {
      const end = endOfString(text, at + 1);
      return end === UNSURE ? UNSURE : end + 1;
    }
    case OPEN_OBJECT:
      return levels === 0 ? UNSURE : object(text, at + 1, levels - 1);
    case OPEN_LIST:
      return levels === 0 ? UNSURE : list(text, at + 1, levels - 1);
    case LETTER_T:
      return endOfWord(text, at, TRUE);
    case LETTER_F:
      return endOfWord(text, at, FALSE);
    case LETTER_N:
      return endOfWord(text, at, NULL);
    default:
      return number(text, at);
  }
}

function endOfWord(text: Bytes, at: number, word: Bytes): number {
  return word.every((byte, index) => text[at + index] === byte) ? at + word.length : UNSURE;
}

/** `at` is behind the opening brace. */
function object(text: Bytes, at: number, levels: number): number {
  if (text[at] === CLOSE_OBJECT) return at + 1;
  let previousStart = -1;
  let previousEnd = -1;
  for (let from = at; ;) {
    if (text[from] !== QUOTE) return UNSURE;
    const keyStart = from + 1;
    const keyEnd = endOfString(text, keyStart);
    if (keyEnd === UNSURE || text[keyEnd + 1] !== COLON) return UNSURE;
    if (previousStart !== -1 && !isBefore(text, previousStart, previousEnd, keyStart, keyEnd)) return UNSURE;
    previousStart = keyStart;
    previousEnd = keyEnd;
    const behind = value(text, keyEnd + 2, levels);
    if (behind === UNSURE) return UNSURE;
    const next = text[behind];
    if (next === CLOSE_OBJECT) return behind + 1;
    if (next !== COMMA) return UNSURE;
    from = behind + 1;
  }
}

/** `at` is behind the opening bracket. */
function list(text: Bytes, at: number, levels: number): number {
  if (text[at] === CLOSE_LIST) return at + 1;
  for (let from = at; ;) {
    const behind = value(text, from, levels);
    if (behind === UNSURE) return UNSURE;
    const next = text[behind];
    if (next === CLOSE_LIST) return behind + 1;
    if (next !== COMMA) return UNSURE;
    from = behind + 1;
  }
}

/** The index of the closing quote of a string without escapes; `at` is behind the opening one. */
function endOfString(text: Bytes, at: number): number {
  // The 0 behind the text ends it at the latest.
  for (let index = at; ; index += 1) {
    const byte = byteAt(text, index);
    if (byte === QUOTE) return index;
    if (byte === BACKSLASH || byte < FIRST_PRINTABLE || byte >= FIRST_OF_THREE) return UNSURE;
  }
}

/** Whether one key comes before another; a key twice does not. */
function isBefore(text: Bytes, start: number, end: number, otherStart: number, otherEnd: number): boolean {
  const length = Math.min(end - start, otherEnd - otherStart);
  for (let index = 0; index < length; index += 1) {
    const difference = byteAt(text, start + index) - byteAt(text, otherStart + index);
    if (difference !== 0) return difference < 0;
  }
  return end - start < otherEnd - otherStart;
}

/** Whole numbers and plain decimals. */
function number(text: Bytes, at: number): number {
  const isNegative = text[at] === MINUS;
  const start = isNegative ? at + 1 : at;
  const point = endOfDigits(text, start);
  const digits = point - start;
  const startsWithZero = text[start] === ZERO;
  if (digits === 0 || digits > MAX_DIGITS || (startsWithZero && digits > 1)) return UNSURE;
  if (text[point] !== POINT) return isNegative && startsWithZero ? UNSURE : point;
  const end = endOfDigits(text, point + 1);
  const decimals = end - point - 1;
  if (decimals === 0 || digits + decimals > MAX_DIGITS || text[end - 1] === ZERO) return UNSURE;
  if (startsWithZero) {
    let zeros = 0;
    while (text[point + 1 + zeros] === ZERO) zeros += 1;
    if (zeros > MAX_LEADING_ZEROS) return UNSURE;
  }
  return end;
}

function endOfDigits(text: Bytes, at: number): number {
  let index = at;
  for (let byte = byteAt(text, index); byte >= ZERO && byte <= NINE; byte = byteAt(text, index)) index += 1;
  return index;
}
