/** What is answered: the wire forms of the domain as plain schemas, with the version and when it was made. */
import { z } from 'zod';
import type { WireItemForm } from '#domain/catalogue/item-wire.ts';
import type { WireMerchandiseCodeForm } from '#domain/catalogue/merchandise-code-wire.ts';
import { instantSchema } from '#domain/identifiers.ts';
import type { WirePromotionForm } from '#domain/promotions/promotion-wire.ts';
import type { Versioned } from './versioned.ts';

const amount = z.number();
const stamp = { version: z.int(), updated_at: instantSchema };

export function stampOf({ version, updatedAt }: Versioned<unknown>) {
  return { version, updated_at: updatedAt.toISOString() };
}

export const itemAnswer = z.strictObject({
  sku: z.string(),
  name: z.string(),
  category: z.string(),
  cost: amount,
  price: amount,
  case_size: z.int(),
  active: z.boolean(),
  barcodes: z.array(z.string()).describe('14-digit GTINs'),
  minimum_age: z.int().nullable(),
  deposit: amount,
  reorder_point: z.int(),
  ...stamp,
}) satisfies z.ZodType<WireItemForm>;

export const merchandiseCodeAnswer = z.strictObject({
  code: z.string(),
  description: z.string(),
  tax_category: z.string(),
  gl_account: z.string(),
  tax_rate: z.int().describe('Basis points'),
  ...stamp,
}) satisfies z.ZodType<WireMerchandiseCodeForm>;

const promotion = {
  promotion_id: z.string(),
  name: z.string(),
  start_date: z.iso.date(),
  end_date: z.iso.date(),
  active: z.boolean(),
  ...stamp,
};

export const promotionAnswer = z.discriminatedUnion('type', [
  z.strictObject({
    ...promotion,
    type: z.literal('combo'),
    rules: z.strictObject({
      buy_quantity: z.int(),
      buy_skus: z.array(z.string()),
      discount_type: z.enum(['percentage', 'amount']),
      discount_value: z.number(),
    }),
  }),
  z.strictObject({
    ...promotion,
    type: z.literal('mix_match'),
    rules: z.strictObject({
      category: z.string(),
      quantity: z.int(),
      price: amount,
      eligible_skus: z.array(z.string()),
    }),
  }),
]) satisfies z.ZodType<WirePromotionForm>;
