import { charactersOf, type CodePageName } from './code-page.ts';

/** Shown for a character that the printer cannot print: a gap that everybody sees, never a silent loss. */
export const REPLACEMENT = '?';

/** Spellings that Unicode's compatibility decomposition does not give. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['\u{a0}', ' '],
  ['\u{ad}', ''],
  ['‘', "'"],
  ['’', "'"],
  ['‚', "'"],
  ['′', "'"],
  ['“', '"'],
  ['”', '"'],
  ['„', '"'],
  ['″', '"'],
  ['«', '"'],
  ['»', '"'],
  ['–', '-'],
  ['—', '-'],
  ['−', '-'],
  ['‑', '-'],
  ['‐', '-'],
  ['•', '*'],
  ['·', '*'],
  ['⁄', '/'],
  ['×', 'x'],
  ['§', 'S'],
  ['¶', 'P'],
  ['€', 'EUR'],
  ['£', 'GBP'],
  ['¥', 'JPY'],
  ['©', '(C)'],
  ['®', '(R)'],
  ['™', '(TM)'],
  ['Æ', 'AE'],
  ['æ', 'ae'],
  ['Œ', 'OE'],
  ['œ', 'oe'],
  ['Ø', 'O'],
  ['ø', 'o'],
  ['Ł', 'L'],
  ['ł', 'l'],
  ['Đ', 'D'],
  ['đ', 'd'],
  ['Ð', 'D'],
  ['ð', 'd'],
  ['Þ', 'Th'],
  ['þ', 'th'],
  ['ß', 'ss'],
  ['ı', 'i'],
]);

/**
 * Text that the printer prints and nothing but prints. A character of the code page stays; others are spelled
 * with its characters (`Ł` → `L`, `…` → `...`), and what cannot be spelled becomes `?`.
 *
 * This is the gate that keeps an item name from becoming a command: ESC, GS, DLE and every other control byte
 * come out as `?`; tabs and line breaks as a space.
 */
export function printableText(text: string, codePage: CodePageName): string {
  const characters = charactersOf(codePage);
  let printable = '';
  for (const character of text.normalize('NFC')) printable += printableCharacter(character, characters);
  return printable;
}

function printableCharacter(character: string, characters: ReadonlySet<string>): string {
  if (characters.has(character)) return character;
  if (/^\s$/u.test(character)) return ' ';
  if (/^\p{Cc}$/u.test(character)) return REPLACEMENT;
  // Marks and joiners that found no base letter to combine with print nothing on paper anywhere.
  if (/^[\p{M}\p{Cf}]$/u.test(character)) return '';
  const spelled = SPELLINGS.get(character) ?? character.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  let printable = '';
  for (const part of spelled) {
    if (characters.has(part)) printable += part;
    else {
      const spelledPart = SPELLINGS.get(part);
      printable += spelledPart !== undefined && isAscii(spelledPart) ? spelledPart : REPLACEMENT;
    }
  }
  return printable;
}

function isAscii(text: string): boolean {
  return /^[\u{20}-\u{7e}]*$/u.test(text);
}
