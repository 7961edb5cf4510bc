/**
 * What a scanner wraps around the digits.
 *
 * - White space, and the terminators that wedge and serial scanners add: CR, LF, tab, STX … ETX, NUL.
 * - The AIM symbology identifier, `]` + code letter + modifier (ISO/IEC 15424), which says what was scanned:
 *   `]E0` UPC/EAN in its full form, `]E4` EAN-8, `]I0` and `]I1` Interleaved 2 of 5.
 *   `]I3` (check digit removed) and `]E1`–`]E3` (add-on digits) change what the digits mean, and other letters
 *   name other symbologies: these stay in the text, which is then refused as not a number.
 */

/** Which symbologies the scanner's own word leaves open. */
export type ScannedFamily = 'any' | 'upc_or_ean' | 'ean_8' | 'itf';

export interface ScanContent {
  readonly family: ScannedFamily;
  /** What is left between the wrappings. */
  readonly text: string;
}

const FAMILY_OF_IDENTIFIER: ReadonlyMap<string, ScannedFamily> = new Map([
  [']E0', 'upc_or_ean'],
  [']E4', 'ean_8'],
  [']I0', 'itf'],
  [']I1', 'itf'],
]);

const FRAMING = new Set([' ', '\t', '\r', '\n', '\0', '\u0002', '\u0003', '\u00A0', '\uFEFF']);

function isFraming(character: string | undefined): boolean {
  return character !== undefined && FRAMING.has(character);
}

/** Walks in from both ends; a regular expression anchored at the end would be quadratic on a long run of blanks. */
function trimFraming(raw: string): string {
  let start = 0;
  let end = raw.length;
  while (start < end && isFraming(raw[start])) start += 1;
  while (end > start && isFraming(raw[end - 1])) end -= 1;
  return raw.slice(start, end);
}

export function unwrapScan(raw: string): ScanContent {
  const text = trimFraming(raw);
  const family = FAMILY_OF_IDENTIFIER.get(text.slice(0, 3));
  return family === undefined ? { family: 'any', text } : { family, text: text.slice(3) };
}
