import { type Cents, cents } from '#domain/money/cents.ts';
import { pressDigits } from './digits.ts';

/** 99,999.99: no customer hands over more in notes. */
const MAX_DIGITS = 7;

/** The digits of an amount in cents: 5, 0, 0, 0 is 50.00, as on every till. A leading zero is nothing typed yet. */
export function pressCash(digits: string, pressed: string): string {
  return pressDigits(digits, digits === '' ? pressed.replace(/^0+/, '') : pressed, MAX_DIGITS);
}

/** The typed amount; null while nothing is typed. */
export function cashAmount(digits: string): Cents | null {
  return digits === '' ? null : cents(Number(digits));
}

/** What Enter tenders: the typed amount, or the exact total when nothing is typed. Null while it is less than the total. */
export function tenderable(digits: string, total: Cents): Cents | null {
  const amount = cashAmount(digits) ?? total;
  return amount >= total ? amount : null;
}
