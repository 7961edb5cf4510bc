/**
 * How long a new payment takes no Enter that would take the exact amount, in milliseconds. Longer than a key bounces and
 * a hand takes for a double tap; shorter than anybody needs to read the amount due and to take the money.
 */
export const SETTLING_MS = 400;

interface EnterPress {
  /** What has been typed as cash received. */
  readonly digits: string;
  /** When the payment appeared, and when the key went down: milliseconds of one clock. */
  readonly shownAt: number;
  readonly pressedAt: number;
}

/**
 * Whether an Enter in the cash tender is meant. With nothing typed it pays the exact amount, so the second press of a
 * bouncing or doubly tapped Enter on Pay would commit a sale that nobody has paid. Typed digits make it deliberate.
 * A key that went down before the payment appeared, and was heard of later, is never meant for it.
 */
export function isEnterMeant({ digits, shownAt, pressedAt }: EnterPress): boolean {
  return digits !== '' || pressedAt - shownAt >= SETTLING_MS;
}
