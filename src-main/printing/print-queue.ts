/**
 * Works the persisted print queue off, one job after the other, and never in a sale's way.
 *
 *     waiting ──▶ printing ──▶ printed
 *        ▲            │
 *        │            ├─ failed, no byte left: waiting, with the problem shown, tried again by itself
 *        └── retry ── held  ◀── failed, paper may have come out: a person looks first
 *           (as copy)   └── the person found the paper ──▶ dismissed
 */
import { PrinterError } from '#hardware/printer/printer-error.ts';
import type { PrintJob } from '../api/views.ts';
import type { PrintJobStore } from '../store/print-job-store.ts';
import { sqliteCode } from '../store/store-errors.ts';
import type { ReceiptPrinter } from './receipt-printer.ts';
import { tell } from './tell.ts';

/** How long a printer that failed is left alone before the next try by itself. */
const RETRY_MS = 5_000;

/**
 * A printer without paper or with its cover open only fails again until somebody has been there, and each try takes
 * the one connection that another till may want. Twice as long is still within the time of closing the cover and
 * looking up; the next sale and "Try again" try at once.
 */
const ATTENTION_FACTOR = 2;

const INTERRUPTED = 'The till was interrupted while this receipt was printing. Look whether it came out.';
const UNPRINTABLE = 'This receipt cannot be printed. Call IT.';
const DISK = 'The till cannot note on its disk what is printed. Call IT.';
const QUEUE_BROKEN = 'The print queue cannot be read. Call IT.';

export interface PrintQueue {
  wake(): void;
  /** The last problem, until a job or the whole queue has gone through. */
  problem(): string | null;
  isPrinting(): boolean;
  /** Cancels what is at the printer: whether it came out, a person will look. */
  stop(): Promise<void>;
}

export interface PrintQueueOptions {
  readonly jobs: PrintJobStore;
  readonly printer: ReceiptPrinter;
  readonly now: () => Date;
  readonly onChange: () => void;
  /** The job is null when the queue itself could not be read or written. */
  readonly onError: (error: unknown, job: PrintJob | null) => void;
  readonly retryMs?: number;
}

export function startPrintQueue(options: PrintQueueOptions): PrintQueue {
  const { jobs, printer, now, onChange, onError, retryMs = RETRY_MS } = options;
  let problem: string | null = null;
  let running: Promise<void> | null = null;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  const stopping = new AbortController();
  const cameOut = new Set<number>();

  jobs.recoverInterrupted(INTERRUPTED);

  /** @returns null when it went through, else for how many milliseconds the queue should leave printer and disk alone */
  async function printOne(job: PrintJob): Promise<number | null> {
    try {
      // Came out, but the disk was too full to note it: never print it twice for that.
      if (!cameOut.has(job.jobId)) await putOnPaper(job);
      jobs.markPrinted(job.jobId, now().toISOString());
      cameOut.delete(job.jobId);
      problem = null;
      return null;
    } catch (error) {
      tell(() => onError(error, job));
      problem = sentenceOf(error);
      park(job, error, problem);
      return needsAttention(error) ? retryMs * ATTENTION_FACTOR : retryMs;
    } finally {
      tell(onChange);
    }
  }

  async function putOnPaper(job: PrintJob): Promise<void> {
    const document = jobs.document(job.jobId);
    jobs.markPrinting(job.jobId);
    tell(onChange);
    await printer.print(document, { copy: job.copy, signal: stopping.signal });
    cameOut.add(job.jobId);
  }

  function park(job: PrintJob, error: unknown, sentence: string): void {
    if (cameOut.has(job.jobId) || sqliteCode(error) !== undefined) return;
    const nothingCameOut = error instanceof PrinterError && !error.mayHavePrinted;
    if (nothingCameOut) jobs.markWaiting(job.jobId, sentence);
    else jobs.markHeld(job.jobId, sentence);
  }

  async function drain(): Promise<void> {
    do {
      again = false;
      for (const job of jobs.unprinted()) {
        if (stopping.signal.aborted) return;
        if (job.state === 'held') continue;
        if (job.state === 'printing' && !cameOut.has(job.jobId)) {
          // It failed at the printer, and the disk was too full to note that as well.
          jobs.markHeld(job.jobId, problem ?? INTERRUPTED);
          continue;
        }
        const pauseMs = await printOne(job);
        if (pauseMs === null) continue;
        tryLater(pauseMs);
        return;
      }
    } while (again);
    // Nothing is left that the queue could do. What a held job lacks stands in that job, until somebody has looked.
    if (problem === null) return;
    problem = null;
    tell(onChange);
  }

  function tryLater(pauseMs: number): void {
    if (!stopping.signal.aborted) timer = setTimeout(wake, pauseMs);
  }

  function wake(): void {
    if (stopping.signal.aborted) return;
    if (running) {
      again = true;
      return;
    }
    clearTimeout(timer);
    running = drain()
      // The disk failed in the middle of it: the till goes on selling if it can, and the queue tries again.
      .catch((error: unknown) => {
        problem = sqliteCode(error) === undefined ? QUEUE_BROKEN : DISK;
        tell(() => onError(error, null));
        tryLater(retryMs);
      })
      .finally(() => {
        running = null;
        // Somebody woke it after its last look, or while it gave up.
        if (again) wake();
      });
  }

  wake();
  return {
    wake,
    problem: () => problem,
    isPrinting: () => running !== null,
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}

/** What the cashier reads; what it was is in the log. */
function sentenceOf(error: unknown): string {
  if (error instanceof PrinterError) return error.message;
  return sqliteCode(error) === undefined ? UNPRINTABLE : DISK;
}

function needsAttention(error: unknown): boolean {
  return error instanceof PrinterError && error.retry === 'after_attention';
}
