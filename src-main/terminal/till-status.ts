import type { SyncStatus } from '../api/sync-status.ts';
import type { PrinterStatus, TillStatus } from '../api/views.ts';
import type { CashDrawer } from '../printing/cash-drawer.ts';
import type { PrintQueue } from '../printing/print-queue.ts';
import type { ReceiptPrinter } from '../printing/receipt-printer.ts';
import type { Session } from '../people/session.ts';
import type { OrderReader } from '../store/order-reader.ts';
import type { PrintJobStore } from '../store/print-job-store.ts';
import type { TerminalSettings } from '../store/settings-store.ts';
import type { StockReader } from '../store/stock-reader.ts';

export interface StatusSources {
  readonly settings: () => TerminalSettings;
  readonly session: Session;
  readonly printer: ReceiptPrinter | null;
  readonly queue: PrintQueue | null;
  readonly jobs: PrintJobStore;
  readonly drawer: CashDrawer;
  readonly sync: () => SyncStatus;
  readonly stock: StockReader;
  readonly orders: OrderReader;
}

export function tillStatus(sources: StatusSources): TillStatus {
  const { session, drawer, stock, orders } = sources;
  const settings = sources.settings();
  return {
    storeName: settings.storeName,
    locationId: settings.locationId,
    terminalId: settings.terminalId,
    person: session.person(),
    printer: printerStatus(sources),
    drawer: drawer.status(),
    sync: sources.sync(),
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
