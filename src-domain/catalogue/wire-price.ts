import { z } from 'zod';
import { MAX_CENTS, cents } from '../money/cents.ts';
import { centsToWire, wireMoneySchema } from '../money/wire-decimal.ts';

const LARGEST = centsToWire(cents(MAX_CENTS));

/** A price, cost or deposit on the wire: a decimal that is not negative → `Cents`. */
export const wirePriceSchema = z.number().min(0).max(LARGEST).pipe(wireMoneySchema);

/** A price of nothing is a slip of the finger: at least one cent. */
export const wirePositivePriceSchema = z.number().min(0.01).max(LARGEST).pipe(wireMoneySchema);
