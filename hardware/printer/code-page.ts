import type { PrinterModel } from './printer-model.ts';

export type CodePageName = PrinterModel['codePage']['name'];

/** The characters at 0x80 to 0xFF of each table that our models select, in order. */
const UPPER_HALF: Readonly<Record<CodePageName, string>> = {
  cp437:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}',
  cp858:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}',
  // The five holes of Windows-1252 are kept as U+FFFD, which no text asks for.
  windows1252:
    '€\u{fffd}‚ƒ„…†‡ˆ‰Š‹Œ\u{fffd}Ž\u{fffd}\u{fffd}‘’“”•–—˜™š›œ\u{fffd}žŸ\u{a0}¡¢£¤¥¦§¨©ª«¬\u{ad}®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ',
};

/**
 * Spaces and hyphens that look like others: printing them plain costs nothing and wraps right. And § and ¶: the
 * PC tables also draw them at 0x15 and 0x14, and the encoder's library picks those control bytes. It does the same
 * with ← (0x1B, which is ESC) and 29 other signs; none of them is in our tables, so none gets through.
 */
const NEVER_AS_IS = new Set(['\u{a0}', '\u{ad}', '\u{fffd}', '§', '¶']);

const CHARACTERS = new Map<CodePageName, ReadonlySet<string>>();

/** Every character that prints as itself: ASCII 0x20 to 0x7E and the upper half of the table. */
export function charactersOf(name: CodePageName): ReadonlySet<string> {
  const known = CHARACTERS.get(name);
  if (known !== undefined) return known;
  const characters = new Set<string>();
  for (let code = 0x20; code < 0x7f; code += 1) characters.add(String.fromCodePoint(code));
  for (const character of UPPER_HALF[name]) if (!NEVER_AS_IS.has(character)) characters.add(character);
  CHARACTERS.set(name, characters);
  return characters;
}
