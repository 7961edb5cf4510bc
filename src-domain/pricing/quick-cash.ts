import { type Cents, cents } from '../money/cents.ts';

/** What a customer hands over is a heap of one kind of US note, in cents. */
const NOTES = [500, 1_000, 2_000, 5_000, 10_000] as const;
const ONE_DOLLAR = 100;
/** From here on nobody counts out single dollars: 68.03 is paid with 70, never with 69. */
const NO_SINGLES_FROM = 500;
const MOST_SUGGESTIONS = 5;

/** The exact amount first, then what a customer would hand over next: 42.78 → 42.78, 45, 50, 60, 100. */
export function quickCashAmounts(total: Cents): Cents[] {
  const amounts = new Set<number>([total]);
  if (total < NO_SINGLES_FROM) amounts.add(roundUpTo(total, ONE_DOLLAR));
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
