import { z } from 'zod';

declare const basisPointsBrand: unique symbol;

/** A rate in hundredths of a percent: 700 is 7 %. */
export type BasisPoints = number & { readonly [basisPointsBrand]: true };

export const BASIS_POINTS_PER_WHOLE = 10_000;

/** @throws {RangeError} when `value` is not an integer from 0 (free) to 10,000 (all of it). */
export function basisPoints(value: number): BasisPoints {
  if (!Number.isInteger(value) || value < 0 || value > BASIS_POINTS_PER_WHOLE) {
    throw new RangeError(`Not a rate in basis points: ${value}`);
  }
  return value as BasisPoints;
}

export const basisPointsSchema = z
  .int()
  .min(0)
  .max(BASIS_POINTS_PER_WHOLE)
  .transform((value) => basisPoints(value));
