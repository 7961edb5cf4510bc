/** A promotion as the seed writes it: "Promotions - Combo" and "Promotions - Mix and Match". */
import { z } from 'zod';
import { assertNever } from '../assert-never.ts';
import { asReadFields } from '../catalogue/as-read.ts';
import { categoryOf, wireCategorySchema } from '../catalogue/category.ts';
import { wirePositivePriceSchema } from '../catalogue/wire-price.ts';
import { centsToWire } from '../money/wire-decimal.ts';
import { percentageToWire, wirePercentageSchema } from '../money/wire-percentage.ts';
import {
  type Promotion,
  comboPromotionSchema,
  promotionDateSchema,
  promotionIdSchema,
  promotionQuantitySchema,
  promotionSkusSchema,
} from './promotion.ts';

const buying = { buy_quantity: promotionQuantitySchema, buy_skus: promotionSkusSchema };

/** `discount_value` is percents (`10`) or dollars (`2.5`), as `discount_type` says. */
const comboRules = z.discriminatedUnion('discount_type', [
  z.strictObject({
    ...buying,
    discount_type: z.literal('percentage'),
    discount_value: wirePercentageSchema,
  }),
  z.strictObject({
    ...buying,
    discount_type: z.literal('amount'),
    discount_value: wirePositivePriceSchema,
  }),
]);

const mixMatchRules = z.strictObject({
  category: wireCategorySchema,
  quantity: promotionQuantitySchema,
  price: wirePositivePriceSchema,
  eligible_skus: promotionSkusSchema,
});

const head = { promotion_id: promotionIdSchema, name: comboPromotionSchema.shape.name };
const dates = { start_date: promotionDateSchema, end_date: promotionDateSchema };
const active = z.boolean();

const comboFields = { ...head, type: z.literal('combo'), ...dates, rules: comboRules, active };
const mixMatchFields = { ...head, type: z.literal('mix_match'), ...dates, rules: mixMatchRules, active };

/**
 * As an event carries it. Further fields of a later version are passed over, but not within `rules`: a rule with a
 * condition that we do not know must not be taken for the rule without it.
 */
export const wirePromotionSchema = z.discriminatedUnion('type', [
  z.object(comboFields),
  z.object(mixMatchFields),
]);

/** As the API takes it, always whole. Whether the dates are in order is asked where the promotion is stored. */
export const wirePromotionBodySchema = z.discriminatedUnion('type', [
  z.strictObject({ ...comboFields, ...asReadFields }),
  z.strictObject({ ...mixMatchFields, ...asReadFields }),
]);

export function promotionFromWire(wire: z.output<typeof wirePromotionSchema>): Promotion {
  const common = {
    promotionId: wire.promotion_id,
    name: wire.name,
    startDate: wire.start_date,
    endDate: wire.end_date,
    active: wire.active,
  };
  if (wire.type === 'combo') {
    const { rules } = wire;
    return {
      ...common,
      type: wire.type,
      rules: {
        buyQuantity: rules.buy_quantity,
        buySkus: rules.buy_skus,
        discount:
          rules.discount_type === 'percentage'
            ? { type: rules.discount_type, rate: rules.discount_value }
            : { type: rules.discount_type, amount: rules.discount_value },
      },
    };
  }
  const { rules } = wire;
  return {
    ...common,
    type: wire.type,
    rules: {
      merchandiseCode: rules.category,
      quantity: rules.quantity,
      price: rules.price,
      eligibleSkus: rules.eligible_skus,
    },
  };
}

/** As it stands on the wire: amounts and percentages are decimals. */
export type WirePromotionForm = z.input<typeof wirePromotionSchema>;
type WireComboRules = z.input<typeof comboRules>;

function comboRulesToWire({
  buyQuantity,
  buySkus,
  discount,
}: Extract<Promotion, { type: 'combo' }>['rules']): WireComboRules {
  const buying = { buy_quantity: buyQuantity, buy_skus: buySkus };
  switch (discount.type) {
    case 'percentage':
      return { ...buying, discount_type: discount.type, discount_value: percentageToWire(discount.rate) };
    case 'amount':
      return { ...buying, discount_type: discount.type, discount_value: centsToWire(discount.amount) };
    default:
      return assertNever(discount);
  }
}

/** Key order: the seed's. */
export function promotionToWire(promotion: Promotion): WirePromotionForm {
  const { promotionId: promotion_id, name, startDate: start_date, endDate: end_date, active } = promotion;
  switch (promotion.type) {
    case 'combo': {
      const rules = comboRulesToWire(promotion.rules);
      return { promotion_id, name, type: promotion.type, start_date, end_date, rules, active };
    }
    case 'mix_match': {
      const { merchandiseCode, quantity, price, eligibleSkus: eligible_skus } = promotion.rules;
      const rules = {
        category: categoryOf(merchandiseCode),
        quantity,
        price: centsToWire(price),
        eligible_skus,
      };
      return { promotion_id, name, type: promotion.type, start_date, end_date, rules, active };
    }
    default:
      return assertNever(promotion);
  }
}
