/** Stripe's events, signed as documented (docs.stripe.com/webhooks#verify-manually). No SDK in here: it is what is tested. */
import { createHmac } from 'node:crypto';
import type { PaymentIntent } from './payment-intent.ts';

export type WebhookType =
  | 'payment_intent.amount_capturable_updated'
  | 'payment_intent.succeeded'
  | 'payment_intent.payment_failed'
  | 'payment_intent.canceled'
  | 'payment_intent.created'
  | 'charge.refunded';

export interface WebhookEvent {
  readonly id: string;
  readonly object: 'event';
  readonly type: string;
  readonly created: number;
  readonly livemode: false;
  readonly data: { readonly object: object };
}

/** Stripe may deliver an event more than once, with the same id, and in any order. */
export function webhookEvent(id: string, type: WebhookType, object: PaymentIntent | object): WebhookEvent {
  const created = Math.floor(Date.now() / 1_000);
  return { id, object: 'event', type, created, livemode: false, data: { object: { ...object } } };
}

export interface Signing {
  readonly secret: string;
  /** When it is said to have been signed. Default now. */
  readonly at?: Date;
}

/** The value of `Stripe-Signature`: `t=<seconds>,v1=<hex HMAC-SHA256 of "<seconds>.<body>">`. */
export function signatureOf(body: string, { secret, at = new Date() }: Signing): string {
  const seconds = Math.floor(at.getTime() / 1_000);
  const hash = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${hash}`;
}

/** Posts the event as Stripe does. Resolves with the HTTP status of the answer. */
export async function sendWebhook(url: string, event: WebhookEvent, signing: Signing): Promise<number> {
  const body = JSON.stringify(event, undefined, 2);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'stripe-signature': signatureOf(body, signing),
    },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}
