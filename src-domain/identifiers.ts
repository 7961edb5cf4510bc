import { z } from 'zod';

/** Printable text without control characters and whole in UTF-16: it can be printed, logged and stored as JSONB. */
export function plainText(maximumLength: number) {
  return z
    .string()
    .min(1)
    .max(maximumLength)
    .refine((text) => text.isWellFormed() && !/\p{Cc}/u.test(text), 'contains control characters');
}

/** Stock keeping unit as the back office names it: `WINE-CAB-001`. */
export const skuSchema = z.string().regex(/^[A-Z0-9][A-Z0-9._/-]{0,39}$/, 'not a SKU');
export type Sku = z.infer<typeof skuSchema>;

/** Merchandise code (department): `WINE`. The seed's item `category` is its lower-case form. */
export const merchandiseCodeSchema = z.string().regex(/^[A-Z0-9][A-Z0-9_-]{0,19}$/, 'not a merchandise code');

/** `STORE-001` */
export const locationIdSchema = z.string().regex(/^[A-Z0-9][A-Z0-9-]{0,29}$/, 'not a location id');

/** `T1`. Letters and digits only, because receipt numbers join it with hyphens. */
export const terminalIdSchema = z.string().regex(/^[A-Z0-9]{1,12}$/, 'not a terminal id');

/** UTC instant with milliseconds as `Date.prototype.toISOString` prints it. */
export const instantSchema = z.iso.datetime({ precision: 3 });

/** Calendar date, `1990-12-31`. Zod refuses the 31st of February. */
export const calendarDateSchema = z.iso.date();
