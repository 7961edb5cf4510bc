/**
 * Works the persisted print queue off, one job after the other, and never in a sale's way.
 *
 *     waiting ──▶ printing ──▶ printed
 *        ▲            │
 *        │            ├─ failed, no byte left: waiting, with the problem shown, tried again by itself
 *        └── retry ── held  ◀── failed, paper may have come out: a person looks first
 */
import { PrinterError } from '#hardware/printer/printer-error.ts';
import type { PrintJob } from '../api/views.ts';
import type { PrintJobStore } from '../store/print-job-store.ts';
import type { ReceiptPrinter } from './receipt-printer.ts';

/** How long a printer that failed is left alone before the next try by itself. */
const RETRY_MS = 5_000;

export interface PrintQueue {
  wake(): void;
  /** The last problem, until a job has gone through. */
  problem(): string | null;
  isPrinting(): boolean;
  stop(): Promise<void>;
}

export interface PrintQueueOptions {
  readonly jobs: PrintJobStore;
  readonly printer: ReceiptPrinter;
  readonly now: () => Date;
  readonly onChange: () => void;
  readonly onError: (error: unknown, job: PrintJob) => void;
  readonly retryMs?: number;
}

export function startPrintQueue(options: PrintQueueOptions): PrintQueue {
  const { jobs, printer, now, onChange, onError, retryMs = RETRY_MS } = options;
  let problem: string | null = null;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  jobs.recoverInterrupted(
    'The till was interrupted while this receipt was printing. Look whether it came out.',
  );

  /** @returns false when the printer failed and the rest of the queue should wait for it */
  async function printOne(job: PrintJob): Promise<boolean> {
    const document = jobs.document(job.jobId);
    if (!document) return true;
    jobs.markPrinting(job.jobId);
    onChange();
    try {
      await printer.print(document, { copy: job.copy });
      jobs.markPrinted(job.jobId, now().toISOString());
      problem = null;
      return true;
    } catch (error) {
      onError(error, job);
      problem = error instanceof Error ? error.message : String(error);
      const nothingCameOut = error instanceof PrinterError && !error.mayHavePrinted;
      if (nothingCameOut) jobs.markWaiting(job.jobId, problem);
      else jobs.markHeld(job.jobId, problem);
      return false;
    } finally {
      onChange();
    }
  }

  async function drain(): Promise<void> {
    do {
      again = false;
      for (const job of jobs.unprinted()) {
        if (stopped) return;
        if (job.state === 'held') continue;
        if (await printOne(job)) continue;
        timer = setTimeout(wake, retryMs);
        return;
      }
    } while (again);
  }

  function wake(): void {
    if (stopped) return;
    if (running) {
      again = true;
      return;
    }
    clearTimeout(timer);
    running = drain().finally(() => {
      running = null;
    });
  }

  wake();
  return {
    wake,
    problem: () => problem,
    isPrinting: () => running !== null,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
