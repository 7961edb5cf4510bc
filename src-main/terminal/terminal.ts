/**
 * The till without a window: store, selling, printing and sync behind the typed API. It knows neither Electron
 * nor HTTP; the two hosts do.
 */
import type { Logger } from 'pino';
import type { CallOutcome } from '../api/client.ts';
import type { PushBody, PushName } from '../api/contract.ts';
import { createSession } from '../people/session.ts';
import { cashDrawer } from '../printing/cash-drawer.ts';
import { startPrintQueue } from '../printing/print-queue.ts';
import { type ReceiptPrinter, networkReceiptPrinter } from '../printing/receipt-printer.ts';
import { SaleDesk } from '../selling/sale-desk.ts';
import { cartStore } from '../store/cart-store.ts';
import { catalogueReader } from '../store/catalogue-reader.ts';
import { catalogueSearch } from '../store/catalogue-search.ts';
import { type Store, openStore } from '../store/open-store.ts';
import { orderReader } from '../store/order-reader.ts';
import { printJobStore } from '../store/print-job-store.ts';
import { saleCommitter } from '../store/sale-committer.ts';
import { type MovedDevices, readTerminalSettings, withMovedDevices } from '../store/settings-store.ts';
import { activeStaff } from '../store/staff-store.ts';
import { stockReader } from '../store/stock-reader.ts';
import { StoreError } from '../store/store-errors.ts';
import { sqliteOutbox } from '../sync/sqlite-outbox.ts';
import { startSync } from '../sync/sync-service.ts';
import { waitingSize } from '../sync/waiting-size.ts';
import { dispatch } from './dispatch.ts';
import { handlersOf } from './handlers.ts';
import { keepStatusFile } from './status-file.ts';
import { syncStatus } from './sync-status.ts';
import { tillStatus } from './till-status.ts';
import { unfailing } from './unfailing-logger.ts';

export interface Push<Name extends PushName = PushName> {
  readonly name: Name;
  readonly body: PushBody<Name>;
}

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
  /** Compiled entry of the sync thread, where the sources are not at hand. */
  readonly syncThreadUrl?: URL;
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
  const storedSettings = readTerminalSettings(writer);
  if (!storedSettings) throw new StoreError('store_missing', `The till in ${folder} was never set up.`);
  const settings = withMovedDevices(storedSettings, options.moved ?? {});

  const listeners = new Set<(push: Push) => void>();
  /** A window that cannot be told, or a status that cannot be read, must not undo or end what the till has done. */
  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      logger.error({ err: error }, 'push failed');
    }
  };
  const push = (makeMessage: () => Push): void => {
    if (listeners.size === 0 || closed) return;
    guarded(() => {
      const message = makeMessage();
      for (const listener of listeners) guarded(() => listener(message));
    });
  };
  let statusPending = false;
  /** One push for all that changes within a turn of the loop: a sale alone changes five parts of it. */
  const statusChanged = (): void => {
    if (statusPending) return;
    statusPending = true;
    setImmediate(() => {
      statusPending = false;
      statusFile.changed();
      push(() => ({ name: 'status.changed', body: status() }));
    });
  };
  let closed = false;

  const printer = options.printer ?? (settings.printer ? networkReceiptPrinter(settings.printer) : null);
  const session = createSession(() => activeStaff(writer), monotonicMs);
  const catalogue = catalogueReader(writer);
  const orders = orderReader(writer);
  const stock = stockReader(writer);
  const outbox = sqliteOutbox(writer);
  const desk = new SaleDesk({
    settings: () => settings,
    catalogue,
    carts: cartStore(writer),
    orders,
    commitSale: saleCommitter(writer),
    now,
    onChange: (body) => push(() => ({ name: 'sale.changed', body })),
    onLinesLost: (skus) =>
      logger.error(
        { skus },
        'items of the open sale are no longer in the catalogue; their lines were dropped',
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
  const sync = settings.server
    ? startSync(
        {
          folder,
          terminalId: settings.terminalId,
          serverUrl: settings.server.url,
          token: settings.server.token,
        },
        {
          onStatus: statusChanged,
          onCrash: (error) => logger.error({ err: error }, 'sync thread died; starting it again'),
          ...(options.syncThreadUrl ? { threadUrl: options.syncThreadUrl } : {}),
        },
      )
    : null;

  const status = () =>
    tillStatus({ settings, session, printer, queue, jobs, drawer, outbox, sync, stock, orders });
  const handlers = handlersOf({
    session,
    desk,
    catalogue,
    search: catalogueSearch(writer),
    orders,
    jobs,
    queue,
    stock,
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
    onPush(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      closed = true;
      await Promise.all([sync?.stop(), queue?.stop()]);
      store.close();
    },
  };
}
