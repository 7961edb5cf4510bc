/** Reads a whole catalogue file and names every bad row by its line, before anything is written. */
import { createReadStream, statSync } from 'node:fs';
import { parse } from 'csv-parse';
import { checkCatalogueHeader } from '#domain/catalogue/catalogue-csv-header.ts';
import { type OnHand, parseCatalogueRow } from '#domain/catalogue/catalogue-csv.ts';
import type { Item } from '#domain/catalogue/item.ts';
import { ImportError } from './import-error.ts';

export interface BadRow {
  /** As an editor counts: the header is line 1. */
  readonly line: number;
  readonly reasons: readonly string[];
}

export interface CatalogueRow {
  readonly line: number;
  readonly item: Item;
  readonly onHand: OnHand;
}

export interface CatalogueFile {
  readonly rows: readonly CatalogueRow[];
  readonly badRows: readonly BadRow[];
}

/** A row longer than this is not a row: a quote was left open. */
const MAX_ROW_BYTES = 64 * 1024;

/** What stands for bytes that are no UTF-8. A name with it is lost, and nobody would notice before it is on a receipt. */
const NOT_UTF8 = '\uFFFD';

/**
 * @param onProgress share of the file that was read, 0 to 1
 * @throws {ImportError} file_unreadable, not_csv, wrong_header
 */
export async function readCatalogueCsv(
  file: string,
  onProgress: (share: number) => void,
): Promise<CatalogueFile> {
  const size = sizeOf(file);
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
    trim: true,
    relax_column_count: true,
  });
  const rows: CatalogueRow[] = [];
  const badRows: BadRow[] = [];
  const seen = { skus: new Map<string, number>(), gtins: new Map<string, number>() };
  let columns: string[] | undefined;
  let unreadable = false;
  try {
    const input = createReadStream(file);
    input.on('error', (error) => {
      unreadable = true;
      parser.destroy(error);
    });
    input.pipe(parser);
    for await (const entry of parser as AsyncIterable<CsvEntry>) {
      if (!columns) {
        columns = headerOf(entry.record);
        continue;
      }
      const { line } = readRow(entry, columns, seen, rows, badRows);
      if (line % 1_000 === 0) onProgress(Math.min(1, entry.info.bytes / Math.max(1, size)));
    }
  } catch (error) {
    if (error instanceof ImportError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw unreadable
      ? new ImportError('file_unreadable', `${file} cannot be read: ${reason}`)
      : new ImportError('not_csv', `${file} cannot be read as CSV: ${reason}`);
  }
  if (!columns) throw new ImportError('wrong_header', `${file} is empty.`);
  onProgress(1);
  return { rows, badRows };
}

interface CsvEntry {
  readonly record: string[];
  readonly info: { readonly lines: number; readonly bytes: number };
}

interface SeenBefore {
  readonly skus: Map<string, number>;
  readonly gtins: Map<string, number>;
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    throw new ImportError(
      'file_unreadable',
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function headerOf(record: readonly string[]): string[] {
  const checked = checkCatalogueHeader(record);
  if (!checked.ok)
    throw new ImportError(
      'wrong_header',
      `The first line is not the catalogue's header: ${checked.reasons.join(' ')}`,
    );
  return [...record];
}

function readRow(
  { record, info }: CsvEntry,
  columns: readonly string[],
  seen: SeenBefore,
  rows: CatalogueRow[],
  badRows: BadRow[],
): { readonly line: number } {
  const line = info.lines;
  if (record.length !== columns.length) {
    badRows.push({ line, reasons: [`has ${record.length} cells where the header has ${columns.length}`] });
    return { line };
  }
  if (record.some((text) => text.includes(NOT_UTF8))) {
    badRows.push({
      line,
      reasons: [
        'holds a character that is not UTF-8, such as é or ® of a Windows file: save the file as UTF-8',
      ],
    });
    return { line };
  }
  const parsed = parseCatalogueRow(
    Object.fromEntries(columns.map((column, index) => [column, record[index] ?? ''])),
  );
  const reasons = parsed.ok ? seenBefore(parsed.item, line, seen) : parsed.reasons;
  if (parsed.ok && reasons.length === 0) rows.push({ line, item: parsed.item, onHand: parsed.onHand });
  else badRows.push({ line, reasons });
  return { line };
}

/** Two rows that want the same SKU or barcode cannot both be right; the first one that was taken stands. */
function seenBefore(item: Item, line: number, { skus, gtins }: SeenBefore): string[] {
  const reasons: string[] = [];
  const skuLine = skus.get(item.sku);
  if (skuLine !== undefined) reasons.push(`sku: ${item.sku} stands already in line ${skuLine}`);
  for (const gtin of item.barcodes) {
    const gtinLine = gtins.get(gtin);
    if (gtinLine !== undefined) reasons.push(`barcodes: ${gtin} stands already in line ${gtinLine}`);
  }
  if (reasons.length > 0) return reasons;
  skus.set(item.sku, line);
  for (const gtin of item.barcodes) gtins.set(gtin, line);
  return [];
}
