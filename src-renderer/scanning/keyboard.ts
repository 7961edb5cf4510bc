import { focusedField, typeInto } from './type-into.ts';
import { WedgeDetector } from './wedge-detector.ts';

/** Takes a typed character; false when it has no use for it, and the one below is asked. */
export type TypingReceiver = (character: string) => boolean;

/**
 * The page's keyboard: scans go to the sale whatever has the focus, typed characters to where typing goes on the
 * present screen. The receiver that was put on last is asked first.
 */
export class Keyboard {
  readonly #detector: WedgeDetector;
  #receivers: readonly TypingReceiver[] = [];

  constructor(onScan: (code: string) => void) {
    this.#detector = new WedgeDetector(
      { onScan, onTyped: (character) => this.#typed(character) },
      {
        start: (after, callback) => window.setTimeout(callback, after),
        stop: (timer) => {
          if (typeof timer === 'number') window.clearTimeout(timer);
        },
      },
    );
  }

  listen(page: Window): () => void {
    const onKeyDown = (event: KeyboardEvent): void => {
      const verdict = this.#detector.press({
        key: event.key,
        // When the key was pressed, not when the page came to hear of it: a busy page must not tear a scan apart.
        at: event.timeStamp,
        repeat: event.repeat,
        untouchable: isUntouchable(event),
      });
      if (verdict === 'left') return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    page.addEventListener('keydown', onKeyDown, { capture: true });
    return () => page.removeEventListener('keydown', onKeyDown, { capture: true });
  }

  /** @returns a function that takes the receiver off again */
  receive(receiver: TypingReceiver): () => void {
    this.#receivers = [receiver, ...this.#receivers];
    return () => {
      this.#receivers = this.#receivers.filter((other) => other !== receiver);
    };
  }

  #typed(character: string): void {
    if (character === ' ' && pressFocusedButton()) return;
    if (this.#receivers.some((receiver) => receiver(character))) return;
    const field = focusedField();
    if (field) typeInto(field, character);
  }
}

/** The Space that the detector held back would have pressed the button that has the focus. */
function pressFocusedButton(): boolean {
  const focused = document.activeElement;
  if (!(focused instanceof HTMLButtonElement)) return false;
  focused.click();
  return true;
}

function isUntouchable(event: KeyboardEvent): boolean {
  // AltGr counts as Control and Alt, and types ordinary characters on many keyboards.
  const shortcut = (event.ctrlKey || event.altKey || event.metaKey) && !event.getModifierState('AltGraph');
  return shortcut || event.isComposing || event.key === 'Process' || event.key === 'Dead';
}
