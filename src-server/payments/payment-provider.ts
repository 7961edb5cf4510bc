/**
 * How an order is paid, whoever takes the money. Every call may be repeated with the same ids and then has the
 * effect and the answer of the first one: the order service asks again after a crash or a lost answer.
 */
import { z } from 'zod';
import type { PaymentMethod } from '#domain/events/seed-events.ts';
import { plainText } from '#domain/identifiers.ts';
import type { Cents } from '#domain/money/cents.ts';

/** What the customer pays with, as a request names it. Tokens and approval codes only: a card number never comes here. */
export const instrumentSchema = z.discriminatedUnion('provider', [
  z.strictObject({ provider: z.literal('cash') }),
  z.strictObject({
    provider: z.literal('external_terminal'),
    /** Typed or scanned from the slip of a card terminal that we do not drive, or a delivery channel's reference. */
    approval_code: plainText(40),
  }),
  z.strictObject({
    provider: z.literal('stripe'),
    /** Made by Stripe's own form in the customer's browser. */
    payment_method: z.string().regex(/^(pm|card|tok)_[A-Za-z0-9_]{1,90}$/, 'not a Stripe payment method'),
  }),
  z.strictObject({
    provider: z.literal('simulator'),
    /** What the simulated card does; left out: approve. */
    behaviour: z
      .enum(['approve', 'decline', 'insufficient_funds', 'fail_capture', 'unavailable_once'])
      .default('approve'),
  }),
]);
export type Instrument = z.output<typeof instrumentSchema>;
export type ProviderName = Instrument['provider'];

export interface AuthoriseRequest {
  readonly orderId: string;
  readonly locationId: string;
  /** US dollars in cents */
  readonly amount: Cents;
  readonly instrument: Instrument;
}

/** A payment that was authorised. */
export interface PaymentReference {
  readonly orderId: string;
  /** the provider's id: `pi_…`, `cash_ORD-…` */
  readonly intentId: string;
  readonly amount: Cents;
  readonly instrument: Instrument;
}

export interface RefundRequest {
  /** Made once, reused on every retry. */
  readonly refundId: string;
  readonly payment: PaymentReference;
  /** A part of the payment, or all of it. */
  readonly amount: Cents;
}

export const paymentFailureCodeSchema = z.enum([
  'declined',
  'insufficient_funds',
  'expired_card',
  'authentication_required',
  /** The token or code is not one that this provider knows. */
  'invalid_instrument',
  /** More or less than this provider moves at all. */
  'amount_refused',
  /** The payment is not in a state in which this can be done: captured already, refunded already. */
  'not_possible',
  /** This server has no such provider, or its key is refused: IT must look. */
  'misconfigured',
  /** No answer, or one that does not say what became of it. Ask again with the same ids. */
  'unavailable',
]);
export type PaymentFailureCode = z.infer<typeof paymentFailureCodeSchema>;

export interface PaymentFailure {
  readonly code: PaymentFailureCode;
  /** A sentence for the person who takes the order. */
  readonly message: string;
}

export type PaymentAnswer<Success> =
  ({ readonly ok: true } & Success) | { readonly ok: false; readonly failure: PaymentFailure };

export interface PaymentProvider {
  readonly name: ProviderName;
  /** The method that events and reports know. */
  readonly method: PaymentMethod;
  /** True when it answers without leaving this process: then it may be asked inside a database transaction. */
  readonly local: boolean;
  /**
   * Holds the amount. Asked again, it answers as the first time for as long as the provider remembers (Stripe: a day). An
   * order that has no answer by then must be given up, not authorised again.
   */
  authorise(request: AuthoriseRequest): Promise<PaymentAnswer<{ readonly intentId: string }>>;
  /** Takes the amount that was held. */
  capture(payment: PaymentReference): Promise<PaymentAnswer<object>>;
  /** Lets go of what was held. Of a payment that is void already: ok. */
  void(payment: PaymentReference): Promise<PaymentAnswer<object>>;
  /** Gives back a part of what was taken. `refundId` of the answer is the provider's own. */
  refund(request: RefundRequest): Promise<PaymentAnswer<{ readonly providerRefundId: string }>>;
}

/** True when the answer says that nothing was taken and asking again cannot change it. */
export function isFinal(failure: PaymentFailure): boolean {
  return failure.code !== 'unavailable';
}

/** The provider of that name, or why this server has none. */
export type ProviderOf = (name: ProviderName) => PaymentAnswer<{ readonly provider: PaymentProvider }>;
