/**
 * Takes a catalogue file into the till in one transaction: all of its rows, or, when the caller says so, all
 * good ones; a file that breaks off in the middle changes nothing.
 *
 * `on_hand` is the opening count of an item that has no stock yet, and becomes an `inventory.updated` event like
 * every other movement. For an item that has stock the column is ignored: a price list must not undo sales. An empty
 * cell is no count: the item gets no stock, and a later file may still bring its opening count.
 */
import { v7 as uuidv7 } from 'uuid';
import type { MerchandiseCode } from '#domain/catalogue/item.ts';
import { isLow } from '#domain/stock/reorder.ts';
import { catalogueReader } from '../store/catalogue-reader.ts';
import { catalogueWriter } from '../store/catalogue-writer.ts';
import { eventLogOf } from '../store/event-log.ts';
import type { WriteHandle } from '../store/handles.ts';
import { readTerminalSettings } from '../store/settings-store.ts';
import { stockWriter } from '../store/stock-writer.ts';
import { ImportError } from './import-error.ts';
import { type BadRow, type CatalogueRow, readCatalogueCsv } from './read-catalogue-csv.ts';

export interface ImportProgress {
  readonly step: 'reading' | 'writing';
  /** 0 to 1 */
  readonly share: number;
}

export interface ImportReport {
  readonly added: number;
  readonly changed: number;
  readonly badRows: readonly BadRow[];
}

export interface ImportOptions {
  /** `refuse`: one bad row and nothing is taken. `skip`: all good rows are. */
  readonly badRows: 'refuse' | 'skip';
  /** Departments to take first, in the same transaction: with a refused file they are not taken either. */
  readonly merchandiseCodes?: readonly MerchandiseCode[];
  readonly now: Date;
  readonly onProgress: (progress: ImportProgress) => void;
}

/** Told apart from ImportError's other codes, because the caller prints each bad row. */
export class BadRowsError extends ImportError {
  readonly badRows: readonly BadRow[];

  constructor(badRows: readonly BadRow[]) {
    super(
      'bad_rows',
      `${badRows.length} bad ${badRows.length === 1 ? 'row' : 'rows'}: nothing was imported.`,
    );
    this.badRows = badRows;
  }
}

/** @throws {ImportError} nothing was changed */
export async function importCatalogue(
  store: WriteHandle,
  file: string,
  options: ImportOptions,
): Promise<ImportReport> {
  const read = await readCatalogueCsv(file, (share) => options.onProgress({ step: 'reading', share }));
  const { rows, unknown } = withKnownCodes(store, read.rows, options.merchandiseCodes ?? []);
  const badRows = [...read.badRows, ...unknown].sort((a, b) => a.line - b.line);
  if (badRows.length > 0 && options.badRows === 'refuse') throw new BadRowsError(badRows);
  return { ...writeRows(store, rows, options), badRows };
}

function withKnownCodes(
  store: WriteHandle,
  rows: readonly CatalogueRow[],
  newCodes: readonly MerchandiseCode[],
) {
  const catalogue = catalogueReader(store);
  const known = new Map<string, boolean>(newCodes.map(({ code }) => [code, true]));
  const isKnown = (code: string): boolean => {
    const answer = known.get(code) ?? catalogue.merchandiseCode(code) !== undefined;
    known.set(code, answer);
    return answer;
  };
  const unknown: BadRow[] = rows
    .filter(({ item }) => !isKnown(item.merchandiseCode))
    .map(({ line, item }) => ({
      line,
      reasons: [`merchandise_code: ${item.merchandiseCode} is not known to this till`],
    }));
  return { rows: rows.filter(({ item }) => isKnown(item.merchandiseCode)), unknown };
}

function writeRows(
  store: WriteHandle,
  rows: readonly CatalogueRow[],
  { now, onProgress, merchandiseCodes = [] }: ImportOptions,
) {
  const settings = readTerminalSettings(store);
  if (!settings) throw new Error('A till that was not set up cannot import');
  const writer = catalogueWriter(store);
  const stock = openingStock(store);
  const log = eventLogOf(store);
  const at = now.toISOString();
  const origin = {
    terminalId: settings.terminalId,
    locationId: settings.locationId,
    timestamp: at,
    metadata: { user_id: 'import-catalog' },
  };
  const referenceId = `IMPORT-${uuidv7()}`;
  return store.transaction(() => {
    let added = 0;
    for (const code of merchandiseCodes) writer.upsertMerchandiseCode(code);
    rows.forEach((row, index) => {
      if (writer.upsertItem(row.item) === 'added') added += 1;
      log.append(stock.open(row, referenceId), origin);
      if (index % 1_000 === 0) onProgress({ step: 'writing', share: index / rows.length });
    });
    onProgress({ step: 'writing', share: 1 });
    return { added, changed: rows.length - added };
  });
}

/** Counts an item in that has never been counted. */
function openingStock(store: WriteHandle) {
  const mover = stockWriter(store);
  const begin = store.connection.prepare(
    'INSERT INTO stock (sku, quantity, is_low) VALUES (?, 0, ?) ON CONFLICT (sku) DO NOTHING',
  );
  return {
    open({ item, onHand }: CatalogueRow, referenceId: string) {
      if (onHand === null) return [];
      const isNew = begin.run(item.sku, isLow(0, item.reorderPoint) ? 1 : 0).changes === 1;
      if (!isNew || onHand === 0) return [];
      const { sku, reorderPoint, caseSize } = item;
      return mover.move({ sku, change: onHand, reason: 'adjustment', referenceId, reorderPoint, caseSize });
    },
  };
}
