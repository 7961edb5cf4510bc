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
    text += row.map(field).join('\t');
    text += '\n';
  }
  return text;
}

const SPECIAL = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };

function field(value: string | number | null): string {
  if (value === null) return '\\N';
  return String(value).replace(SPECIAL, (character) => ESCAPES[character] ?? character);
}
