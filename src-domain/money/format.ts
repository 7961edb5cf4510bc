import { type Cents, negateCents } from './cents.ts';

/** A real minus sign: a hyphen is too short to be seen in a column of figures. */
export const MINUS = '\u2212';

/** `1234567` → `12,345.67`; negative amounts carry a real minus sign. No currency sign. */
export function formatCents(amount: Cents, minus: string = MINUS): string {
  const digits = String(Math.abs(amount)).padStart(3, '0');
  const whole = digits.slice(0, -2).replaceAll(/\B(?=(\d{3})+$)/g, ',');
  return `${amount < 0 ? minus : ''}${whole}.${digits.slice(-2)}`;
}

/** `formatCents` with the dollar sign, for the places where a figure stands alone. */
export function formatDollars(amount: Cents): string {
  return amount < 0 ? `${MINUS}$${formatCents(negateCents(amount))}` : `$${formatCents(amount)}`;
}
