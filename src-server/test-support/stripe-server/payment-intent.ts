import type { RefusalBody } from './refusal.ts';

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled';

export interface PaymentIntent {
  readonly id: string;
  readonly object: 'payment_intent';
  readonly amount: number;
  amount_capturable: number;
  amount_received: number;
  canceled_at: number | null;
  cancellation_reason: string | null;
  readonly capture_method: 'automatic' | 'automatic_async' | 'manual';
  readonly client_secret: string;
  readonly created: number;
  readonly currency: 'usd';
  last_payment_error: RefusalBody | null;
  latest_charge: string | null;
  readonly livemode: false;
  readonly metadata: Readonly<Record<string, string>>;
  payment_method: string | null;
  readonly payment_method_types: readonly string[];
  status: IntentStatus;
}

/** Money that left a card. */
export interface Charge {
  readonly id: string;
  readonly intentId: string;
  /** `metadata[order_id]` of the intent */
  readonly orderId: string | null;
  /** cents */
  readonly amount: number;
  refunded: number;
}
