/**
 * Cents ↔ the decimal numbers of the seed's wire shapes (`"total": 42.78`). The only place that converts.
 *
 * Exactness: an amount has at most two decimals and |cents| ≤ 10^9, so `cents / 100` is the double nearest to
 * the decimal, JSON prints the shortest text for that double (at most two decimals), and reading the text
 * yields the same double. Back, the decimal text is read digit by digit; nothing is multiplied by 100.
 */
import { z } from 'zod';
import { type Cents, MAX_CENTS, cents } from './cents.ts';

export function centsToWire(amount: Cents): number {
  return amount / 100;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d{1,2}))?$/;

/** Reads decimal text with at most two decimals (`12.5`, `0.05`); undefined when it is anything else. */
export function parseDecimal(text: string): Cents | undefined {
  const match = DECIMAL.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  const magnitude = Number(whole) * 100 + Number(fraction.padEnd(2, '0'));
  if (magnitude > MAX_CENTS) return undefined;
  return cents(sign === '-' ? -magnitude : magnitude);
}

/**
 * The exact inverse of {@link centsToWire}.
 * @throws {RangeError} when the number has more than two decimals or is too large: we do not guess a cent.
 */
export function centsFromWire(value: number): Cents {
  const amount = parseDecimal(String(value));
  if (amount === undefined) throw new RangeError(`Not an amount with at most two decimals: ${value}`);
  return amount;
}

/** Parses a wire decimal into cents. */
export const wireMoneySchema = z.number().transform((value, context): Cents => {
  const amount = parseDecimal(String(value));
  if (amount !== undefined) return amount;
  context.addIssue({ code: 'custom', message: 'not an amount with at most two decimals' });
  return z.NEVER;
});
