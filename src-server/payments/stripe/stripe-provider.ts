/**
 * Stripe, by PaymentIntents that are confirmed when they are made and captured by hand:
 *
 *     authorise ─▶ requires_capture ─▶ capture ─▶ succeeded ─▶ refund …
 *                         └──────────▶ void ────▶ canceled
 *
 * Each step has an idempotency key made of our own ids, so that a step that is asked twice is done once. Stripe forgets
 * keys after 24 hours. Capture, void and refund hold beyond that, because then the payment itself is looked at. An
 * authorisation would hold the money a second time: an order that is a day old and has no answer must be given up.
 */
import type { Stripe } from 'stripe';
import { z } from 'zod';
import type { Logger } from '../../logger.ts';
import { failed } from '../payment-failure.ts';
import type {
  AuthoriseRequest,
  Instrument,
  PaymentAnswer,
  PaymentProvider,
  PaymentReference,
  RefundRequest,
} from '../payment-provider.ts';
import { type StripeAnswer, stripeAsker } from './ask-stripe.ts';
import { stripeClient } from './stripe-client.ts';
import type { StripeFailure } from './stripe-failure.ts';
import { type Intent, foundIntentsSchema, intentSchema, refundSchema } from './stripe-objects.ts';
import type { StripeOptions } from './stripe-options.ts';

