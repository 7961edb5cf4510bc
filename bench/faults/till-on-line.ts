/**
 * A till as the line sees it: a real store with real sales, and the real engine on a real socket. Its waits are shorter than
 * in a shop, so that a test sees many of them.
 */
import { existsSync } from 'node:fs';
import type Database from 'better-sqlite3';
import type { Item } from '#domain/catalogue/item.ts';
import type { EventRecord } from '#domain/events/event-record.ts';
import { cents } from '#domain/money/cents.ts';
import { centsToWire } from '#domain/money/wire-decimal.ts';
import type { WriteHandle } from '#main/store/handles.ts';
import { catalogueReader } from '#main/store/catalogue-reader.ts';
import { type Store, databaseFile, openCursorWriter, openStore } from '#main/store/open-store.ts';
import { isRecovering, setRecovered } from '#main/store/recovery.ts';
import { type CommitSale, saleCommitter } from '#main/store/sale-committer.ts';
import { writeStaff } from '#main/store/staff-store.ts';
import { httpSnapshots } from '#main/sync/http-snapshots.ts';
import { sqliteMirror } from '#main/sync/sqlite-mirror.ts';
import { sqliteOutbox } from '#main/sync/sqlite-outbox.ts';
import { createDownSync } from '#sync/down/down-sync.ts';
import type { EngineStatus } from '#sync/engine-status.ts';
import { SyncEngine } from '#sync/engine.ts';
import { PROTOCOL_VERSION } from '#sync/protocol/messages.ts';
import { type SetTimer, realTimer } from '#sync/set-timer.ts';
import { socketLink } from '#sync/socket-link.ts';
import { fillStore } from '../till/bench-catalogue.ts';
import { largeCatalogue } from '../till/large-catalogue.ts';
import { saleOf } from '../till/sale-of.ts';
import type { Catalogue } from './shop-on-server.ts';

export interface TillOnLine {
  readonly terminalId: string;
  /** @returns the orders */
  sell(sales: number): readonly string[];
  /** All that it ever wrote, from the disk. */
  events(): readonly EventRecord[];
  /** seq of its last event */
  written(): number;
  ackedThrough(): number;
  status(): EngineStatus;
  /** SKU → how many left its shelf, for a till that only sends: nobody else changes its figures. */
  moved(): ReadonlyMap<string, number>;
  /** As this till sees it; without the SKUs at zero. */
  stock(): ReadonlyMap<string, number>;
  catalogue(): Catalogue;
  close(): void;
}

export interface TillOnLineOptions {
  /** Is made, unless the till is there already. */
  readonly folder: string;
  readonly terminalId: string;
  readonly locationId: string;
  readonly url: string;
  readonly token: string;
  /** Brings the server's catalogue and stock down as well, over what the till began with. */
  readonly down?: boolean;
  /** How many the till has when it is made, and sells. */
  readonly items?: number;
  readonly onStatus?: (status: EngineStatus) => void;
}

const ITEMS = 40;
const OPENING_QUANTITY = 1_000;
/** A wait of 0.5 to 30 seconds is one of 20 ms to 1.2 s. */
const TIME_IS_SHORTER_BY = 25;
const CONNECT_WITHIN_MS = 600;
const ANSWER_WITHIN_MS = 1_500;

export function openTillOnLine(options: TillOnLineOptions): TillOnLine {
  const { folder, terminalId, locationId, items: count = ITEMS } = options;
  const { store, items } = existsSync(databaseFile(folder)) ? reopen(folder, count) : make(folder, count);
  const commit = saleCommitter(store.writer);
  const log = sqliteOutbox(store.writer);
  const cursor = openCursorWriter(folder);
  const engine = engineOf(options, cursor.writer);
  engine.start();
  const { connection } = store.writer;
  return {
    terminalId,
    sell(wanted) {
      const orders = Array.from({ length: wanted }, () =>
        // Events only ever grow in number, so no two sales have one.
        sellOne(store, items, commit, { terminalId, locationId, number: log.head().seq + 1 }),
      );
      engine.wake();
      return orders;
    },
    events: () => log.read(1, { maxEvents: 1_000_000, maxBytes: Number.MAX_SAFE_INTEGER }),
    written: () => log.head().seq,
    ackedThrough: () => log.ackedThrough(),
    status: () => engine.status(),
    moved: () =>
      figures(connection.prepare(`SELECT sku, quantity - ${OPENING_QUANTITY} AS quantity FROM stock`)),
    stock: () => figures(connection.prepare('SELECT sku, quantity FROM stock')),
    catalogue: () =>
      new Map(
        connection
          .prepare<[], { sku: string; price: number; version: number }>(
            'SELECT sku, price, version FROM items ORDER BY sku',
          )
          .all()
          .map(({ sku, price, version }) => [sku, { price: centsToWire(cents(price)), version }]),
      ),
    close() {
      if (!connection.open) return;
      engine.stop();
      cursor.close();
      store.close();
    },
  };
}

interface Stocked {
  readonly store: Store;
  readonly items: readonly Item[];
}

function make(folder: string, count: number): Stocked {
  const made = fillStore(folder, count);
  writeStaff(made.store.writer, { userId: 'bench', name: 'Bench', role: 'cashier', pinHash: '-' });
  return made;
}

/** The first of its items, which are always there: a shop begins with the same ones however many it has. */
function reopen(folder: string, count: number): Stocked {
  const store = openStore(folder);
  const skus = [...largeCatalogue(count)].map(({ sku }) => sku);
  return { store, items: [...catalogueReader(store.writer).factsFor(skus).items.values()] };
}

function engineOf(options: TillOnLineOptions, writer: WriteHandle): SyncEngine {
  const { terminalId, url, token, down = false, onStatus = () => undefined } = options;
  const clocks = { now: () => new Date(), random: Math.random, setTimer: shorterTimer };
  const channel = down
    ? createDownSync({
        mirror: sqliteMirror(writer, { ...options, onApplied: () => undefined }),
        fetchSnapshot: httpSnapshots({ serverUrl: url, terminalId, token, stallMs: ANSWER_WITHIN_MS }),
        listeners: {
          onStatus: () => engine.downListeners.onStatus(),
          onLineUseless: (reason) => engine.downListeners.onLineUseless(reason),
        },
        ...clocks,
      })
    : null;
  const engine: SyncEngine = new SyncEngine({
    terminalId,
    outbox: sqliteOutbox(writer),
    openLink: socketLink({
      url,
      handshake: { protocol: PROTOCOL_VERSION, terminalId, token },
      connectTimeoutMs: CONNECT_WITHIN_MS,
      ackTimeoutMs: ANSWER_WITHIN_MS,
    }),
    down: channel,
    isRecovering: () => isRecovering(writer),
    recovered: () => setRecovered(writer),
    onStatus,
    ...clocks,
  });
  return engine;
}

function figures(rows: Database.Statement<[], { sku: string; quantity: number }>): Map<string, number> {
  return new Map(rows.all().flatMap(({ sku, quantity }) => (quantity === 0 ? [] : [[sku, quantity]])));
}

function sellOne(
  store: Store,
  items: readonly Item[],
  commit: CommitSale,
  { terminalId, locationId, number }: { terminalId: string; locationId: string; number: number },
): string {
  const sale = saleOf(store, items, number);
  const orderId = `${locationId}-${terminalId}-${number}`;
  commit({
    ...sale,
    orderId,
    payment: { ...sale.payment, paymentId: `pay-${orderId}` },
    terminalId,
    locationId,
  });
  return orderId;
}

const shorterTimer: SetTimer = (work, ms) => realTimer(work, ms / TIME_IS_SHORTER_BY);
