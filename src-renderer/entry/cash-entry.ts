import { type Cents, cents } from '#domain/money/cents.ts';
import { pressDigits } from './digits.ts';

/** 99,999.99: no customer hands over more in notes. */
const AMOUNT_DIGITS = 7;
/** More than an amount has, so that a barcode that was typed here, by hand or by a slow scanner, is seen to be none. */
const MAX_DIGITS = 20;

/** The digits of an amount in cents: 5, 0, 0, 0 is 50.00, as on every till. */
export function pressCash(digits: string, pressed: string): string {
  return pressDigits(digits, pressed, MAX_DIGITS);
}

export type CashEntry =
  | { readonly state: 'nothing' }
  | { readonly state: 'amount'; readonly amount: Cents }
  /** More digits than money has. Never cut down to an amount: half a barcode must not be taken for cash. */
  | { readonly state: 'too_long' };

/** What the digits mean. Zeros alone are nothing typed yet. */
export function cashEntry(digits: string): CashEntry {
  if (digits.length > AMOUNT_DIGITS) return { state: 'too_long' };
  const amount = cents(Number(digits));
  return amount === 0 ? { state: 'nothing' } : { state: 'amount', amount };
}

/** What Enter tenders: the typed amount, or the exact total when nothing is typed. Null while it cannot pay the total. */
export function tenderable(digits: string, total: Cents): Cents | null {
  const entry = cashEntry(digits);
  if (entry.state === 'too_long') return null;
  const amount = entry.state === 'nothing' ? total : entry.amount;
  return amount >= total ? amount : null;
}
