/** Reads the records of a snapshot into the next tables, in transactions that are short, and the till's own movements behind them. */
import type { InstallOptions } from '#sync/down/mirror.ts';
import type { SnapshotOffer } from '#sync/protocol/changes.ts';
import type { WriteHandle } from '../../store/handles.ts';
import { nextSearchIndex } from './next-search-index.ts';
import { type HeldRecords, type NextWriter, nextWriter } from './next-writer.ts';
import { ownMovements } from './own-movements.ts';
import { type RecordLine, readSnapshot } from './read-snapshot.ts';
import type { ShortTransactions } from './short-transactions.ts';

export interface FillPlace {
  readonly store: WriteHandle;
  readonly file: string;
  readonly terminalId: string;
  readonly locationId: string;
  readonly records: ShortTransactions;
  /** Of the search index: how many of them take how long is another question. */
  readonly pages: ShortTransactions;
}

/** Of the till's own movements, added up in one transaction. */
const MOVEMENTS_AT_ONCE = 2_000;

export interface Filled extends HeldRecords {
  /** The last of this till's events whose movement is in the next stock. */
  readonly movedThrough: number;
}

/** @returns undefined when it was told to end before all was in */
export async function fillNextTables(
  { store, file, terminalId, locationId, records: short, pages: merging }: FillPlace,
  offer: SnapshotOffer,
  { onProgress, signal }: InstallOptions,
): Promise<Filled | undefined> {
  const writer = nextWriter(store);
  const search = nextSearchIndex(store);
  let stockThrough = 0;
  let applied = 0;
  const onHeader = ({ heads }: { readonly heads: Readonly<Record<string, number>> }): void => {
    stockThrough = heads[terminalId] ?? 0;
  };

  async function mergeWords(): Promise<void> {
    let more = true;
    while (more && !signal.aborted) {
      more = await merging.runRecords(merging.size, () => search.mergeStep(merging.size));
    }
  }

  const waiting: RecordLine[] = [];
  /** Until fewer wait than would fill a transaction. */
  async function writeDown(fewer: () => number): Promise<void> {
    while (waiting.length >= fewer() && !signal.aborted) {
      const part = waiting.splice(0, short.size);
      await short.runRecords(part.length, () => {
        for (const line of part) writer.write(line);
        search.addNew();
      });
      applied += part.length;
      onProgress(applied);
      if (search.wantsMerge()) await mergeWords();
    }
  }

  for await (const run of readSnapshot(file, offer, { locationId, onHeader })) {
    waiting.push(...run);
    await writeDown(() => short.size);
    if (signal.aborted) return undefined;
  }
  await writeDown(() => 1);
  await mergeWords();
  if (signal.aborted) return undefined;
  await short.run(() => search.finish());
  const movedThrough = await moveOwn(store, short, writer, stockThrough);
  return { ...writer.held(), movedThrough };
}

/** What the till moved so far on top of the figures that do not have it, but for the last few: those are for the switch. */
async function moveOwn(
  store: WriteHandle,
  short: ShortTransactions,
  writer: NextWriter,
  stockThrough: number,
): Promise<number> {
  const nth = store.prepareRead<[number], { readonly seq: number }>(
    `SELECT seq FROM stock_movements WHERE seq > ? ORDER BY seq LIMIT 1 OFFSET ${MOVEMENTS_AT_ONCE - 1}`,
  );
  const movements = ownMovements(store);
  let moved = stockThrough;
  for (;;) {
    const through = nth.get(moved)?.seq;
    if (through === undefined) return moved;
    const sums = movements.between(moved, through);
    await short.run(() => sums.forEach((change, sku) => writer.move(sku, change)));
    moved = through;
  }
}
