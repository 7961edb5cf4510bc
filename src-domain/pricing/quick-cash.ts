import { type Cents, cents } from '../money/cents.ts';

/** US notes a customer hands over, in cents, and the dollar as the next whole amount. */
const NOTES = [100, 500, 1_000, 2_000, 5_000, 10_000] as const;
const MOST_SUGGESTIONS = 5;

/** The exact amount first, then what a customer would hand over next: 42.78 → 42.78, 43, 45, 50, 60. */
export function quickCashAmounts(total: Cents): Cents[] {
  const amounts = new Set<number>([total]);
  for (const note of NOTES) amounts.add(roundUpTo(total, note));
  return [...amounts]
    .sort((a, b) => a - b)
    .slice(0, MOST_SUGGESTIONS)
    .map((amount) => cents(amount));
}

/** Whole notes are no fraction of a cent: this finds a multiple and rounds no money. */
function roundUpTo(amount: number, step: number): number {
  const remainder = amount % step;
  return remainder === 0 ? amount : amount - remainder + step;
}
