const SHOWN = 40;

/** A cell as it may stand in a message on a terminal: nothing unprintable, cut to 40 characters. */
function shown(text: string): string {
  const cut = text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
  return cut.replaceAll(/\p{C}/gu, '\uFFFD');
}

/** `reason('price', '12,5', 'is not an amount')` → `price: “12,5” is not an amount`. */
export function reason(column: string, text: string, objection: string): string {
  return `${column}: ${text === '' ? 'an empty cell' : `“${shown(text)}”`} ${objection}`;
}
