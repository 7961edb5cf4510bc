/**
 * The till without a window: store, selling, printing and sync behind the typed API. It knows neither Electron
 * nor HTTP; the two hosts do.
 */
import type { Logger } from 'pino';
import { realTimer } from '#sync/set-timer.ts';
import type { CallOutcome } from '../api/client.ts';
import { startCare } from '../care/care-service.ts';
import { createSession } from '../people/session.ts';
import { cashDrawer } from '../printing/cash-drawer.ts';
import { startPrintQueue } from '../printing/print-queue.ts';
import { type ReceiptPrinter, networkReceiptPrinter } from '../printing/receipt-printer.ts';
import { SaleDesk } from '../selling/sale-desk.ts';
import { cartStore } from '../store/cart-store.ts';
import { catalogueReader } from '../store/catalogue-reader.ts';
import { catalogueSearch } from '../store/catalogue-search.ts';
import { downCursorReader } from '../store/down-cursor.ts';
import { type Store, openStore } from '../store/open-store.ts';
import { orderReader } from '../store/order-reader.ts';
import { printJobStore } from '../store/print-job-store.ts';
import { prepareUnnumbered } from '../store/recovery.ts';
import { saleCommitter } from '../store/sale-committer.ts';
import type { MovedDevices } from '../store/settings-store.ts';
import { activeStaff } from '../store/staff-store.ts';
import { stockReader } from '../store/stock-reader.ts';
import { StoreError } from '../store/store-errors.ts';
import type { AppliedChange } from '../sync/applied-change.ts';
import { sqliteOutbox } from '../sync/sqlite-outbox.ts';
import { startSync } from '../sync/sync-service.ts';
import { waitingSize } from '../sync/waiting-size.ts';
import { dispatch } from './dispatch.ts';
import { handlersOf } from './handlers.ts';
import { liveSettings } from './live-settings.ts';
import { type Push, openPushLine } from './push-line.ts';
import { keepStatusFile } from './status-file.ts';
import { syncStatus } from './sync-status.ts';
import { tillStatus } from './till-status.ts';
import { unfailing } from './unfailing-logger.ts';

export interface Terminal {
  /** Never throws; see {@link dispatch}. */
  call(name: unknown, request: unknown): Promise<CallOutcome>;
  /** @returns the way to stop listening */
  onPush(listener: (push: Push) => void): () => void;
  close(): Promise<void>;
}

export interface TerminalOptions {
  /** Data folder of a till that was set up. */
  readonly folder: string;
  readonly logger: Logger;
  readonly now?: () => Date;
  /** Milliseconds of a clock that nobody can set. */
  readonly monotonicMs?: () => number;
  /** Where server and printer are this time, when not where the settings say. */
  readonly moved?: MovedDevices;
  /** Tests put a printer of their own here. */
  readonly printer?: ReceiptPrinter;
  /** How long a printer that failed is left alone before the queue tries again by itself. */
  readonly printRetryMs?: number;
  /** Compiled entries of the threads, where the sources are not at hand. */
  readonly threadUrls?: { readonly sync: URL; readonly care: URL };
}

/** @throws {StoreError} when the store cannot be opened or was never set up */
export function openTerminal(options: TerminalOptions): Terminal {
  const store = openStore(options.folder);
  try {
    return terminalOver(store, options);
  } catch (error) {
    store.close();
    throw error;
  }
}

