import { withoutSearch } from '../view/view.ts';
import type { TillCore } from './core.ts';
import type { SaleActions } from './sale-actions.ts';

/** More than fit on the screen; who has not found it among these types another letter. */
const MAX_RESULTS = 24;
const MAX_TEXT = 100;
/** A barcode typed by hand, or a scanner slower than any that the detector knows. */
const TYPED_BARCODE = /^\d{7,14}$/;

export class SearchActions {
  readonly #core: TillCore;
  readonly #sale: SaleActions;

  constructor(core: TillCore, sale: SaleActions) {
    this.#core = core;
    this.#sale = sale;
  }

  async type(text: string): Promise<void> {
    const searchText = text.slice(0, MAX_TEXT);
    this.#core.view.setState({ searchText, activeResult: 0 });
    if (searchText.trim() === '') {
      this.#core.view.setState({ results: [], resultsFor: searchText });
      return;
    }
    try {
      // Not in line with the calls on the sale: letters must not wait for them, and only the last answer counts.
      const { items } = await this.#core.client.call('catalogue.search', {
        text: searchText,
        limit: MAX_RESULTS,
      });
      if (this.#core.view.getState().searchText === searchText) {
        this.#core.view.setState({ results: items, resultsFor: searchText });
      }
    } catch (error) {
      this.#core.refuse(error);
    }
  }

  clear(): void {
    this.#core.view.setState(withoutSearch());
  }

  move(by: 1 | -1): void {
    this.#core.view.setState(({ activeResult, results }) => ({
      activeResult: Math.min(Math.max(activeResult + by, 0), Math.max(results.length - 1, 0)),
    }));
  }

  /**
   * Enter in the search: the active result is added. The results may still answer fewer letters than
   * are typed, so those for the whole text are asked for first.
   */
  async choose(): Promise<void> {
    const { searchText, resultsFor } = this.#core.view.getState();
    if (resultsFor !== searchText) await this.type(searchText);
    const { results, activeResult, searchText: text } = this.#core.view.getState();
    const chosen = results[activeResult];
    if (chosen) {
      await this.#sale.add(chosen.sku);
    } else if (TYPED_BARCODE.test(text.trim())) {
      this.clear();
      await this.#sale.scan(text.trim());
    }
  }
}
