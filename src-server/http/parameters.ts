/** Schemas that several routes share. */
import { z } from 'zod';
import { locationIdSchema } from '#domain/identifiers.ts';
import { EVERYWHERE } from '../log/event-log.ts';

/** A location with a shop in it: the name of all of them together is none. */
export const shopLocationSchema = locationIdSchema.refine(
  (id) => id !== EVERYWHERE,
  `${EVERYWHERE} is no shop`,
);

/** A whole number in a query, where everything is text: `?limit=100`. */
export function wholeNumberText(minimum: number, maximum: number) {
  return z
    .string()
    .regex(/^\d{1,15}$/, 'not a whole number')
    .transform(Number)
    .pipe(z.int().min(minimum).max(maximum))
    .meta({ type: 'integer', minimum, maximum, pattern: undefined });
}
