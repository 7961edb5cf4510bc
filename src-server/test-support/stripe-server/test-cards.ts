/** Stripe's documented test payment methods and tokens (docs.stripe.com/testing), and what becomes of a payment with them. */
import type { RefusalBody } from './refusal.ts';

export type CardOutcome =
  | { readonly kind: 'approved' }
  /** Needs the customer to confirm it with the bank. */
  | { readonly kind: 'authentication' }
  | { readonly kind: 'declined'; readonly error: RefusalBody };

const APPROVED: CardOutcome = { kind: 'approved' };

function declined(code: string, message: string, declineCode?: string): CardOutcome {
  const error = { type: 'card_error', code, message } as const;
  return {
    kind: 'declined',
    error: declineCode === undefined ? error : { ...error, decline_code: declineCode },
  };
}

const GENERIC = declined('card_declined', 'Your card was declined.', 'generic_decline');
const EXPIRED = declined('expired_card', 'Your card has expired.');

const CARDS: ReadonlyMap<string, CardOutcome> = new Map([
  ['pm_card_visa', APPROVED],
  ['pm_card_mastercard', APPROVED],
  ['tok_visa', APPROVED],
  ['tok_mastercard', APPROVED],
  ['pm_card_visa_chargeDeclined', GENERIC],
  ['tok_chargeDeclined', GENERIC],
  [
    'pm_card_visa_chargeDeclinedInsufficientFunds',
    declined('card_declined', 'Your card has insufficient funds.', 'insufficient_funds'),
  ],
  ['pm_card_visa_chargeDeclinedLostCard', declined('card_declined', 'Your card was declined.', 'lost_card')],
  ['pm_card_chargeDeclinedExpiredCard', EXPIRED],
  ['tok_chargeDeclinedExpiredCard', EXPIRED],
  [
    'pm_card_chargeDeclinedIncorrectCvc',
    declined('incorrect_cvc', "Your card's security code is incorrect.", 'incorrect_cvc'),
  ],
  [
    'pm_card_chargeDeclinedProcessingError',
    declined('processing_error', 'An error occurred while processing your card. Try again in a little bit.'),
  ],
  ['pm_card_authenticationRequired', { kind: 'authentication' }],
]);

/** Undefined for one that does not exist. Ids that look like a real browser's are approved. */
export function outcomeOf(id: string): CardOutcome | undefined {
  return CARDS.get(id) ?? (/^(pm|card|tok)_1[A-Za-z0-9]{10,}$/.test(id) ? APPROVED : undefined);
}
