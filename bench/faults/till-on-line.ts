/**
 * A till as the line sees it: a real store with real sales, and the real engine on a real socket. Its waits are shorter than
 * in a shop, so that a test sees many of them.
 */
import { rmSync } from 'node:fs';
import type { Item } from '#domain/catalogue/item.ts';
import type { EventRecord } from '#domain/events/event-record.ts';
import { type Store, openCursorWriter } from '#main/store/open-store.ts';
import { isRecovering, setRecovered } from '#main/store/recovery.ts';
import { type CommitSale, saleCommitter } from '#main/store/sale-committer.ts';
import { writeStaff } from '#main/store/staff-store.ts';
import { sqliteOutbox } from '#main/sync/sqlite-outbox.ts';
import type { EngineStatus } from '#sync/engine-status.ts';
import { SyncEngine } from '#sync/engine.ts';
import { PROTOCOL_VERSION } from '#sync/protocol/messages.ts';
import { type SetTimer, realTimer } from '#sync/set-timer.ts';
import { socketLink } from '#sync/socket-link.ts';
import { fillStore } from '../till/bench-catalogue.ts';
import { saleOf } from '../till/sale-of.ts';

export interface TillOnLine {
  readonly terminalId: string;
  sell(sales: number): void;
  /** All that it ever wrote, from the disk. */
  events(): readonly EventRecord[];
  ackedThrough(): number;
  status(): EngineStatus;
  quantities(): ReadonlyMap<string, number>;
  close(): void;
}

export interface TillOnLineOptions {
  /** Is made. */
  readonly folder: string;
  readonly terminalId: string;
  readonly locationId: string;
  readonly url: string;
  readonly token: string;
}

const ITEMS = 40;
const OPENING_QUANTITY = 1_000;
/** A wait of 0.5 to 30 seconds is one of 20 ms to 1.2 s. */
const TIME_IS_SHORTER_BY = 25;
const CONNECT_WITHIN_MS = 600;
const ANSWER_WITHIN_MS = 1_500;

export function openTillOnLine(options: TillOnLineOptions): TillOnLine {
  const { folder, terminalId, locationId, url, token } = options;
  const { store, items } = fillStore(folder, ITEMS);
  writeStaff(store.writer, { userId: 'bench', name: 'Bench', role: 'cashier', pinHash: '-' });
  const commit = saleCommitter(store.writer);
  const log = sqliteOutbox(store.writer);
  const cursor = openCursorWriter(folder);
  const engine = new SyncEngine({
    terminalId,
    outbox: sqliteOutbox(cursor.writer),
    openLink: socketLink({
      url,
      handshake: { protocol: PROTOCOL_VERSION, terminalId, token },
      connectTimeoutMs: CONNECT_WITHIN_MS,
      ackTimeoutMs: ANSWER_WITHIN_MS,
    }),
    down: null,
    isRecovering: () => isRecovering(cursor.writer),
    recovered: () => setRecovered(cursor.writer),
    now: () => new Date(),
    random: Math.random,
    setTimer: shorterTimer,
    onStatus: () => undefined,
  });
  engine.start();
  let sales = 0;
  return {
    terminalId,
    sell(count) {
      for (let sale = 0; sale < count; sale += 1) {
        sellOne(store, items, commit, { terminalId, locationId, number: (sales += 1) });
      }
      engine.wake();
    },
    events: () => log.read(1, { maxEvents: 1_000_000, maxBytes: Number.MAX_SAFE_INTEGER }),
    ackedThrough: () => log.ackedThrough(),
    status: () => engine.status(),
    quantities: () =>
      new Map(
        store.writer.connection
          .prepare<[number], { sku: string; moved: number }>(
            'SELECT sku, quantity - ? AS moved FROM stock WHERE moved <> 0',
          )
          .all(OPENING_QUANTITY)
          .map(({ sku, moved }) => [sku, moved]),
      ),
    close() {
      engine.stop();
      cursor.close();
      store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function sellOne(
  store: Store,
  items: readonly Item[],
  commit: CommitSale,
  { terminalId, locationId, number }: { terminalId: string; locationId: string; number: number },
): void {
  const sale = saleOf(store, items, number);
  const orderId = `${locationId}-${terminalId}-${number}`;
  commit({
    ...sale,
    orderId,
    payment: { ...sale.payment, paymentId: `pay-${orderId}` },
    terminalId,
    locationId,
  });
}

const shorterTimer: SetTimer = (work, ms) => realTimer(work, ms / TIME_IS_SHORTER_BY);
