/**
 * PaymentIntents and what can be done with them (docs.stripe.com/payments/paymentintents/lifecycle):
 *
 *     requires_payment_method ─▶ requires_confirmation ─▶ requires_capture ─▶ succeeded
 *              ▲                          │                      │
 *              └───────── declined ───────┘                      └─▶ canceled
 */
import type { Parameters } from './parameters.ts';
import type { Charge, IntentStatus, PaymentIntent } from './payment-intent.ts';
import { readOfferedMethods, readPaymentMethod } from './payment-method.ts';
import { type RefusalBody, StripeRefusal, badParameter, noSuch, notNow } from './refusal.ts';
import { type CardOutcome, outcomeOf } from './test-cards.ts';

const CANCELABLE: readonly IntentStatus[] = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
];

export class PaymentIntents {
  readonly all = new Map<string, PaymentIntent>();
  readonly charges: Charge[] = [];
  readonly #newId: (prefix: string) => string;

  constructor(newId: (prefix: string) => string) {
    this.#newId = newId;
  }

  create(parameters: Parameters): PaymentIntent {
    const amount = parameters.required('amount', parameters.integer('amount'));
    const currency = parameters.required('currency', parameters.text('currency'));
    const captureMethod = parameters.text('capture_method', ['automatic', 'automatic_async', 'manual']);
    const offered = readOfferedMethods(parameters);
    const method = readPaymentMethod(parameters);
    const confirm = parameters.flag('confirm');
    const returnUrl = parameters.text('return_url');
    const metadata = parameters.metadata();
    parameters.refuseRest();

    if (currency !== 'usd') throw badParameter('currency', `Invalid currency: ${currency}`);
    if (amount < 1) {
      throw badParameter(
        'amount',
        'This value must be greater than or equal to 1.',
        'parameter_invalid_integer',
      );
    }
    if (amount < 50) {
      throw badParameter('amount', 'Amount must be at least $0.50 usd', 'amount_too_small');
    }
    if (amount > 99_999_999) {
      throw badParameter('amount', 'Amount must be no more than $999,999.99', 'amount_too_large');
    }
    if (confirm && offered.mayRedirect && returnUrl === undefined) {
      throw badParameter(
        'return_url',
        'A return_url must be specified: some of the payment methods may redirect.',
      );
    }

    const id = this.#newId('pi');
    const intent: PaymentIntent = {
      id,
      object: 'payment_intent',
      amount,
      amount_capturable: 0,
      amount_received: 0,
      canceled_at: null,
      cancellation_reason: null,
      capture_method: captureMethod === 'manual' ? 'manual' : 'automatic_async',
      client_secret: `${id}_secret_Double`,
      created: now(),
      currency: 'usd',
      last_payment_error: null,
      latest_charge: null,
      livemode: false,
      metadata,
      payment_method: method ?? null,
      payment_method_types: offered.types,
      status: method === undefined ? 'requires_payment_method' : 'requires_confirmation',
    };
    this.all.set(id, intent);
    if (confirm) this.#confirm(intent);
    return intent;
  }

  confirm(id: string, parameters: Parameters): PaymentIntent {
    const method = readPaymentMethod(parameters);
    parameters.refuseRest();
    const intent = this.find(id);
    if (method !== undefined) intent.payment_method = method;
    this.#confirm(intent);
    return intent;
  }

  capture(id: string, parameters: Parameters): PaymentIntent {
    const asked = parameters.integer('amount_to_capture');
    parameters.refuseRest();
    const intent = this.find(id);
    if (intent.status === 'succeeded') {
      throw unexpected(
        intent,
        'This PaymentIntent could not be captured because it has already been captured.',
      );
    }
    if (intent.status !== 'requires_capture') {
      throw unexpected(
        intent,
        `This PaymentIntent could not be captured because it has a status of ${intent.status}. ` +
          'Only a PaymentIntent with one of the following statuses may be captured: requires_capture.',
      );
    }
    const amount = asked ?? intent.amount_capturable;
    if (amount < 1 || amount > intent.amount_capturable) {
      throw badParameter(
        'amount_to_capture',
        'The amount to capture is greater than what was held.',
        'amount_too_large',
      );
    }
    this.#charge(intent, amount);
    return intent;
  }

