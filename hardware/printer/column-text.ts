/**
 * Breaks text at spaces into rows of at most `width` characters. A longer word is cut hard: nothing is ever
 * left out. Empty text gives one empty row.
 */
export function wrapText(text: string, width: number): string[] {
  const rows: string[] = [];
  let row = '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    if (row !== '' && row.length + 1 + word.length <= width) {
      row += ` ${word}`;
      continue;
    }
    if (row !== '') rows.push(row);
    row = word;
    while (row.length > width) {
      rows.push(row.slice(0, width));
      row = row.slice(width);
    }
  }
  return row === '' && rows.length > 0 ? rows : [...rows, row];
}

/**
 * `left` in the first columns, wrapped, and `right` flush right on the first row. A figure is never cut and
 * never broken: when both do not fit side by side, `right` gets a row of its own.
 */
export function leftAndRight(left: string, right: string, width: number): string[] {
  const room = width - right.length - 1;
  const longestWord = Math.max(0, ...left.split(' ').map((word) => word.length));
  if (room < Math.min(longestWord, Math.floor(width / 3))) {
    return [...wrapText(left, width), ...wrapText(right, width).map((row) => row.padStart(width))];
  }
  const [first = '', ...rest] = wrapText(left, room);
  return [first + right.padStart(width - first.length), ...rest];
}
