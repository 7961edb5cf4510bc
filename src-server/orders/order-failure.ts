/** Why an order or a refund is refused. A refusal has changed nothing, except where it says so. */
import type { PaymentFailure } from '../payments/payment-provider.ts';
import type { Shortage } from '../inventory/reservation.ts';

export type OrderRefusal =
  | { readonly code: 'unknown_item'; readonly sku: string }
  | { readonly code: 'out_of_stock'; readonly short: readonly Shortage[] }
  | { readonly code: 'age_not_verified'; readonly minimumAge: number }
  | { readonly code: 'price_differs'; readonly total: number }
  | { readonly code: 'sale_too_large' }
  | { readonly code: 'idempotency_key_reused' }
  /** The payment was refused. The order stands as `payment_failed`; the reservation is over. */
  | { readonly code: 'payment_refused'; readonly failure: PaymentFailure }
  /** Nobody knows yet what became of the payment. The order stays as it is; the same request again goes on with it. */
  | { readonly code: 'payment_unavailable'; readonly message: string }
  | { readonly code: 'unknown_order' }
  /** Rung up at a till: the money goes back there. */
  | { readonly code: 'not_refundable_here' }
  | { readonly code: 'not_completed' }
  | { readonly code: 'not_in_order'; readonly sku: string }
  | { readonly code: 'nothing_to_refund' }
  | { readonly code: 'already_refunded'; readonly sku: string; readonly left: number }
  | { readonly code: 'refund_refused'; readonly failure: PaymentFailure };

export class OrderError extends Error {
  readonly refusal: OrderRefusal;

  constructor(refusal: OrderRefusal) {
    super(refusal.code);
    this.name = 'OrderError';
    this.refusal = refusal;
  }
}
