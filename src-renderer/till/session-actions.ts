import { pressDigits } from '../entry/digits.ts';
import { emptied } from '../view/view.ts';
import type { TillCore } from './core.ts';

/** As long as the contract lets a PIN be. */
const MAX_PIN_DIGITS = 32;

export class SessionActions {
  readonly #core: TillCore;

  constructor(core: TillCore) {
    this.#core = core;
  }

  pressPin(pressed: string): void {
    this.#core.view.setState((view) => ({
      pinDigits: pressDigits(view.pinDigits, pressed, MAX_PIN_DIGITS),
    }));
  }

  /** Whatever the answer, the digits are gone from the screen. */
  async signIn(): Promise<void> {
    const pin = this.#core.view.getState().pinDigits;
    if (pin === '' || this.#core.facts.getState().underWay !== null) return;
    this.#core.facts.setState({ underWay: 'sign_in' });
    const person = await this.#core.attempt(() => this.#core.client.call('session.signIn', { pin }));
    this.#core.facts.setState({ underWay: null });
    this.#core.view.setState(person ? emptied() : { pinDigits: '' });
    if (person) await this.#core.refreshStatus();
  }

  async signOut(): Promise<void> {
    const answer = await this.#core.attempt(() => this.#core.client.call('session.signOut', {}));
    if (!answer) return;
    this.#core.view.setState(emptied());
    this.#core.facts.setState({ completed: null, reprinted: null, sale: null });
    await this.#core.refreshStatus();
  }
}
