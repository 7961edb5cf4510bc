/** Rows in the text format of COPY (PostgreSQL, "COPY", File Formats). */
import type { CopyRow } from './database.ts';

export function copyStatement(
  table: string,
  columns: readonly string[],
  from: 'STDIN' | "'/dev/blob'",
): string {
  return `COPY ${table} (${columns.join(', ')}) FROM ${from}`;
}

export function copyText(rows: readonly CopyRow[]): string {
  let text = '';
  for (const row of rows) {
    let separator = '';
    for (const value of row) {
      text += separator;
      text += field(value);
      separator = '\t';
    }
    text += '\n';
  }
  return text;
}

const SPECIAL = /[\\\t\n\r]/;
const EACH_SPECIAL = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function field(value: string | number | null): string {
  if (value === null) return '\\N';
  if (typeof value === 'number') return String(value);
  // Rare: to look first takes half the time of to replace.
  return SPECIAL.test(value)
    ? value.replace(EACH_SPECIAL, (character) => ESCAPES[character] ?? character)
    : value;
}
