import type { CompletedSale, LowStockItem, PrintJob } from '#main/api/views.ts';
import type { TillCore } from './core.ts';

const RECENT_SALES = 20;

/** Receipts, copies, the print queue, and what the manager looks at. */
export class ReceiptActions {
  readonly #core: TillCore;

  constructor(core: TillCore) {
    this.#core = core;
  }

  async reprint(orderId: string): Promise<PrintJob | undefined> {
    const job = await this.#core.attempt(() => this.#core.client.call('receipt.reprint', { orderId }));
    if (job) this.#core.facts.setState({ reprinted: job });
    return job;
  }

  async retry(jobId: number): Promise<PrintJob | undefined> {
    return this.#core.attempt(() => this.#core.client.call('print.retry', { jobId }));
  }

  /** The paper of a held receipt is in the cashier's hand. */
  async dismiss(jobId: number): Promise<PrintJob | undefined> {
    return this.#core.attempt(() => this.#core.client.call('print.dismiss', { jobId }));
  }

  async recent(): Promise<readonly CompletedSale[] | undefined> {
    const answer = await this.#ask(() => this.#core.client.call('receipt.recent', { limit: RECENT_SALES }));
    return answer?.sales;
  }

  async printJobs(): Promise<readonly PrintJob[] | undefined> {
    const answer = await this.#ask(() => this.#core.client.call('print.jobs', {}));
    return answer?.jobs;
  }

  /** @returns whether the copy is made and checked */
  async backUp(): Promise<boolean> {
    const status = await this.#core.attempt(() => this.#core.client.call('care.backUp', {}));
    if (status) this.#core.receiveStatus(status);
    return status !== undefined;
  }

  async lowStock(): Promise<readonly LowStockItem[] | undefined> {
    const answer = await this.#ask(() => this.#core.client.call('stock.low', {}));
    return answer?.items;
  }

  /** A question that the screen asks by itself: it neither waits in line nor clears a sentence that somebody is reading. */
  async #ask<Reply>(call: () => Promise<Reply>): Promise<Reply | undefined> {
    try {
      return await call();
    } catch (error) {
      this.#core.refuse(error);
      return undefined;
    }
  }
}
