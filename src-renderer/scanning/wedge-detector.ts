/**
 * Tells a keyboard-wedge scanner from a person. A scanner types like a keyboard, but faster than any hand: its keys
 * arrive at most 35 ms apart and end with Enter or Tab. So every printable key is held for a moment:
 *
 *   a key arrives ──► held ──► next key within 35 ms ──► held with it … ──► Enter within 35 ms, 4 keys or more ──► a scan
 *                      │                                                        otherwise ──► typed, then the Enter
 *                      └────► nothing for 45 ms, or a key that is not printable ──► typed
 *
 * Nothing a person types is lost and the order is kept; no key of a scan ever reaches a field.
 */

/** Slowest scanners in the field send a key every 15–25 ms; the fastest typists stay above 50 ms. */
export const MAX_SCAN_GAP_MS = 35;
/** A held key is handed over as typed after this time. Above the gap, so that a timer never races with the next key. */
export const HOLD_MS = 45;
/** Shorter bursts are a person rolling over keys; the shortest product code has 6 digits. */
export const MIN_SCAN_LENGTH = 4;
/**
 * No hand types this many keys in a row that quickly: a scanner that sends no Enter, or a book held under it. It goes to
 * the terminal, which refuses it, instead of flooding a field.
 */
export const MAX_TYPED_BURST = 100;
/** As much as the terminal takes; more of the same scan is swallowed. */
export const MAX_SCAN_LENGTH = 65_536;

export interface KeyPress {
  /** `KeyboardEvent.key` */
  readonly key: string;
  /** When it was pressed, in milliseconds of a clock that never runs back. */
  readonly at: number;
  /** The key is held down and repeats itself. */
  readonly repeat: boolean;
  /** Control, Alt or Meta is down, or an input method is composing: none of our business. */
  readonly untouchable: boolean;
}

/** `held`: the detector has taken the key, nobody else may see it. `left`: the key goes its ordinary way. */
export type Verdict = 'held' | 'left';

export interface Timers {
  start(after: number, callback: () => void): unknown;
  stop(timer: unknown): void;
}

export interface WedgeListener {
  onScan(code: string): void;
  /** One printable character. */
  onTyped(character: string): void;
}

const MODIFIERS = new Set(['Shift', 'CapsLock', 'AltGraph', 'NumLock', 'Control', 'Alt', 'Meta', 'Fn']);

function isCharacter(key: string): boolean {
  // Emoji keys and letters beyond the first plane are one character in two units.
  return Array.from(key).length === 1;
}

function isTerminator(key: string): boolean {
  return key === 'Enter' || key === 'Tab';
}

export class WedgeDetector {
  readonly #listener: WedgeListener;
  readonly #timers: Timers;
  #held: string[] = [];
  #lastAt = Number.NEGATIVE_INFINITY;
  #scannedAt = Number.NEGATIVE_INFINITY;
  #timer: unknown;

  constructor(listener: WedgeListener, timers: Timers) {
    this.#listener = listener;
    this.#timers = timers;
  }

  press(press: KeyPress): Verdict {
    if (MODIFIERS.has(press.key)) return 'left';
    const quick = press.at - this.#lastAt <= MAX_SCAN_GAP_MS;
    if (press.untouchable) {
      // A scanner sends control characters as Control with a letter; in the middle of a burst that must not spill the burst into a field.
      if (!quick || this.#held.length < MIN_SCAN_LENGTH) this.flush();
      return 'left';
    }
    if (isTerminator(press.key)) return this.#end(press, quick);
    if (!isCharacter(press.key)) {
      this.flush();
      return 'left';
    }
    return this.#hold(press, quick);
  }

  /** Hands over what is held, now: as typed, unless no hand can have typed it. */
  flush(): void {
    const typed = this.#take();
    if (typed.length > MAX_TYPED_BURST) {
      this.#listener.onScan(typed.join('').slice(0, MAX_SCAN_LENGTH));
      return;
    }
    for (const character of typed) this.#listener.onTyped(character);
  }

  #hold(press: KeyPress, quick: boolean): Verdict {
    if (!quick) this.flush();
    if (press.repeat) {
      // A key held down repeats as quickly as a scanner sends, and the hand must see it at once.
      this.flush();
      this.#listener.onTyped(press.key);
      return 'held';
    }
    this.#lastAt = press.at;
    if (this.#held.length < MAX_SCAN_LENGTH) this.#held.push(press.key);
    this.#restartTimer();
    return 'held';
  }

  #end(press: KeyPress, quick: boolean): Verdict {
    if (quick && !press.repeat && this.#held.length >= MIN_SCAN_LENGTH) {
      const code = this.#take().join('').slice(0, MAX_SCAN_LENGTH);
      this.#scannedAt = press.at;
      this.#listener.onScan(code);
      return 'held';
    }
    // Scanners set to send CR and LF press Enter twice: the second one must not open the payment.
    if (this.#held.length === 0 && press.at - this.#scannedAt <= MAX_SCAN_GAP_MS) {
      this.#scannedAt = press.at;
      return 'held';
    }
    this.flush();
    return 'left';
  }

  #take(): readonly string[] {
    this.#timers.stop(this.#timer);
    this.#timer = undefined;
    const held = this.#held;
    this.#held = [];
    this.#lastAt = Number.NEGATIVE_INFINITY;
    return held;
  }

  #restartTimer(): void {
    this.#timers.stop(this.#timer);
    this.#timer = this.#timers.start(HOLD_MS, () => this.flush());
  }
}
