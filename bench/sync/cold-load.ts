/**
 * How long a till takes to read a snapshot of 100,000 items, beside a bare insert of the same rows; and how long somebody who
 * sells meanwhile waits for the write lock.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { Item } from '#domain/catalogue/item.ts';
import { type Store, createStore } from '#main/store/open-store.ts';
import { sqliteMirror } from '#main/sync/sqlite-mirror.ts';
import { percentile, rounded } from '../statistics.ts';
import { LARGE_CATALOGUE_CODES, largeCatalogue } from '../till/large-catalogue.ts';
import { type MadeSnapshot, makeSnapshot } from './snapshot-file.ts';

const LOCATION = 'STORE-001';
const ITEMS = 100_000;
/** Odd, because the median is taken. Rounds of both kinds take turns: this machine does not keep its speed. */
const ROUNDS = 3;

export interface ColdLoadFigures {
  /** Lines of the snapshot. */
  readonly records: number;
  /** One transaction, prepared statements, rows that are in memory. */
  readonly bareSeconds: number;
  /** From the first byte on the disk to the end of `install`, on a till without a catalogue. */
  readonly loadSeconds: number;
  readonly ratio: number;
  /** The same on a till with a catalogue, which sells meanwhile. */
  readonly sellingLoadSeconds: number;
  /** What a tender waited for the write lock meanwhile. */
  readonly longestLockMs: number;
  readonly lockP99Ms: number;
}

export async function benchColdLoad(itemCount = ITEMS): Promise<ColdLoadFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-cold-load-'));
  try {
    const items = [...largeCatalogue(itemCount)];
    const snapshot = makeSnapshot(items, LOCATION);
    const bare: number[] = [];
    const load: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(inFreshStore(path.join(folder, `bare-${round}`), ({ store }) => insertBare(store, items)));
      load.push(
        await inFreshStore(path.join(folder, `load-${round}`), (till) => loadSnapshot(till, snapshot)),
      );
    }
    const selling = await inFreshStore(path.join(folder, 'selling'), (till) =>
      loadWhileSelling(till, snapshot),
    );
    const bareSeconds = percentile(bare, 0.5);
    const loadSeconds = percentile(load, 0.5);
    return {
      records: snapshot.offer.records,
      bareSeconds: rounded(bareSeconds),
      loadSeconds: rounded(loadSeconds),
      ratio: rounded(loadSeconds / bareSeconds),
      sellingLoadSeconds: rounded(selling.seconds),
      longestLockMs: rounded(Math.max(...selling.waits)),
      lockP99Ms: rounded(percentile(selling.waits, 0.99)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface FreshTill {
  readonly folder: string;
  readonly store: Store;
}

function inFreshStore<Result>(folder: string, work: (till: FreshTill) => Result): Result {
  const store = createStore(folder);
  const close = (): void => {
    store.close();
    rmSync(folder, { recursive: true, force: true });
  };
  const result = work({ folder, store });
  if (result instanceof Promise) return result.finally(close) as Result;
  close();
  return result;
}

/** @returns seconds */
function insertBare({ writer }: Store, items: readonly Item[]): number {
  const { connection } = writer;
  const code = connection.prepare(
    'INSERT INTO merchandise_codes (code, description, tax_category, tax_rate, gl_account, version) VALUES (?, ?, ?, ?, ?, 1)',
  );
  const item = connection.prepare(`
    INSERT INTO items (sku, name, merchandise_code, cost, price, case_size, active, minimum_age, deposit, reorder_point, version)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`);
  const barcode = connection.prepare('INSERT INTO barcodes (gtin, sku) VALUES (?, ?)');
  const words = connection.prepare('INSERT INTO items_fts (rowid, name, sku) VALUES (?, ?, ?)');
  const stock = connection.prepare(
    'INSERT INTO stock (sku, quantity, is_low, reserved) VALUES (?, 1000, 0, 0)',
  );
  const started = performance.now();
  writer.transaction(() => {
    for (const name of LARGE_CATALOGUE_CODES) code.run(name, name, 'general', 700, '4000');
    for (const one of items) {
      const { lastInsertRowid } = item.run(
        one.sku,
        one.name,
        one.merchandiseCode,
        one.cost,
        one.price,
        one.caseSize,
        one.active ? 1 : 0,
        one.minimumAge,
        one.deposit,
        one.reorderPoint,
      );
      for (const gtin of one.barcodes) barcode.run(gtin, one.sku);
      words.run(lastInsertRowid, one.name, one.sku);
    }
    for (const { sku } of items) stock.run(sku);
  });
  return secondsSince(started);
}

/** @returns seconds */
async function loadSnapshot({ folder, store }: FreshTill, { offer, file }: MadeSnapshot): Promise<number> {
  const mirror = sqliteMirror(store.writer, {
    folder,
    terminalId: 'T1',
    locationId: LOCATION,
    onApplied: () => undefined,
  });
  const started = performance.now();
  const PIECE = 64 * 1024;
  for (let from = mirror.received(offer); from < offer.bytes; from += PIECE) {
    mirror.receive(offer, file.subarray(from, from + PIECE));
  }
  await mirror.install(offer, {
    at: '2026-11-23T12:00:00.000Z',
    onProgress: () => undefined,
    signal: new AbortController().signal,
  });
  return secondsSince(started);
}

const waitsSchema = z.array(z.number());

async function loadWhileSelling(
  till: FreshTill,
  snapshot: MadeSnapshot,
): Promise<{ readonly seconds: number; readonly waits: readonly number[] }> {
  await loadSnapshot(till, snapshot);
  const prober = new Worker(new URL('./lock-prober.ts', import.meta.url), {
    workerData: { folder: till.folder },
  });
  await once(prober, 'message');
  const seconds = await loadSnapshot(till, snapshot);
  prober.postMessage('stop');
  const [waits] = (await once(prober, 'message')) as unknown[];
  return { seconds, waits: waitsSchema.parse(waits) };
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1_000;
}
