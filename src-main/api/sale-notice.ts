import { z } from 'zod';
import { skuSchema } from '#domain/identifiers.ts';
import { centsSchema } from '#domain/money/cents.ts';

const about = { sku: skuSchema, name: z.string() };

/** What the server changed in an open sale. It stays on the screen until somebody has read it or the sale has ended. */
export const saleNoticeSchema = z.discriminatedUnion('kind', [
  /** Of one unit. */
  z.object({ kind: z.literal('price'), ...about, from: centsSchema, to: centsSchema }),
  z.object({ kind: z.literal('deposit'), ...about, from: centsSchema, to: centsSchema }),
  z.object({ kind: z.literal('tax'), ...about }),
  /** The item is no longer sold; its line was taken off. */
  z.object({ kind: z.literal('withdrawn'), ...about }),
]);
export type SaleNotice = z.infer<typeof saleNoticeSchema>;
