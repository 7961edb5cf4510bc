/** The contract's methods, each a line to the part that does it. */
import { ApiError } from '../api/errors.ts';
import type { MethodName, ParsedRequestOf, ReplyOf } from '../api/contract.ts';
import type { Person, PrintJob, TillStatus } from '../api/views.ts';
import type { Session } from '../people/session.ts';
import { BackupFailedError, type CareService } from '../care/care-service.ts';
import type { PrintQueue } from '../printing/print-queue.ts';
import type { SaleDesk } from '../selling/sale-desk.ts';
import type { CatalogueReader } from '../store/catalogue-reader.ts';
import type { CatalogueSearch } from '../store/catalogue-search.ts';
import type { OrderReader } from '../store/order-reader.ts';
import type { PrintJobStore } from '../store/print-job-store.ts';
import type { StockReader } from '../store/stock-reader.ts';
import { pictureOf } from './item-picture.ts';

export type Handlers = {
  readonly [Name in MethodName]: (
    request: ParsedRequestOf<Name>,
    person: Person | null,
  ) => ReplyOf<Name> | Promise<ReplyOf<Name>>;
};

export interface HandlerParts {
  readonly session: Session;
  readonly desk: SaleDesk;
  readonly catalogue: CatalogueReader;
  readonly search: CatalogueSearch;
  readonly orders: OrderReader;
  readonly jobs: PrintJobStore;
  readonly queue: PrintQueue | null;
  readonly stock: StockReader;
  readonly care: CareService;
  readonly status: () => TillStatus;
  readonly onStatusChange: () => void;
  readonly now: () => Date;
}

export function handlersOf(parts: HandlerParts): Handlers {
  const { session, desk, catalogue, search, orders, jobs, stock, status, onStatusChange } = parts;
  return {
    'session.signIn': async ({ pin }) => {
      const person = await session.signIn(pin);
      onStatusChange();
      return person;
    },
    'session.signOut': () => {
      session.signOut();
      onStatusChange();
      return {};
    },
    'status.get': () => status(),
    'sale.get': () => desk.view(),
    'sale.scan': ({ code }) => desk.scan(code),
    'sale.addItem': ({ sku, quantity }) => desk.addItem(sku, quantity),
    'sale.setQuantity': ({ lineId, quantity }) => desk.setQuantity(lineId, quantity),
    'sale.removeLine': ({ lineId }) => desk.removeLine(lineId),
    'sale.cancel': ({ orderId }) => desk.cancel(orderId),
    'sale.dismissNotices': ({ orderId }) => desk.dismissNotices(orderId),
    'sale.confirmAge': ({ orderId, birthDate }) => desk.confirmAge(orderId, birthDate),
    'sale.beginPayment': () => desk.beginPayment(),
    'sale.leavePayment': () => desk.leavePayment(),
    'sale.tenderCash': (request, person) => desk.tenderCash(request, request.tendered, signedIn(person)),
    'sale.tenderCard': (request, person) => desk.tenderCard(request, request.approvalCode, signedIn(person)),
    'catalogue.search': ({ text, limit }) => ({
      items: search(text, limit).map((hit) => ({
        ...hit,
        picture: pictureOf(hit.merchandiseCode, hit.name),
      })),
    }),
    'catalogue.quickKeys': () => ({
      keys: catalogue
        .quickKeys()
        .map(({ sku, label, picture, item }) => ({ sku, label, picture, price: item.price })),
    }),
    'receipt.recent': ({ limit }) => ({ sales: orders.recent(limit) }),
    'receipt.reprint': ({ orderId }) => reprint(parts, orderId),
    'print.jobs': () => ({ jobs: jobs.unprinted() }),
    'print.retry': ({ jobId }) => retry(parts, jobId),
    'print.dismiss': ({ jobId }) => dismiss(parts, jobId),
    'care.backUp': async () => {
      await backUp(parts.care);
      onStatusChange();
      return status();
    },
    'stock.low': () => ({ items: stock.low() }),
  };
}

async function backUp(care: CareService): Promise<void> {
  try {
    await care.backUp();
  } catch (error) {
    if (!(error instanceof BackupFailedError)) throw error;
    throw new ApiError('backup_failed', error.message, 'later');
  }
}

function reprint({ orders, jobs, queue, now, onStatusChange }: HandlerParts, orderId: string): PrintJob {
  const printing = printerQueue(queue);
  if (!orders.find(orderId)) throw new ApiError('unknown_order', 'This till has no receipt of that sale.');
  const jobId = jobs.add(orderId, now().toISOString());
  printing.wake();
  onStatusChange();
  return jobOf(jobs, jobId);
}

function retry({ jobs, queue, onStatusChange }: HandlerParts, jobId: number): PrintJob {
  const printing = printerQueue(queue);
  const job = jobOf(jobs, jobId);
  if (job.state === 'held') jobs.releaseHeld(jobId);
  printing.wake();
  onStatusChange();
  return jobOf(jobs, jobId);
}

function dismiss({ jobs, queue, onStatusChange }: HandlerParts, jobId: number): PrintJob {
  const job = jobOf(jobs, jobId);
  if (job.state === 'waiting' || job.state === 'printing') {
    throw new ApiError('print_job_not_held', 'This receipt has not come out yet: it prints by itself.');
  }
  if (job.state === 'held') jobs.markDismissed(jobId);
  queue?.wake();
  onStatusChange();
  return jobOf(jobs, jobId);
}

function printerQueue(queue: PrintQueue | null): PrintQueue {
  if (!queue) throw new ApiError('printer_not_set_up', 'This till has no receipt printer.');
  return queue;
}

function jobOf(jobs: PrintJobStore, jobId: number): PrintJob {
  const job = jobs.find(jobId);
  if (!job) throw new ApiError('unknown_print_job', 'This receipt is no longer in the print queue.');
  return job;
}

/** Access is checked before a handler runs; this only tells the compiler so. */
function signedIn(person: Person | null): Person {
  if (!person) throw new ApiError('not_signed_in', 'Sign in first.', 'now');
  return person;
}
