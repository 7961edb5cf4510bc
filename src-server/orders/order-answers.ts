/** What the API says to each refusal of the order service. */
import { centsToWire } from '#domain/money/wire-decimal.ts';
import { cents } from '#domain/money/cents.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { keyReused } from '../http/idempotency.ts';
import { outOfStock } from '../inventory/stock-answers.ts';
import type { OrderRefusal } from './order-failure.ts';

export function toHttpFailure(refusal: OrderRefusal): HttpFailure {
  switch (refusal.code) {
    case 'unknown_item':
      return new HttpFailure('unknown_item', `There is no active item ${refusal.sku}`);
    case 'out_of_stock':
      return outOfStock(refusal.short);
    case 'age_not_verified':
      return new HttpFailure(
        'age_not_verified',
        `The order has an item for customers of ${refusal.minimumAge} and older: check the age and say so in age_verified`,
      );
    case 'price_differs':
      return new HttpFailure(
        'price_differs',
        `The order costs ${centsToWire(cents(refusal.total)).toFixed(2)} now: tell the customer, then ask again`,
      );
    case 'sale_too_large':
      return new HttpFailure('sale_too_large', 'The order is larger than one order may be');
    case 'idempotency_key_reused':
      return keyReused();
    case 'payment_refused':
      return new HttpFailure(
        'payment_refused',
        `${refusal.failure.message} (${refusal.failure.code}). Nothing was taken; a new attempt needs a new Idempotency-Key`,
      );
    case 'payment_unavailable':
      return new HttpFailure(
        'payment_unavailable',
        `${refusal.message} Ask again with the same Idempotency-Key`,
      );
    case 'unknown_order':
      return new HttpFailure('not_found', 'There is no such order');
    case 'not_refundable_here':
      return new HttpFailure(
        'not_refundable_here',
        'This order was rung up at a till: its money goes back there',
      );
    case 'not_completed':
      return new HttpFailure('not_completed', 'Only a completed order can be refunded');
    case 'not_in_order':
      return new HttpFailure('not_in_order', `${refusal.sku} is not in this order`);
    case 'nothing_to_refund':
      return new HttpFailure('nothing_to_refund', 'All of this order has come back already');
    case 'already_refunded':
      return new HttpFailure(
        'already_refunded',
        `Of ${refusal.sku} only ${refusal.left} can still come back`,
      );
    case 'refund_refused':
      return new HttpFailure(
        'refund_refused',
        `${refusal.failure.message} (${refusal.failure.code}). Nothing was given back`,
      );
  }
}
