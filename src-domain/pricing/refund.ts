/** What a part of a line is worth when it comes back. */
import { type Cents, cents, subtractCents } from '../money/cents.ts';
import { roundRatio } from '../money/rounding.ts';

/** What has come back of a line already. */
export interface Returned {
  readonly units: number;
  readonly amount: Cents;
}

/**
 * The worth of `units` more of a line. Whatever the parts, in whatever order, they add up to `paid` to the cent when all
 * of the line is back: each is the rounded share of all that is back then, less what was given back before.
 * @param paid what the whole line cost: amount, deposit and tax
 * @throws {RangeError} when more would come back than was sold
 */
export function refundOfUnits(paid: Cents, quantity: number, before: Returned, units: number): Cents {
  if (before.units < 0 || units < 1 || before.units + units > quantity) {
    throw new RangeError(`${before.units} + ${units} of ${quantity} units cannot come back`);
  }
  const share = cents(roundRatio(paid * (before.units + units), quantity));
  // Below zero only where a refund failed between two others and took its smaller share with it.
  return cents(Math.max(0, subtractCents(share, before.amount)));
}
