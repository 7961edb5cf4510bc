import { z } from 'zod';

declare const centsBrand: unique symbol;

/** An amount of money in integer minor units (US cents). May be negative: discounts, refunds, change due. */
export type Cents = number & { readonly [centsBrand]: true };

/**
 * The largest amount the till handles, either sign: ten million dollars. Far above any sale, and low enough
 * that amount × quantity × basis points stays an exact integer in a double.
 */
export const MAX_CENTS = 1_000_000_000;

/**
 * The one gate through which a number becomes money.
 * @throws {RangeError} when `value` is not an integer within ±{@link MAX_CENTS}.
 */
export function cents(value: number): Cents {
  if (!Number.isInteger(value) || Math.abs(value) > MAX_CENTS) {
    throw new RangeError(`Not an amount of money in whole cents: ${value}`);
  }
  // `+ 0` turns -0 into 0, so that two equal amounts are also the same value to Object.is and to JSON.
  return (value + 0) as Cents;
}

export const ZERO = cents(0);

/** Parses an integer number of cents. */
export const centsSchema = z
  .int()
  .min(-MAX_CENTS)
  .max(MAX_CENTS)
  .transform((value) => cents(value));

/** An amount that cannot be negative: a price, a cost, a tendered amount. */
export const nonNegativeCentsSchema = z
  .int()
  .min(0)
  .max(MAX_CENTS)
  .transform((value) => cents(value));

export function addCents(...amounts: readonly Cents[]): Cents {
  let sum = 0;
  for (const amount of amounts) sum += amount;
  return cents(sum);
}

export function subtractCents(from: Cents, amount: Cents): Cents {
  return cents(from - amount);
}

export function negateCents(amount: Cents): Cents {
  return cents(0 - amount);
}

/** Unit price × whole quantity. @throws {RangeError} when the quantity is no integer or the product too large. */
export function multiplyCents(unit: Cents, quantity: number): Cents {
  if (!Number.isInteger(quantity)) throw new RangeError(`Not a whole quantity: ${quantity}`);
  return cents(unit * quantity);
}