export function stripeProvider(options: StripeOptions, logger: Logger): PaymentProvider {
  const { sdk, deadlineMs } = stripeClient(options);
  const ask = stripeAsker(deadlineMs, logger);

  async function authorise(request: AuthoriseRequest): Promise<PaymentAnswer<{ readonly intentId: string }>> {
    const { orderId, locationId, amount, instrument } = request;
    if (instrument.provider !== 'stripe') return failed('invalid_instrument');
    const created = await ask({
      step: 'authorise',
      orderId,
      answer: intentSchema,
      ask: () =>
        sdk.paymentIntents.create(
          {
            amount,
            currency: 'usd',
            capture_method: 'manual',
            confirm: true,
            // Nothing that would send the customer to another page, which a till cannot do. Stripe then wants no
            // address to return to.
            automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
            ...paidWith(instrument),
            metadata: { order_id: orderId, location_id: locationId },
          },
          { idempotencyKey: `${orderId}:authorise` },
        ),
    });
    if (created.ok) return authorisationOf(created.value);
    const { failure } = created;
    if (failure.code !== 'unavailable' || !failure.mayBeDone) return refusalOf(failure);
    const found = await findIntentOf(orderId);
    return found === undefined ? refusalOf(failure) : authorisationOf(found);
  }

  /**
   * By its order id, where the answer that would have named it is lost for good. The index is up to a minute behind: not
   * to be found does not mean that there is none.
   */
  async function findIntentOf(orderId: string): Promise<Intent | undefined> {
    const quoted = orderId.replaceAll(/['\\]/g, String.raw`\$&`);
    const found = await ask({
      step: 'find',
      orderId,
      answer: foundIntentsSchema,
      ask: () => sdk.paymentIntents.search({ query: `metadata['order_id']:'${quoted}'`, limit: 10 }),
    });
    if (!found.ok) return undefined;
    return found.value.data.find(({ status }) => status === 'requires_capture') ?? found.value.data[0];
  }

  async function capture(payment: PaymentReference): Promise<PaymentAnswer<object>> {
    const { orderId, intentId, amount } = payment;
    const captured = await ask({
      step: 'capture',
      orderId,
      answer: intentSchema,
      ask: () =>
        sdk.paymentIntents.capture(
          intentId,
          { amount_to_capture: amount },
          { idempotencyKey: `${orderId}:capture` },
        ),
    });
    const seen = await lookAgain(payment, captured);
    if (!seen.ok) return refusalOf(seen.failure);
    const { status, amount_received: received } = seen.value;
    if (status === 'succeeded' && received === amount) return { ok: true };
    if (status === 'canceled') {
      return failed('not_possible', 'The hold on the card was released or has lapsed. Nothing was taken.');
    }
    return captured.ok ? failed('unavailable') : refusalOf(captured.failure);
  }

  async function release(payment: PaymentReference): Promise<PaymentAnswer<object>> {
    const { orderId, intentId } = payment;
    const released = await ask({
      step: 'void',
      orderId,
      answer: intentSchema,
      ask: () => sdk.paymentIntents.cancel(intentId, {}, { idempotencyKey: `${orderId}:void` }),
    });
    const seen = await lookAgain(payment, released);
    if (!seen.ok) return refusalOf(seen.failure);
    if (seen.value.status === 'canceled') return { ok: true };
    if (seen.value.status === 'succeeded') {
      return failed('not_possible', 'The money was taken already. Give it back with a refund.');
    }
    return released.ok ? failed('unavailable') : refusalOf(released.failure);
  }

  /** The payment as it is: by the answer, or, where a refusal leaves open what became of it, by looking at it. */
  async function lookAgain(
    payment: PaymentReference,
    answer: StripeAnswer<Intent>,
  ): Promise<StripeAnswer<Intent>> {
    if (answer.ok || !answer.failure.mayBeDone) return answer;
    return ask({
      step: 'look',
      orderId: payment.orderId,
      answer: intentSchema,
      ask: () => sdk.paymentIntents.retrieve(payment.intentId),
    });
  }

  async function refund(
    request: RefundRequest,
  ): Promise<PaymentAnswer<{ readonly providerRefundId: string }>> {
    const { refundId, payment, amount } = request;
    const { orderId, intentId } = payment;
    // First, because a key that Stripe has forgotten would let a part be given back twice.
    const earlier = await findRefund(request);
    if (!earlier.ok) return refusalOf(earlier.failure);
    if (earlier.value !== null) return refundedBy(earlier.value);
    const made = await ask({
      step: 'refund',
      orderId,
      answer: refundSchema,
      ask: () =>
        sdk.refunds.create(
          { payment_intent: intentId, amount, metadata: { order_id: orderId, refund_id: refundId } },
          { idempotencyKey: refundId },
        ),
    });
    if (made.ok) return refundedBy(made.value);
    if (!made.failure.mayBeDone) return refusalOf(made.failure);
    const found = await findRefund(request);
    if (!found.ok) return refusalOf(found.failure);
    return found.value === null ? refusalOf(made.failure) : refundedBy(found.value);
  }

  function findRefund({ refundId, payment }: RefundRequest) {
    return ask({
      step: 'find refund',
      orderId: payment.orderId,
      answer: z.union([refundSchema, z.null()]),
      ask: async () => {
        const refunds = sdk.refunds.list({ payment_intent: payment.intentId, limit: 100 });
        for await (const each of refunds) if (each.metadata?.['refund_id'] === refundId) return each;
        return null;
      },
    });
  }

  return { name: 'stripe', method: 'card', local: false, authorise, capture, void: release, refund };
}

/** A token is an older form; Stripe takes it only wrapped into a payment method. */
function paidWith({
  payment_method: id,
}: Extract<Instrument, { provider: 'stripe' }>): Partial<Stripe.PaymentIntentCreateParams> {
  if (!id.startsWith('tok_')) return { payment_method: id };
  const data = { type: 'card', card: { token: id } } as const;
  return { payment_method_data: data };
}

function authorisationOf({ id, status }: Intent): PaymentAnswer<{ readonly intentId: string }> {
  switch (status) {
    case 'requires_capture':
      return { ok: true, intentId: id };
    case 'requires_action':
    case 'requires_confirmation':
      // Nothing is held before the customer has confirmed, and nobody will ask them.
      return failed('authentication_required');
    case 'requires_payment_method':
      return failed('declined');
    case 'canceled':
      return failed('not_possible', 'The hold on the card was released or has lapsed. Nothing was taken.');
    default:
      // `processing`, or `succeeded` although we asked for a hold: nobody may conclude that nothing was taken.
      return failed('unavailable');
  }
}

function refundedBy({
  id,
  status,
}: z.infer<typeof refundSchema>): PaymentAnswer<{ readonly providerRefundId: string }> {
  if (status === 'failed' || status === 'canceled') {
    return failed('not_possible', 'The bank did not take the money back. Give it back in another way.');
  }
  return { ok: true, providerRefundId: id };
}

function refusalOf({ code, message }: StripeFailure): ReturnType<typeof failed> {
  return failed(code, message);
}
