import { assertNever } from '#domain/assert-never.ts';
import type { PricingRefusal } from '#domain/pricing/price.ts';
import { ApiError } from '../api/errors.ts';

/** @throws {ApiError} always: the sentence for a cart that cannot be priced */
export function refusePricing(refusal: PricingRefusal): never {
  switch (refusal.code) {
    case 'unknown_item':
      throw new ApiError('unknown_item', `There is no item ${refusal.sku}.`);
    case 'unknown_merchandise_code':
      throw new ApiError(
        'unknown_item',
        `The item belongs to ${refusal.merchandiseCode}, which has no tax rate. Ask a manager.`,
      );
    case 'sale_too_large':
      throw new ApiError(
        'sale_too_large',
        'This sale is too large for one receipt. Finish it and start another one.',
      );
    default:
      return assertNever(refusal);
  }
}
