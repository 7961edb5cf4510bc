import type { PrinterStatus, SyncStatus, TillStatus } from '../api/views.ts';
import type { CashDrawer } from '../printing/cash-drawer.ts';
import type { PrintQueue } from '../printing/print-queue.ts';
import type { ReceiptPrinter } from '../printing/receipt-printer.ts';
import type { Session } from '../people/session.ts';
import type { OrderReader } from '../store/order-reader.ts';
import type { PrintJobStore } from '../store/print-job-store.ts';
import type { TerminalSettings } from '../store/settings-store.ts';
import type { StockReader } from '../store/stock-reader.ts';
import type { SyncService } from '../sync/sync-service.ts';
import type { Outbox } from '#sync/outbox.ts';

export interface StatusSources {
  readonly settings: TerminalSettings;
  readonly session: Session;
  readonly printer: ReceiptPrinter | null;
  readonly queue: PrintQueue | null;
  readonly jobs: PrintJobStore;
  readonly drawer: CashDrawer;
  readonly outbox: Outbox;
  readonly sync: SyncService | null;
  readonly stock: StockReader;
  readonly orders: OrderReader;
}

export function tillStatus(sources: StatusSources): TillStatus {
  const { settings, session, drawer, stock, orders } = sources;
  return {
    storeName: settings.storeName,
    locationId: settings.locationId,
    terminalId: settings.terminalId,
    person: session.person(),
    printer: printerStatus(sources),
    drawer: drawer.status(),
    sync: syncStatus(sources),
    lowStockCount: stock.lowCount(),
    lastSale: orders.recent(1)[0] ?? null,
  };
}

function printerStatus({ printer, queue, jobs }: StatusSources): PrinterStatus {
  const confirms = printer?.confirms ?? false;
  // Receipts from the time when the till had a printer wait for the next one.
  if (!queue) return { state: 'none', waiting: jobs.unprintedCount(), confirms, problem: null };
  const unprinted = jobs.unprinted();
  const held = unprinted.find((job) => job.problem !== null);
  const problem = held?.problem ?? queue.problem();
  const state = problem === null ? (queue.isPrinting() ? 'printing' : 'ready') : 'held';
  return { state, waiting: unprinted.length, confirms, problem };
}

/** The log and the cursor are read from the disk, so that the badge is right even while the engine's thread is silent. */
function syncStatus({ outbox, sync, settings }: StatusSources): SyncStatus {
  const lastSeq = outbox.head().seq;
  const ackedThrough = outbox.ackedThrough();
  const engine = sync?.status() ?? null;
  return {
    state: sync ? (engine?.state ?? 'connecting') : 'off',
    waiting: Math.max(0, lastSeq - ackedThrough),
    oldestWaitingAt: outbox.oldestWaitingAt(),
    offlineSince: engine?.offlineSince ?? null,
    lastSeq,
    ackedThrough,
    problem: engine?.problem ?? null,
    serverUrl: settings.server?.url ?? null,
  };
}