  cancel(id: string, parameters: Parameters): PaymentIntent {
    const reason = parameters.text('cancellation_reason', [
      'duplicate',
      'fraudulent',
      'requested_by_customer',
      'abandoned',
    ]);
    parameters.refuseRest();
    const intent = this.find(id);
    if (!CANCELABLE.includes(intent.status)) {
      throw unexpected(
        intent,
        `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. ` +
          `Only a PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE.join(', ')}.`,
      );
    }
    this.expire(intent, reason ?? null);
    return intent;
  }

  /** Lets go of the hold, as a bank does by itself after a week. */
  expire(intent: PaymentIntent, reason: string | null): void {
    intent.status = 'canceled';
    intent.amount_capturable = 0;
    intent.canceled_at = now();
    intent.cancellation_reason = reason;
  }

  /** Understands `metadata['order_id']:'…'` only. */
  search(parameters: Parameters): object {
    const query = parameters.required('query', parameters.text('query'));
    const limit = parameters.integer('limit') ?? 10;
    parameters.refuseRest();
    const [, name, quoted] = /^metadata\['([^']+)'\]:'((?:[^'\\]|\\.)*)'$/.exec(query) ?? [];
    if (name === undefined || quoted === undefined)
      throw badParameter('query', 'We were unable to parse your query.');
    const value = quoted.replaceAll(/\\(.)/g, '$1');
    const found = [...this.all.values()].filter(({ metadata }) => metadata[name] === value).reverse();
    return {
      object: 'search_result',
      url: '/v1/payment_intents/search',
      has_more: found.length > limit,
      next_page: null,
      data: found.slice(0, limit),
    };
  }

  find(id: string): PaymentIntent {
    const intent = this.all.get(id);
    if (intent === undefined) throw noSuch('payment_intent', id, 'intent', 404);
    return intent;
  }

  #confirm(intent: PaymentIntent): void {
    if (intent.payment_method === null) {
      throw unexpected(
        intent,
        "You cannot confirm this PaymentIntent because it's missing a payment method.",
      );
    }
    if (intent.status !== 'requires_confirmation' && intent.status !== 'requires_payment_method') {
      throw unexpected(
        intent,
        `This PaymentIntent's status is ${intent.status}; it cannot be confirmed again.`,
      );
    }
    const outcome: CardOutcome = outcomeOf(intent.payment_method) ?? { kind: 'approved' };
    switch (outcome.kind) {
      case 'approved':
        if (intent.capture_method === 'manual') {
          intent.status = 'requires_capture';
          intent.amount_capturable = intent.amount;
          intent.latest_charge = this.#newId('ch');
        } else {
          this.#charge(intent, intent.amount);
        }
        return;
      case 'authentication':
        intent.status = 'requires_action';
        return;
      case 'declined':
        throw this.#decline(intent, outcome.error);
    }
  }

  #decline(intent: PaymentIntent, error: RefusalBody): StripeRefusal {
    intent.status = 'requires_payment_method';
    intent.payment_method = null;
    intent.last_payment_error = error;
    intent.latest_charge = this.#newId('ch');
    return new StripeRefusal(
      402,
      { ...error, charge: intent.latest_charge, payment_intent: { ...intent } },
      true,
    );
  }

  #charge(intent: PaymentIntent, amount: number): void {
    const id = intent.latest_charge ?? this.#newId('ch');
    intent.latest_charge = id;
    intent.status = 'succeeded';
    intent.amount_capturable = 0;
    intent.amount_received = amount;
    const orderId = intent.metadata['order_id'] ?? null;
    this.charges.push({ id, intentId: intent.id, orderId, amount, refunded: 0 });
  }
}

function unexpected(intent: PaymentIntent, message: string): StripeRefusal {
  return notNow(message, { code: 'payment_intent_unexpected_state', payment_intent: { ...intent } });
}

function now(): number {
  return Math.floor(Date.now() / 1_000);
}
