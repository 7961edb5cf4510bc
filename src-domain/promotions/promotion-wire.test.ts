import { describe, expect, it } from 'vitest';
import comboContract from './contracts/promotion-combo.json' with { type: 'json' };
import mixMatchContract from './contracts/promotion-mix-match.json' with { type: 'json' };
import { MAX_PROMOTION_SKUS, endsBeforeItStarts, promotionSchema, skusOf } from './promotion.ts';
import {
  promotionFromWire,
  promotionToWire,
  wirePromotionBodySchema,
  wirePromotionSchema,
} from './promotion-wire.ts';

const combo = comboContract.request;
const mixMatch = mixMatchContract.request;
const read = (body: unknown) => promotionFromWire(wirePromotionBodySchema.parse(body));
const withRules = (rules: object) => ({ ...combo, rules: { ...combo.rules, ...rules } });

describe("the seed's promotions", () => {
  it.each([
    ['combo', combo],
    ['mix and match', mixMatch],
  ])('%s is read and written as the sample has it', (_name, sample) => {
    const promotion = read(sample);
    expect(promotionSchema.parse(promotion)).toEqual(promotion);
    expect(JSON.stringify(promotionToWire(promotion))).toBe(JSON.stringify(sample));
  });

  it('hold cents and basis points inside', () => {
    expect(read(combo).rules).toEqual({
      buyQuantity: 2,
      buySkus: ['WINE-CAB-001', 'WINE-CHARD-002'],
      discount: { type: 'percentage', rate: 1000 },
    });
    expect(read(mixMatch).rules).toMatchObject({ merchandiseCode: 'BEER', quantity: 6, price: 999 });
    expect(read(withRules({ discount_type: 'amount', discount_value: 2.5 })).rules).toMatchObject({
      discount: { type: 'amount', amount: 250 },
    });
    expect(skusOf(read(mixMatch))).toEqual(mixMatch.rules.eligible_skus);
  });

  it('carry every percentage of two decimals exactly', () => {
    for (let rate = 1; rate <= 10_000; rate += 1) {
      const promotion = promotionSchema.parse({
        ...read(combo),
        rules: { ...read(combo).rules, discount: { type: 'percentage', rate } },
      });
      const text = JSON.stringify(promotionToWire(promotion));
      expect(read(JSON.parse(text))).toEqual(promotion);
    }
  });

  it('last one day at least', () => {
    const lasting = (start_date: string, end_date: string) => read({ ...combo, start_date, end_date });
    expect(endsBeforeItStarts(lasting('2024-12-31', '2024-12-31'))).toBe(false);
    expect(endsBeforeItStarts(lasting('2024-12-31', '2024-12-30'))).toBe(true);
    expect(endsBeforeItStarts(lasting('2024-12-31', '2025-01-01'))).toBe(false);
  });
});

describe('a bad promotion', () => {
  const many = Array.from({ length: MAX_PROMOTION_SKUS + 1 }, (_, index) => `SKU-${index}`);

  it.each([
    ['an unknown type', { ...combo, type: 'bogo' }, 'type'],
    ['the rules of the other type', { ...combo, rules: mixMatch.rules }, 'rules.discount_type'],
    ['the 31st of February', { ...combo, start_date: '2024-02-31' }, 'start_date'],
    ['a date with a time', { ...combo, end_date: '2024-12-31T00:00:00Z' }, 'end_date'],
    ['the year 0', { ...combo, start_date: '0000-01-01' }, 'start_date'],
    ['no name', { ...combo, name: '' }, 'name'],
    ['an id with blanks', { ...combo, promotion_id: 'PROMO 1' }, 'promotion_id'],
    ['no items', withRules({ buy_skus: [] }), 'rules.buy_skus'],
    ['an item twice', withRules({ buy_skus: ['A', 'A'] }), 'rules.buy_skus'],
    ['too many items', withRules({ buy_skus: many }), 'rules.buy_skus'],
    ['a quantity of 0', withRules({ buy_quantity: 0 }), 'rules.buy_quantity'],
    ['0 percent', withRules({ discount_value: 0 }), 'rules.discount_value'],
    ['101 percent', withRules({ discount_value: 101 }), 'rules.discount_value'],
    ['a third decimal', withRules({ discount_value: 10.005 }), 'rules.discount_value'],
    ['an unknown discount', withRules({ discount_type: 'points', discount_value: 1 }), 'rules.discount_type'],
    [
      'an amount below a cent',
      withRules({ discount_type: 'amount', discount_value: 0.001 }),
      'rules.discount_value',
    ],
    ['a price of nothing', { ...mixMatch, rules: { ...mixMatch.rules, price: 0 } }, 'rules.price'],
    [
      'a category in capitals',
      { ...mixMatch, rules: { ...mixMatch.rules, category: 'BEER' } },
      'rules.category',
    ],
  ])('with %s is refused by the name of its field', (_what, body, field) => {
    const issues = wirePromotionBodySchema.safeParse(body).error?.issues ?? [];
    expect(issues.map(({ path }) => path.join('.'))).toEqual([field]);
  });

  it('with a misspelt field is refused, at the top and within its rules', () => {
    expect(wirePromotionBodySchema.safeParse({ ...combo, activ: true }).success).toBe(false);
    expect(wirePromotionBodySchema.safeParse(withRules({ max_uses: 1 })).success).toBe(false);
  });

  it('of a later version is read from an event, unless its rules have a condition that we do not know', () => {
    expect(wirePromotionSchema.safeParse({ ...combo, colour: 'red' }).success).toBe(true);
    expect(wirePromotionSchema.safeParse(withRules({ max_uses: 1 })).success).toBe(false);
  });
});
