import cliProgress from 'cli-progress';
import { BadRowsError, type ImportProgress, importCatalogue } from '../importing/import-catalogue.ts';
import type { BadRow } from '../importing/read-catalogue-csv.ts';
import { openStore } from '../store/open-store.ts';
import { readMerchandiseCodes } from '../setup/shop-files.ts';
import { reasonOf } from './exit-with-reason.ts';

/** More would scroll the first ones away; they are nearly always the same mistake. */
const MOST_BAD_ROWS_SHOWN = 50;

export interface ImportCatalogOptions {
  readonly data: string;
  readonly skipBadRows: boolean;
  readonly merchandiseCodes?: string;
}

/** Exit code 0: taken (with --skip-bad-rows: all good rows); 1: nothing was taken. */
export async function importCatalog(file: string, options: ImportCatalogOptions): Promise<void> {
  const bar = progressBar();
  try {
    const store = openStore(options.data);
    try {
      const report = await importCatalogue(store.writer, file, {
        badRows: options.skipBadRows ? 'skip' : 'refuse',
        ...(options.merchandiseCodes === undefined
          ? {}
          : { merchandiseCodes: readMerchandiseCodes(options.merchandiseCodes) }),
        now: new Date(),
        onProgress: bar.show,
      });
      bar.stop();
      printBadRows(report.badRows);
      console.log(
        `${report.added} items added, ${report.changed} changed, ${report.badRows.length} rows left out.`,
      );
    } finally {
      store.close();
    }
  } catch (error) {
    bar.stop();
    if (error instanceof BadRowsError) printBadRows(error.badRows);
    const reason = reasonOf(error);
    console.error(reason ? `${reason.message} (${reason.code})` : error);
    process.exitCode = 1;
  }
}

function printBadRows(badRows: readonly BadRow[]): void {
  for (const { line, reasons } of badRows.slice(0, MOST_BAD_ROWS_SHOWN)) {
    console.error(`line ${line}: ${reasons.join('; ')}`);
  }
  const more = badRows.length - MOST_BAD_ROWS_SHOWN;
  if (more > 0) console.error(`… and ${more} more bad rows`);
}

function progressBar() {
  const bar = new cliProgress.SingleBar({
    format: '{step} {bar} {percentage} % · {eta_formatted} left',
    hideCursor: true,
    clearOnComplete: true,
    stream: process.stderr,
  });
  let started = false;
  return {
    show: ({ step, share }: ImportProgress) => {
      if (!started) bar.start(100, 0, { step });
      started = true;
      // Reading and writing take about the same time; the bar runs once over both.
      bar.update(Math.floor(share * 50) + (step === 'writing' ? 50 : 0), { step });
    },
    stop: () => bar.stop(),
  };
}
