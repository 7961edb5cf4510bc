/** Basis points ↔ the percentages of the seed's wire shapes (`"discount_value": 10` is 1,000 basis points), exactly. */
import { z } from 'zod';
import { type BasisPoints, BASIS_POINTS_PER_WHOLE, basisPoints } from './basis-points.ts';
import { parseDecimal } from './wire-decimal.ts';

/** `1000` → `10`. Exact for the same reason as `centsToWire`: at most two decimals. */
export function percentageToWire(rate: BasisPoints): number {
  return rate / 100;
}

/** Reads a percentage above 0 and up to 100 with at most two decimals, digit by digit. */
export const wirePercentageSchema = z
  .number()
  .min(0.01)
  .max(100)
  .transform((value, context): BasisPoints => {
    // Two decimals of a percentage are hundredths of it, as two decimals of an amount are cents.
    const hundredths = parseDecimal(String(value));
    if (hundredths !== undefined && hundredths <= BASIS_POINTS_PER_WHOLE) return basisPoints(hundredths);
    context.addIssue({ code: 'custom', message: 'not a percentage with at most two decimals' });
    return z.NEVER;
  });
