/** The queue's own turns, over jobs in memory; what it does with a real printer and disk is in printing.test.ts. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { PrinterError } from '#hardware/printer/printer-error.ts';
import { SAMPLE_RECEIPT } from '#hardware/printer/sample-receipt.ts';
import type { PrintJob } from '../api/views.ts';
import type { PrintJobStore } from '../store/print-job-store.ts';
import { type PrintQueue, startPrintQueue } from './print-queue.ts';

let queue: PrintQueue | undefined;
afterEach(async () => {
  await queue?.stop();
  vi.useRealTimers();
});

function jobsInMemory() {
  const all: PrintJob[] = [];
  const become = (jobId: number, changes: Partial<PrintJob>): void => {
    const index = all.findIndex((job) => job.jobId === jobId);
    const job = all[index];
    if (job) all[index] = { ...job, ...changes };
  };
  const queued = () => all.filter(({ state }) => state !== 'printed' && state !== 'dismissed');
  const store: PrintJobStore = {
    unprinted: queued,
    unprintedCount: () => queued().length,
    find: (jobId) => all.find((job) => job.jobId === jobId),
    document: () => SAMPLE_RECEIPT,
    add(orderId, createdAt) {
      const jobId = all.length + 1;
      const receiptNumber = `R-${jobId}`;
      all.push({
        jobId,
        orderId,
        receiptNumber,
        createdAt,
        state: 'waiting',
        copy: false,
        attempts: 0,
        problem: null,
      });
      return jobId;
    },
    markPrinting: (jobId) => become(jobId, { state: 'printing' }),
    markPrinted: (jobId) => become(jobId, { state: 'printed', problem: null }),
    markHeld: (jobId, problem) => become(jobId, { state: 'held', problem }),
    markWaiting: (jobId, problem) => become(jobId, { state: 'waiting', problem }),
    releaseHeld: (jobId) => become(jobId, { state: 'waiting', copy: true, problem: null }),
    markDismissed: (jobId) => become(jobId, { state: 'dismissed' }),
    recoverInterrupted: () => undefined,
  };
  return { store, all };
}

type Print = () => Promise<'answered'>;

function start(jobs: PrintJobStore, print: Print, say: () => void = () => undefined): PrintQueue {
  queue = startPrintQueue({
    jobs,
    printer: { confirms: true, print, openDrawer: () => Promise.resolve() },
    now: () => new Date('2026-11-23T12:00:00.000Z'),
    onChange: say,
    onError: say,
    retryMs: 1_000,
  });
  return queue;
}

const printing = () => vi.fn<Print>(() => Promise.resolve('answered'));

test('a receipt that is queued in the very turn in which the queue has found nothing is printed', async () => {
  const { store, all } = jobsInMemory();
  const print = printing();
  // Its first look is over when this returns, and it does not know yet that it is done.
  const started = start(store, print);
  store.add('ORD-1', '2026-11-23T12:00:00.000Z');
  started.wake();
  await vi.waitFor(() => expect(all).toMatchObject([{ state: 'printed' }]));
  expect(print).toHaveBeenCalledTimes(1);
});

test('a log and a window that fail stop nothing', async () => {
  const { store, all } = jobsInMemory();
  const print = printing().mockRejectedValueOnce(new PrinterError('closed_early', true));
  store.add('ORD-1', '2026-11-23T12:00:00.000Z');
  store.add('ORD-2', '2026-11-23T12:00:00.000Z');
  const started = start(store, print, () => {
    throw new Error('disk full');
  });
  await vi.waitFor(() => expect(all[0]).toMatchObject({ state: 'held' }));
  started.wake();
  await vi.waitFor(() => expect(all[1]).toMatchObject({ state: 'printed' }));
});

test('what is no fault of the printer is told in a plain sentence', async () => {
  const { store, all } = jobsInMemory();
  store.add('ORD-1', '2026-11-23T12:00:00.000Z');
  start(store, () => Promise.reject(new TypeError("Cannot read properties of undefined (reading 'x')")));
  const problem = 'This receipt cannot be printed. Call IT.';
  await vi.waitFor(() => expect(all).toMatchObject([{ state: 'held', problem }]));
});

describe('a printer that failed before the first byte', () => {
  test.each([
    ['unreachable', 1_000],
    ['paper_out', 2_000],
    ['cover_open', 2_000],
  ] as const)('by %s is left alone for %i ms', async (code, pause) => {
    vi.useFakeTimers();
    const { store, all } = jobsInMemory();
    const print = printing().mockRejectedValueOnce(new PrinterError(code, false));
    store.add('ORD-1', '2026-11-23T12:00:00.000Z');
    start(store, print);
    await vi.advanceTimersByTimeAsync(pause - 1);
    expect(all).toMatchObject([{ state: 'waiting' }]);
    await vi.advanceTimersByTimeAsync(1);
    expect(all).toMatchObject([{ state: 'printed' }]);
  });
});
