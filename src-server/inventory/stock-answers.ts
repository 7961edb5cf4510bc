/** What the API says to each refusal of the stock service. */
import { HttpFailure } from '../http/http-failure.ts';
import { keyReused } from '../http/idempotency.ts';
import type { Shortage } from './reservation.ts';
import type { StockRefusal } from './stock-service.ts';

export function toHttpFailure(refusal: StockRefusal): HttpFailure {
  switch (refusal.code) {
    case 'unknown_item':
      return new HttpFailure('unknown_item', `There is no item ${refusal.skus.join(', ')}`);
    case 'out_of_stock':
      return outOfStock(refusal.short);
    case 'idempotency_key_reused':
      return keyReused();
  }
}

export function outOfStock(short: readonly Shortage[]): HttpFailure {
  const items = short.map(
    ({ sku, quantity, available }) => `${sku}: ${quantity} wanted, ${available} available`,
  );
  return new HttpFailure('out_of_stock', `Not enough in stock. ${items.join('; ')}`);
}
