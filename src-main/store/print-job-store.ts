/**
 * The persisted print queue. A job is inserted in the transaction of its sale and leaves the queue as paper, or
 * because a person has found the paper.
 */
import { asc, count, eq, sql } from 'drizzle-orm';
import { type ReceiptDocument, receiptDocumentSchema } from '#domain/receipt/receipt-document.ts';
import type { PrintJob } from '../api/views.ts';
import type { WriteHandle } from './handles.ts';
import { orders, printJobs } from './schema.ts';

export interface PrintJobStore {
  /** Jobs that are neither printed nor dismissed, oldest first. */
  unprinted(): PrintJob[];
  unprintedCount(): number;
  find(jobId: number): PrintJob | undefined;
  /** @throws when there is no such job, or its text is no receipt of this version */
  document(jobId: number): ReceiptDocument;
  /** Queues a copy of the order's receipt. */
  add(orderId: string, createdAt: string): number;
  markPrinting(jobId: number): void;
  markPrinted(jobId: number, printedAt: string): void;
  markHeld(jobId: number, problem: string): void;
  /** The printer failed before a byte had left, so it is tried again by itself. */
  markWaiting(jobId: number, problem: string): void;
  /**
   * A person wants a held job printed. Once it has been at the printer its paper may lie on the counter, so from
   * then on it prints as a copy: two originals can be claimed as two sales.
   */
  releaseHeld(jobId: number): void;
  /** A person has found the paper of a held job. */
  markDismissed(jobId: number): void;
  /** What was at the printer when the till died: nobody knows whether it came out, so it is held for a person. */
  recoverInterrupted(problem: string): void;
}

export function printJobStore({ query, write, connection }: WriteHandle): PrintJobStore {
  const columns = {
    jobId: printJobs.jobId,
    orderId: printJobs.orderId,
    receiptNumber: orders.receiptNumber,
    state: printJobs.state,
    copy: printJobs.isCopy,
    attempts: printJobs.attempts,
    problem: printJobs.problem,
    createdAt: printJobs.createdAt,
  };
  const select = () =>
    query.select(columns).from(printJobs).innerJoin(orders, eq(orders.orderId, printJobs.orderId));
  // Word for word the condition of the index, which SQLite would not use for bound values.
  const queued = sql`${printJobs.state} NOT IN ('printed', 'dismissed')`;
  const setState = (jobId: number, set: Partial<typeof printJobs.$inferInsert>) => {
    write.update(printJobs).set(set).where(eq(printJobs.jobId, jobId)).run();
  };
  const begin = connection.prepare<[number]>(
    "UPDATE print_jobs SET state = 'printing', attempts = attempts + 1, problem = NULL WHERE job_id = ?",
  );
  return {
    unprinted: () => select().where(queued).orderBy(asc(printJobs.jobId)).all(),
    unprintedCount: () => query.select({ value: count() }).from(printJobs).where(queued).get()?.value ?? 0,
    find: (jobId) => select().where(eq(printJobs.jobId, jobId)).get(),
    document(jobId) {
      const row = query
        .select({ receipt: orders.receipt })
        .from(printJobs)
        .innerJoin(orders, eq(orders.orderId, printJobs.orderId))
        .where(eq(printJobs.jobId, jobId))
        .get();
      if (!row) throw new Error(`There is no print job ${jobId}`);
      return receiptDocumentSchema.parse(JSON.parse(row.receipt));
    },
    add: (orderId, createdAt) =>
      write
        .insert(printJobs)
        .values({ orderId, isCopy: true, state: 'waiting', attempts: 0, createdAt })
        .returning({ jobId: printJobs.jobId })
        .get().jobId,
    markPrinting: (jobId) => {
      begin.run(jobId);
    },
    markPrinted: (jobId, printedAt) => setState(jobId, { state: 'printed', printedAt, problem: null }),
    markHeld: (jobId, problem) => setState(jobId, { state: 'held', problem }),
    markWaiting: (jobId, problem) => setState(jobId, { state: 'waiting', problem }),
    releaseHeld: (jobId) => {
      const isCopy = sql`max(${printJobs.isCopy}, ${printJobs.attempts} > 0)`;
      write
        .update(printJobs)
        .set({ state: 'waiting', problem: null, isCopy })
        .where(eq(printJobs.jobId, jobId))
        .run();
    },
    markDismissed: (jobId) => setState(jobId, { state: 'dismissed', problem: null }),
    recoverInterrupted: (problem) => {
      write.update(printJobs).set({ state: 'held', problem }).where(eq(printJobs.state, 'printing')).run();
    },
  };
}
