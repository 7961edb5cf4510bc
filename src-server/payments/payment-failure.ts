import type { PaymentFailure, PaymentFailureCode } from './payment-provider.ts';

/** What the person who takes the order is told. Ours, never a provider's text: that may repeat what it was sent. */
const SENTENCES: Readonly<Record<PaymentFailureCode, string>> = {
  declined: 'The card was declined. Ask for another way to pay.',
  insufficient_funds: 'The card has not enough money on it. Ask for another way to pay.',
  expired_card: 'The card has expired. Ask for another one.',
  authentication_required:
    'The bank wants the customer to confirm this payment, which cannot be done here. Ask for another card.',
  invalid_instrument:
    'The payment details are not known to the card company. Let the customer enter them again.',
  amount_refused: 'An amount of this size cannot be paid in this way.',
  not_possible: 'The payment is not in a state in which this can be done.',
  misconfigured: 'Card payments are not set up correctly on the server. Tell whoever looks after it.',
  unavailable: 'The card company did not answer clearly. Nothing is lost: it will be asked again.',
};

/** A refusal, with the sentence of its code unless there is a better one. */
export function failed(
  code: PaymentFailureCode,
  message: string = SENTENCES[code],
): { readonly ok: false; readonly failure: PaymentFailure } {
  return { ok: false, failure: { code, message } };
}
