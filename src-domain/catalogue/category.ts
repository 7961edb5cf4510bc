/** The seed's item `category` (`wine`) is the lower-case form of a merchandise code (`WINE`). */
import { z } from 'zod';

/** Reads a category into its merchandise code. Capital letters are refused, so that each code has one form on the wire. */
export const wireCategorySchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,19}$/, 'not a category like wine: the merchandise code in lower case')
  .transform((category) => category.toUpperCase());

/** `WINE` → `wine` */
export function categoryOf(merchandiseCode: string): string {
  return merchandiseCode.toLowerCase();
}
