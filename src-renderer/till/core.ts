import type { ApiClient } from '#main/api/client.ts';
import { ApiError, type ApiErrorCode } from '#main/api/errors.ts';
import type { SaleView, TillStatus } from '#main/api/views.ts';
import { CallsInOrder } from '../connection/calls-in-order.ts';
import type { Sound, Speaker } from '../sound/sounds.ts';
import { type ViewStore, createView, followSale } from '../view/view.ts';
import { type FactsStore, createFacts } from './facts.ts';
import { keepUnchanged } from './keep-unchanged.ts';
import { type Presentation, presentationOf } from './refusals.ts';

/** Refusals that say that this screen, or the person before it, has missed something: ask what is. */
const OUTDATED: ReadonlySet<ApiErrorCode> = new Set([
  'not_signed_in',
  'unknown_line',
  'under_age',
  'not_in_payment',
  'total_changed',
  'another_order',
  'already_paid',
]);

/** What all actions share: the two stores, the client, one line of calls, and how a success or a refusal is shown. */
export class TillCore {
  readonly facts: FactsStore = createFacts();
  readonly view: ViewStore = createView();
  readonly calls = new CallsInOrder();
  readonly client: ApiClient;
  readonly #speaker: Speaker;
  #refusals = 0;
  #heldBack: SaleView | undefined;

  constructor(client: ApiClient, speaker: Speaker) {
    this.client = client;
    this.#speaker = speaker;
  }

  play(sound: Sound): void {
    this.#speaker.play(sound);
  }

  receiveSale(sale: SaleView): void {
    // The next, empty sale is pushed when a tender commits; shown before the change it would flash by.
    if (this.facts.getState().underWay === 'tender') {
      this.#heldBack = sale;
      return;
    }
    const { sale: before, completed } = this.facts.getState();
    const now = keepUnchanged(before, sale);
    if (now === before) return;
    const news = before?.orderId === now.orderId && now.notices.length > before.notices.length;
    if (news) this.play('unknown');
    this.view.setState((view) => followSale(view, before, now));
    this.facts.setState({ sale: now, completed: now.lines.length > 0 ? null : completed });
  }

  /** After a tender has been answered: shows what was pushed meanwhile. */
  releaseSale(): void {
    const sale = this.#heldBack;
    this.#heldBack = undefined;
    if (sale) this.receiveSale(sale);
  }

  receiveStatus(status: TillStatus): void {
    this.facts.setState({ status });
  }

  succeed(): void {
    if (this.facts.getState().refusal !== null) this.facts.setState({ refusal: null });
  }

  /** Shows and sounds a refusal of the screen's own, where asking the terminal would be of no use. */
  say(message: string, presentation: Presentation): void {
    this.#refusals += 1;
    this.facts.setState({ refusal: { message, ...presentation, number: this.#refusals } });
    this.play(presentation.sound);
  }

  refuse(error: unknown): void {
    const known =
      error instanceof ApiError
        ? error
        : new ApiError('internal', 'This screen made a mistake: do it again, or reload the page.', 'now');
    this.say(known.message, presentationOf(known.code));
    if (OUTDATED.has(known.code)) void this.refreshStatus();
    if (known.code === 'age_check_required') this.view.setState({ birthDateOpen: true });
    if (known.code === 'impossible_birth_date') {
      this.view.setState({ birthDateOpen: true, birthDateDigits: '' });
    }
  }

  /** Runs a call in its turn; a refusal is shown and never thrown. */
  async attempt<Result>(call: () => Promise<Result>): Promise<Result | undefined> {
    try {
      const result = await this.calls.run(call);
      this.succeed();
      return result;
    } catch (error) {
      this.refuse(error);
      return undefined;
    }
  }

  /** Asks what is, after a start, a reconnection or a sign-in. */
  async refreshStatus(): Promise<void> {
    try {
      this.receiveStatus(await this.client.call('status.get', {}));
      if (this.facts.getState().status?.person) await this.#refreshSale();
    } catch (error) {
      // Without a connection the banner says so already, and the next connection asks again.
      if (!(error instanceof ApiError && error.code === 'connection_lost')) this.refuse(error);
    }
  }

  async #refreshSale(): Promise<void> {
    // In its turn among the calls that change the sale: an older answer must not cover a newer one.
    await this.calls.run(async () => this.receiveSale(await this.client.call('sale.get', {})));
    await this.refreshQuickKeys();
  }

  async refreshQuickKeys(): Promise<void> {
    const { keys } = await this.client.call('catalogue.quickKeys', {});
    this.facts.setState({ quickKeys: keys });
  }

  /** Prices or picture keys have come from the server. */
  async catalogueChanged(): Promise<void> {
    if (!this.facts.getState().status?.person) return;
    try {
      await this.refreshQuickKeys();
    } catch (error) {
      // The keys on the screen stay; the next connection asks again.
      if (!(error instanceof ApiError && error.code === 'connection_lost')) this.refuse(error);
    }
  }
}
