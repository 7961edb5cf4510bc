import { ApiError } from '#main/api/errors.ts';
import type { CompletedSale, SaleView } from '#main/api/views.ts';
import type { Cents } from '#domain/money/cents.ts';
import { withoutSearch } from '../view/view.ts';
import type { TillCore } from './core.ts';

/** A tender that was sent and not answered. */
interface OpenTender {
  readonly orderId: string;
  readonly send: () => Promise<CompletedSale>;
}

/** From "Pay" to the change. The sale counts as paid on the terminal's word alone. */
export class PaymentActions {
  readonly #core: TillCore;
  #unanswered: OpenTender | undefined;

  constructor(core: TillCore) {
    this.#core = core;
  }

  async begin(): Promise<void> {
    this.#core.view.setState({ ...withoutSearch(), pane: 'keys' });
    const sale = await this.#core.attempt(() => this.#core.client.call('sale.beginPayment', {}));
    if (sale) this.#core.receiveSale(sale);
    else this.#openAgeQuestion();
  }

  async leave(): Promise<void> {
    if (this.#core.facts.getState().underWay === 'tender') return;
    const sale = await this.#core.attempt(() => this.#core.client.call('sale.leavePayment', {}));
    if (sale) this.#core.receiveSale(sale);
  }

  async tenderCash(tendered: Cents): Promise<void> {
    const sale = this.#dueSale();
    if (!sale) return;
    const request = { orderId: sale.orderId, total: sale.total, tendered };
    await this.#tender({
      orderId: sale.orderId,
      send: () => this.#core.client.call('sale.tenderCash', request),
    });
  }

  async tenderCard(approvalCode: string): Promise<void> {
    const sale = this.#dueSale();
    if (!sale) return;
    const request = { orderId: sale.orderId, total: sale.total, approvalCode };
    await this.#tender({
      orderId: sale.orderId,
      send: () => this.#core.client.call('sale.tenderCard', request),
    });
  }

  /** "New sale". The terminal has opened it already when the last one was committed. */
  newSale(): void {
    this.#core.facts.setState({ completed: null, reprinted: null, refusal: null });
  }

  /**
   * After a reconnection: when a tender was not answered and the terminal has gone on to another order, it was
   * committed. Asking again with the same order brings its change back and takes nothing twice.
   */
  async recover(): Promise<void> {
    const open = this.#unanswered;
    if (!open || this.#core.facts.getState().sale?.orderId === open.orderId) return;
    await this.#tender(open);
  }

  #dueSale(): SaleView | undefined {
    const { sale, underWay } = this.#core.facts.getState();
    return sale?.phase === 'paying' && underWay === null ? sale : undefined;
  }

  async #tender(tender: OpenTender): Promise<void> {
    this.#core.facts.setState({ underWay: 'tender' });
    this.#unanswered = undefined;
    try {
      const completed = await this.#core.calls.run(tender.send);
      this.#core.facts.setState({ completed, reprinted: null, refusal: null, underWay: null });
    } catch (error) {
      this.#core.facts.setState({ underWay: null });
      if (error instanceof ApiError && error.code === 'connection_lost') this.#unanswered = tender;
      this.#core.refuse(error);
    }
    this.#core.releaseSale();
  }

  #openAgeQuestion(): void {
    if (this.#core.facts.getState().sale?.age.outcome === 'needed') {
      this.#core.view.setState({ birthDateOpen: true });
    }
  }
}
