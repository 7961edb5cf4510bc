/** The only file that rounds. Half away from zero, as a customer with a pencil would do it. */
import { type BasisPoints, BASIS_POINTS_PER_WHOLE } from './basis-points.ts';
import { type Cents, cents } from './cents.ts';

/**
 * `numerator / denominator` rounded half away from zero, in integers throughout.
 * @throws {RangeError} when an operand is not a safe integer or the denominator is not positive.
 */
export function roundRatio(numerator: number, denominator: number): number {
  if (!Number.isSafeInteger(numerator) || !Number.isSafeInteger(denominator) || denominator <= 0) {
    throw new RangeError(`Cannot round ${numerator} / ${denominator}: operands must be safe integers`);
  }
  const magnitude = Math.abs(numerator);
  const remainder = magnitude % denominator;
  const quotient = (magnitude - remainder) / denominator;
  const rounded = remainder * 2 >= denominator ? quotient + 1 : quotient;
  return (numerator < 0 ? -rounded : rounded) + 0;
}

/** `amount × rate`, rounded to the cent: 39.98 at 7 % is 2.80. */
export function applyRate(amount: Cents, rate: BasisPoints): Cents {
  return cents(roundRatio(amount * rate, BASIS_POINTS_PER_WHOLE));
}

/**
 * Splits `total` over `weights` in proportion so that the parts add up to `total` to the cent (largest
 * remainder; on equal remainders the earlier part receives the cent, so that the result is deterministic).
 * When all weights are zero the whole goes to the first part.
 * @throws {RangeError} when a weight is negative or no safe integer, or when there is nothing to split over.
 */
export function allocate(total: Cents, weights: readonly number[]): Cents[] {
  if (weights.length === 0) {
    if (total !== 0) throw new RangeError(`Cannot allocate ${total} over no parts`);
    return [];
  }
  if (weights.some((weight) => !Number.isSafeInteger(weight) || weight < 0)) {
    throw new RangeError('Weights must be non-negative integers');
  }
  // BigInt because total × weight may pass 2^53 on long carts; this is not on the scan path of a single line.
  const weightSum = weights.reduce((sum, weight) => sum + BigInt(weight), 0n);
  if (weightSum === 0n) return weights.map((_, index) => cents(index === 0 ? total : 0));
  const magnitude = BigInt(Math.abs(total));
  const shares = weights.map((weight, index) => {
    const product = magnitude * BigInt(weight);
    return { index, floor: product / weightSum, remainder: product % weightSum };
  });
  let left = magnitude - shares.reduce((sum, share) => sum + share.floor, 0n);
  const byRemainder = [...shares].sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  for (const share of byRemainder) {
    if (left === 0n) break;
    share.floor += 1n;
    left -= 1n;
  }
  const sign = total < 0 ? -1 : 1;
  return shares.map((share) => cents(sign * Number(share.floor)));
}
