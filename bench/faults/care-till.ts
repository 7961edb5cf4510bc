/** A till with a history that is worth the care: old sales that the server has, and new ones of which it has some. */
import type { Item } from '#domain/catalogue/item.ts';
import { itemToWire } from '#domain/catalogue/item-wire.ts';
import { catalogueReader } from '#main/store/catalogue-reader.ts';
import { eventLogOf } from '#main/store/event-log.ts';
import type { Store } from '#main/store/open-store.ts';
import { saleCommitter } from '#main/store/sale-committer.ts';
import { writeTerminalSettings } from '#main/store/settings-store.ts';
import { writeStaff } from '#main/store/staff-store.ts';
import { sqliteOutbox } from '#main/sync/sqlite-outbox.ts';
import {
  type MadeSnapshot,
  type SnapshotRecord,
  codeLine,
  snapshotOf,
  stockLine,
} from '#main/test-support/snapshot-of.ts';
import { fillStore } from '../till/bench-catalogue.ts';
import { LARGE_CATALOGUE_CODES, largeCatalogue } from '../till/large-catalogue.ts';
import { saleOf } from '../till/sale-of.ts';

export const TERMINAL = { terminalId: 'T1', locationId: 'STORE-001' } as const;
export const NOW = new Date('2026-11-24T12:00:00.000Z');
/** Long before what the till keeps in its database. */
export const LONG_AGO = '2026-08-01T12:00:00.000Z';
export const LATELY = '2026-11-24T11:00:00.000Z';

/** Of the catalogue with which the till begins. */
export const OLD_ITEMS = 200;
export const OLD_QUANTITY = 1_000;
/** Of the one that the server tells. */
export const NEW_ITEMS = 300;
export const NEW_QUANTITY = 500;
export const NEW_CURSOR = 'C1';
/** These are in both catalogues. */
const ITEMS_SOLD = 10;

/** A sale that is committed, and where the history then ends. */
export interface Sold {
  readonly sold: string;
  readonly seq: number;
  readonly hash: string;
}

/** Sells nothing yet. */
export function makeCareTill(folder: string): Store {
  const { store } = fillStore(folder, OLD_ITEMS);
  writeStaff(store.writer, { userId: 'bench', name: 'Bench', role: 'cashier', pinHash: '-' });
  // Nobody listens there: a till that heals by itself has a server all the same.
  writeTerminalSettings(store.writer, {
    ...TERMINAL,
    storeName: 'Care',
    storeAddress: [],
    receiptFooter: [],
    printer: null,
    server: { url: 'http://127.0.0.1:1', token: 'a-token' },
  });
  return store;
}

/** @returns sells once, at that time */
export function sellerOf(store: Store): (completedAt: string) => Sold {
  const skus = [...largeCatalogue(ITEMS_SOLD)].map(({ sku }) => sku);
  const items: readonly Item[] = [...catalogueReader(store.writer).factsFor(skus).items.values()];
  const commit = saleCommitter(store.writer);
  const log = eventLogOf(store.writer);
  return (completedAt) => {
    // Events only ever grow in number, so no two sales have one.
    const number = log.head().seq + 1;
    const sale = saleOf(store, items, number);
    const orderId = `ORDER-${number}`;
    commit({
      ...sale,
      orderId,
      payment: { ...sale.payment, paymentId: `pay-${orderId}` },
      ...TERMINAL,
      completedAt,
    });
    return { sold: orderId, ...log.head() };
  };
}

export function sellMany(store: Store, sales: number, completedAt: string): void {
  const sell = sellerOf(store);
  for (let sale = 0; sale < sales; sale += 1) sell(completedAt);
}

/** As when the server has all of it. */
export function acknowledgeAll(store: Store): void {
  const outbox = sqliteOutbox(store.writer);
  outbox.setAckedThrough(outbox.head().seq, NOW.toISOString());
}

/** The server's catalogue, the same each time. Its figures know what this till did up to its event `stockThrough`. */
export function newCatalogue(stockThrough: number): MadeSnapshot {
  const items = [...largeCatalogue(NEW_ITEMS)];
  const records: SnapshotRecord[] = [
    ...LARGE_CATALOGUE_CODES.map((code) => codeLine(code)),
    ...items.map((item): SnapshotRecord => ({ kind: 'item', record: { ...itemToWire(item), version: 1 } })),
    ...items.map(({ sku }) => stockLine(sku, NEW_QUANTITY)),
  ];
  return snapshotOf(records, { cursor: NEW_CURSOR, heads: { [TERMINAL.terminalId]: stockThrough } });
}