function terminalOver(store: Store, options: TerminalOptions): Terminal {
  const { folder, now = () => new Date(), monotonicMs = () => performance.now() } = options;
  const logger = unfailing(options.logger);
  const { writer } = store;
  const settings = liveSettings(writer, options.moved ?? {});
  if (!settings) throw new StoreError('store_missing', `The till in ${folder} was never set up.`);
  const { terminalId, locationId, server } = settings();
  const printerSettings = settings().printer;

  const line = openPushLine((error) => logger.error({ err: error }, 'push failed'));
  let statusPending = false;
  /** One push for all that changes within a turn of the loop: a sale alone changes five parts of it. */
  const statusChanged = (): void => {
    if (statusPending) return;
    statusPending = true;
    setImmediate(() => {
      statusPending = false;
      statusFile.changed();
      line.push(() => ({ name: 'status.changed', body: status() }));
    });
  };

  const printer = options.printer ?? (printerSettings ? networkReceiptPrinter(printerSettings) : null);
  const session = createSession(() => activeStaff(writer), monotonicMs);
  const catalogue = catalogueReader(writer);
  const orders = orderReader(writer);
  const stock = stockReader(writer);
  const outbox = sqliteOutbox(writer);
  const desk = new SaleDesk({
    settings,
    catalogue,
    carts: cartStore(writer),
    orders,
    commitSale: saleCommitter(writer),
    now,
    onChange: (body) => line.push(() => ({ name: 'sale.changed', body })),
    onLinesLost: (skus) =>
      logger.error(
        { skus },
        'items of the open sale are no longer in the catalogue, or it has become too large; their lines were dropped',
      ),
    onCommitted: (sale) => {
      logger.info({ orderId: sale.orderId, receiptNumber: sale.receiptNumber }, 'sale committed');
      sync?.wake();
      statusChanged();
      // The drawer first: a printer that takes one connection at a time would keep the change waiting behind the paper.
      // The drawer says when the paper has waited long enough.
      void (sale.method === 'cash' ? drawer.open() : Promise.resolve()).then(() => queue?.wake());
    },
  });
  // What runs by itself is started last, when nothing can fail any more: a thread would keep a till alive that never opened.
  const jobs = printJobStore(writer);
  const queue = printer
    ? startPrintQueue({
        jobs,
        printer,
        now,
        onChange: statusChanged,
        ...(options.printRetryMs === undefined ? {} : { retryMs: options.printRetryMs }),
        onError: (error, job) =>
          logger.warn({ err: error, jobId: job?.jobId, orderId: job?.orderId }, 'receipt not printed'),
      })
    : null;
  const drawer = cashDrawer(printer, statusChanged, (error) =>
    logger.warn({ err: error }, 'drawer not opened'),
  );
  // Told by a thread: what is thrown here nobody would catch, and the till would end. Each part counts by itself.
  const takeUp = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      logger.error({ err: error }, 'what came from the server could not be taken up by the open till');
    }
  };
  const applied = ({ skus, staff, settings: shared }: AppliedChange): void => {
    if (shared) takeUp(() => settings.reread());
    if (staff) takeUp(() => session.staffChanged());
    const prices = skus === 'all' || skus.length > 0;
    if (prices) takeUp(() => desk.catalogueChanged());
    if (prices || shared) line.push(() => ({ name: 'catalogue.changed', body: {} }));
    statusChanged();
  };
  const sync = server
    ? startSync(
        { folder, terminalId, locationId, serverUrl: server.url, token: server.token },
        {
          onStatus: statusChanged,
          onApplied: applied,
          onCrash: (error) => logger.error({ err: error }, 'sync thread died; starting it again'),
          ...(options.threadUrls ? { threadUrl: options.threadUrls.sync } : {}),
        },
      )
    : null;
  const care = startCare(
    { folder },
    {
      onStatus: statusChanged,
      onCrash: (error) => logger.error({ err: error }, 'care thread died; starting it again'),
      ...(options.threadUrls ? { threadUrl: options.threadUrls.care } : {}),
    },
  );

  const sizeOf = waitingSize(writer);
  const unnumbered = prepareUnnumbered(writer);
  const downCursor = downCursorReader(writer);
  const status = () =>
    tillStatus({
      settings,
      session,
      printer,
      queue,
      jobs,
      drawer,
      stock,
      orders,
      sync: () =>
        syncStatus({
          server,
          outbox,
          unnumbered,
          waitingSize: sizeOf,
          downCursor,
          engine: sync?.status() ?? null,
          care: care.status(),
        }),
    });
  const statusFile = keepStatusFile({
    folder,
    status,
    now,
    setTimer: realTimer,
    onError: (error) => logger.warn({ err: error }, 'the status could not be written for others to read'),
  });
  const handlers = handlersOf({
    session,
    desk,
    catalogue,
    search: catalogueSearch(writer),
    orders,
    jobs,
    queue,
    stock,
    care,
    status,
    onStatusChange: statusChanged,
    now,
  });

  return {
    call: (name, request) =>
      dispatch(
        {
          handlers,
          person: () => session.person(),
          onError: (error, method) => logger.error({ err: error, method }, 'call failed'),
        },
        name,
        request,
      ),
    onPush: (listener) => line.listen(listener),
    async close() {
      line.close();
      await Promise.all([sync?.stop(), queue?.stop(), care.stop()]);
      statusFile.stop();
      store.close();
    },
  };
}
