/**
 * The character tables of `ESC t n`, written down from the printer's side by rows of sixteen, on purpose not
 * shared with the encoder: an error in one of the two then shows in the round trip.
 */
const PC437 = [
  'ÇüéâäàåçêëèïîìÄÅ',
  'ÉæÆôöòûùÿÖÜ¢£¥₧ƒ',
  'áíóúñÑªº¿⌐¬½¼¡«»',
  '░▒▓│┤╡╢╖╕╣║╗╝╜╛┐',
  '└┴┬├─┼╞╟╚╔╩╦╠═╬╧',
  '╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀',
  'αßΓπΣσµτΦΘΩδ∞φε∩',
  '≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}',
];
const PC858 = [
  'ÇüéâäàåçêëèïîìÄÅ',
  'ÉæÆôöòûùÿÖÜø£Ø×ƒ',
  'áíóúñÑªº¿®¬½¼¡«»',
  '░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐',
  '└┴┬├─┼ãÃ╚╔╩╦╠═╬¤',
  'ðÐÊËÈ€ÍÎÏ┘┌█▄¦Ì▀',
  'ÓßÔÒõÕµþÞÚÛÙýÝ¯´',
  '\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}',
];

/** Numbers by Epson's table of `ESC t`. 255 is a user page; makers without it print table 0. */
export function characterAt(byte: number, page: number): string {
  if (byte < 0x80) return String.fromCodePoint(byte);
  if (page === 16) return WINDOWS_1252.decode(Uint8Array.of(byte));
  const rows = page === 19 ? PC858 : PC437;
  return rows[(byte - 0x80) >> 4]?.charAt(byte & 0x0f) ?? '\u{fffd}';
}

const WINDOWS_1252 = new TextDecoder('windows-1252');
