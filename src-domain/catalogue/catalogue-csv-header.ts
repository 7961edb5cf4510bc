import { reason } from './catalogue-csv-reason.ts';
import { CATALOGUE_COLUMNS, type CatalogueColumn } from './catalogue-csv.ts';

export type CheckedHeader =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly missing: CatalogueColumn[];
      /** Columns that no item has; refused because a misspelt optional column would silently import zeros. */
      readonly unknown: string[];
      readonly repeated: string[];
      /** One sentence for each of them. */
      readonly reasons: string[];
    };

const KNOWN: ReadonlySet<string> = new Set(CATALOGUE_COLUMNS);

/** Checks the first line of a catalogue file; the order of the columns does not matter. */
export function checkCatalogueHeader(columns: readonly string[]): CheckedHeader {
  const present = new Set(columns);
  const missing = CATALOGUE_COLUMNS.filter((column) => !present.has(column));
  const unknown = [...present].filter((column) => !KNOWN.has(column));
  const repeated = [...present].filter(
    (column) => KNOWN.has(column) && columns.indexOf(column) !== columns.lastIndexOf(column),
  );
  if (missing.length + unknown.length + repeated.length === 0) return { ok: true };
  const reasons = [
    ...missing.map((column) => `${column}: the column is missing`),
    ...unknown.map((column) => reason('header', column, 'is not a column of a catalogue')),
    ...repeated.map((column) => `${column}: the column is there twice`),
  ];
  return { ok: false, missing, unknown, repeated, reasons };
}
