/** Stripe's errors (docs.stripe.com/error-codes, docs.stripe.com/declines/codes) as one of our few. */
import { Stripe } from 'stripe';
import type { PaymentFailureCode } from '../payment-provider.ts';

export interface StripeFailure {
  readonly code: PaymentFailureCode;
  /** A better sentence than the code's own. */
  readonly message?: string;
  /**
   * The answer is Stripe's, and yet does not settle what became of the payment: it may be done already. Then the payment
   * itself says more. Asking again with the same key would only repeat the answer: Stripe keeps even a 500 for a day.
   */
  readonly mayBeDone: boolean;
  /** For the log. Never Stripe's own sentence: it may repeat what it was sent. */
  readonly facts: object;
}

export function readStripeError(error: unknown): StripeFailure {
  if (!(error instanceof Stripe.errors.StripeError)) {
    // What the SDK could not make an error of: an answer that is JSON and yet nothing that it knows.
    const name = error instanceof Error ? error.name : typeof error;
    return { code: 'unavailable', mayBeDone: false, facts: { type: name } };
  }
  const facts = {
    type: error.type,
    code: error.code,
    decline_code: error.decline_code,
    param: error.param,
    status: error.statusCode,
    request_id: error.requestId,
  };
  return { ...classify(error), facts };
}

type Classified = Omit<StripeFailure, 'facts'>;

function classify(error: Stripe.errors.StripeError): Classified {
  const { errors } = Stripe;
  if (error instanceof errors.StripeCardError) return { code: cardFailure(error), mayBeDone: false };
  if (error instanceof errors.StripeAuthenticationError || error instanceof errors.StripePermissionError) {
    return { code: 'misconfigured', mayBeDone: false };
  }
  if (error instanceof errors.StripeIdempotencyError) {
    const message = 'This was asked before with other details, so it was not done again.';
    return { code: 'not_possible', message, mayBeDone: true };
  }
  if (error instanceof errors.StripeInvalidRequestError) return invalidRequest(error);
  // Too many requests, no connection, no answer in time, a broken server: ask again.
  return { code: 'unavailable', mayBeDone: (error.statusCode ?? 0) >= 500 };
}

/** An expired card has the code, a card without money the decline code, one that must be confirmed has either. */
const CARD_FAILURES: ReadonlyMap<string | undefined, PaymentFailureCode> = new Map([
  ['insufficient_funds', 'insufficient_funds'],
  ['expired_card', 'expired_card'],
  ['authentication_required', 'authentication_required'],
  ['authentication_not_handled', 'authentication_required'],
  ['requires_action_not_handled', 'authentication_required'],
]);

function cardFailure({ code, decline_code }: Stripe.errors.StripeError): PaymentFailureCode {
  return CARD_FAILURES.get(decline_code) ?? CARD_FAILURES.get(code) ?? 'declined';
}

function invalidRequest({ code, param }: Stripe.errors.StripeError): Classified {
  switch (code) {
    case 'amount_too_small':
      return {
        code: 'amount_refused',
        message: 'The amount is too small to be paid by card.',
        mayBeDone: false,
      };
    case 'amount_too_large':
      return {
        code: 'amount_refused',
        message: 'The amount is too large to be paid by card.',
        mayBeDone: false,
      };
    case 'charge_already_refunded':
      return { code: 'not_possible', message: 'Everything was given back already.', mayBeDone: true };
    case 'payment_intent_unexpected_state':
    case 'charge_already_captured':
    case 'charge_expired_for_capture':
    case 'capture_charge_authorization_expired':
      return { code: 'not_possible', mayBeDone: true };
    case 'token_already_used':
    case 'payment_method_unexpected_state':
      return { code: 'invalid_instrument', mayBeDone: false };
    case 'resource_missing':
      // A payment that we made is of another account than the key. That says nothing of what was asked for before.
      if (param === 'intent' || param === 'payment_intent')
        return { code: 'misconfigured', mayBeDone: false };
      break;
    default:
      break;
  }
  if (param?.startsWith('payment_method') === true) return { code: 'invalid_instrument', mayBeDone: false };
  if (param === 'intent' || param === 'payment_intent' || param === 'amount') {
    return { code: 'not_possible', mayBeDone: false };
  }
  // A parameter that Stripe does not know, an account that may not: nothing that a cashier could change.
  return { code: 'misconfigured', mayBeDone: false };
}
