import { assertNever } from '#domain/assert-never.ts';
import type { Sku } from '#domain/identifiers.ts';
import type { SaleLine, SaleView } from '#main/api/views.ts';
import { enteredDate } from '../entry/date-entry.ts';
import { movedSelection, withoutSearch } from '../view/view.ts';
import type { TillCore } from './core.ts';

/** Scanning, adding, counting and removing. Every change is the terminal's; the reply is what is shown. */
export class SaleActions {
  readonly #core: TillCore;

  constructor(core: TillCore) {
    this.#core = core;
  }

  /** A raw scan, from any screen. The scan after a finished sale begins the next one by itself. */
  async scan(code: string): Promise<void> {
    if (!this.#core.facts.getState().status?.person) {
      this.#core.say('Sign in first, then scan.', { place: 'sign_in', tone: 'attention', sound: 'refused' });
      return;
    }
    this.#core.facts.setState({ completed: null, reprinted: null });
    this.#core.view.setState({ place: 'till' });
    const scanned = await this.#change(() => this.#core.client.call('sale.scan', { code }));
    if (scanned) this.#core.play('scanned');
  }

  async add(sku: Sku): Promise<void> {
    this.#core.view.setState(withoutSearch());
    const added = await this.#change(() => this.#core.client.call('sale.addItem', { sku, quantity: 1 }));
    if (added) this.#core.play('scanned');
  }

  /** One more or one less of the selected line. Counts from what the line is when the call's turn comes, so quick presses add up. */
  async step(by: 1 | -1): Promise<void> {
    await this.#change(() => {
      const line = this.selectedLine();
      if (!line) return Promise.resolve(undefined);
      if (line.quantity + by < 1) {
        this.#core.say('One is left on this line: press Delete to remove it.', {
          place: 'sale',
          tone: 'attention',
          sound: 'refused',
        });
        return Promise.resolve(undefined);
      }
      return this.#setQuantity(line, line.quantity + by);
    });
  }

  async setQuantity(quantity: number): Promise<void> {
    await this.#change(() => {
      const line = this.selectedLine();
      return line ? this.#setQuantity(line, quantity) : Promise.resolve(undefined);
    });
  }

  async remove(): Promise<void> {
    await this.#change(() => {
      const line = this.selectedLine();
      return line ? this.#core.client.call('sale.removeLine', { lineId: line.lineId }) : nothing();
    });
  }

  /** Takes out what the customer is too young for; the rest of the sale goes on. */
  async removeRestricted(): Promise<void> {
    const lines = this.#sale()?.lines.filter((line) => line.barred) ?? [];
    for (const line of lines) {
      await this.#change(() => this.#core.client.call('sale.removeLine', { lineId: line.lineId }));
    }
  }

  async cancel(): Promise<void> {
    const orderId = this.#sale()?.orderId;
    if (orderId === undefined) return;
    await this.#change(() => this.#core.client.call('sale.cancel', { orderId }));
  }

  async confirmAge(birthDate: string): Promise<void> {
    const orderId = this.#sale()?.orderId;
    if (orderId === undefined) return;
    await this.#change(() => this.#core.client.call('sale.confirmAge', { orderId, birthDate }));
  }

  /** What the server changed in this sale has been read. */
  async dismissNotices(): Promise<void> {
    const orderId = this.#sale()?.orderId;
    if (orderId === undefined) return;
    await this.#change(() => this.#core.client.call('sale.dismissNotices', { orderId }));
  }

  /** Enter in the open age question. Digits that are no date are kept: whoever typed them goes on or mends them. */
  async answerAge(): Promise<void> {
    const entered = enteredDate(this.#core.view.getState().birthDateDigits);
    switch (entered.state) {
      case 'complete':
        return await this.confirmAge(entered.date);
      case 'incomplete':
        return this.#refuseDate('The date is not complete.');
      case 'impossible':
        return this.#refuseDate('There is no such day: look at the ID again.');
      default:
        return assertNever(entered);
    }
  }

  select(lineId: string): void {
    this.#core.view.setState({ selectedLineId: lineId });
  }

  move(by: 1 | -1): void {
    const sale = this.#sale();
    if (!sale) return;
    this.#core.view.setState((view) => ({ selectedLineId: movedSelection(view, sale, by) }));
  }

  selectedLine(): SaleLine | undefined {
    const selected = this.#core.view.getState().selectedLineId;
    return this.#sale()?.lines.find((line) => line.lineId === selected);
  }

  #refuseDate(message: string): void {
    this.#core.say(message, { place: 'age', tone: 'attention', sound: 'refused' });
  }

  #sale(): SaleView | null {
    return this.#core.facts.getState().sale;
  }

  #setQuantity(line: SaleLine, quantity: number): Promise<SaleView> {
    return this.#core.client.call('sale.setQuantity', { lineId: line.lineId, quantity });
  }

  /** @returns whether the sale was changed */
  async #change(call: () => Promise<SaleView | undefined>): Promise<boolean> {
    try {
      const sale = await this.#core.calls.run(async () => {
        const changed = await call();
        // Within the call's turn: the next one in line must already see this sale.
        if (changed) this.#core.receiveSale(changed);
        return changed;
      });
      if (sale) this.#core.succeed();
      return sale !== undefined;
    } catch (error) {
      this.#core.refuse(error);
      return false;
    }
  }
}

function nothing(): Promise<undefined> {
  return Promise.resolve(undefined);
}
