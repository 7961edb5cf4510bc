/**
 * What the shop gives away and when, after the seed's "Promotions - Combo" and "Promotions - Mix and Match".
 * Amounts in cents, rates in basis points, quantities in whole units.
 */
import { z } from 'zod';
import { MAX_QUANTITY } from '../catalogue/item.ts';
import { calendarDateSchema, merchandiseCodeSchema, plainText, skuSchema } from '../identifiers.ts';
import { basisPointsSchema } from '../money/basis-points.ts';
import { nonNegativeCentsSchema } from '../money/cents.ts';

/** Items that one promotion names, at most. */
export const MAX_PROMOTION_SKUS = 500;

/** `PROMO-001` */
export const promotionIdSchema = z.string().regex(/^[A-Z0-9][A-Z0-9._-]{0,39}$/, 'not a promotion id');

/** In the order in which the promotion was written. */
export const promotionSkusSchema = z
  .array(skuSchema)
  .min(1)
  .max(MAX_PROMOTION_SKUS)
  .refine((skus) => new Set(skus).size === skus.length, 'names a SKU twice');

export const promotionQuantitySchema = z.int().min(1).max(MAX_QUANTITY);

/** The first century of shops with tills: what lies before is a slip of the finger, and year 0 no date to a database. */
export const promotionDateSchema = calendarDateSchema.refine((date) => date >= '1900-01-01', 'before 1900');

const common = {
  promotionId: promotionIdSchema,
  name: plainText(80),
  /** First day, `2024-12-01`: the business date of the shop, whatever its time zone. */
  startDate: promotionDateSchema,
  /** Last day, inclusive. */
  endDate: promotionDateSchema,
  active: z.boolean(),
};

/** "Buy 2 bottles, get 10% off" */
export const comboPromotionSchema = z.object({
  ...common,
  type: z.literal('combo'),
  rules: z.object({
    /** Units of `buySkus`, in any mixture, that make one deal. */
    buyQuantity: promotionQuantitySchema,
    buySkus: promotionSkusSchema,
    discount: z.discriminatedUnion('type', [
      /** Off the price of the units of the deal. */
      z.object({ type: z.literal('percentage'), rate: basisPointsSchema }),
      /** Off each deal. */
      z.object({ type: z.literal('amount'), amount: nonNegativeCentsSchema }),
    ]),
  }),
});

/** "Any 6 beers for $9.99" */
export const mixMatchPromotionSchema = z.object({
  ...common,
  type: z.literal('mix_match'),
  rules: z.object({
    merchandiseCode: merchandiseCodeSchema,
    /** Units of `eligibleSkus`, in any mixture, that make one deal. */
    quantity: promotionQuantitySchema,
    /** Of the whole deal. */
    price: nonNegativeCentsSchema,
    eligibleSkus: promotionSkusSchema,
  }),
});

export const promotionSchema = z.discriminatedUnion('type', [comboPromotionSchema, mixMatchPromotionSchema]);
export type Promotion = z.infer<typeof promotionSchema>;

/** Both dates are days of the promotion, so one day is a promotion too. */
export function endsBeforeItStarts({ startDate, endDate }: Promotion): boolean {
  return endDate < startDate;
}

export function skusOf(promotion: Promotion): readonly string[] {
  return promotion.type === 'combo' ? promotion.rules.buySkus : promotion.rules.eligibleSkus;
}
