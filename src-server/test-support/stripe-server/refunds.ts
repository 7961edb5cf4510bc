import type { Parameters } from './parameters.ts';
import type { Charge } from './payment-intent.ts';
import type { PaymentIntents } from './payment-intents.ts';
import { badParameter, noSuch, notNow } from './refusal.ts';

export interface Refund {
  readonly id: string;
  readonly object: 'refund';
  readonly amount: number;
  readonly charge: string;
  readonly created: number;
  readonly currency: 'usd';
  readonly metadata: Readonly<Record<string, string>>;
  readonly payment_intent: string;
  status: 'succeeded' | 'pending' | 'failed';
}

export class Refunds {
  readonly all: Refund[] = [];
  /** What becomes of the next ones. */
  nextStatus: Refund['status'] = 'succeeded';
  readonly #intents: PaymentIntents;
  readonly #newId: (prefix: string) => string;

  constructor(intents: PaymentIntents, newId: (prefix: string) => string) {
    this.#intents = intents;
    this.#newId = newId;
  }

  create(parameters: Parameters): Refund {
    const intentId = parameters.required('payment_intent', parameters.text('payment_intent'));
    const asked = parameters.integer('amount');
    const metadata = parameters.metadata();
    parameters.text('reason', ['duplicate', 'fraudulent', 'requested_by_customer']);
    parameters.refuseRest();
    const charge = this.#chargeOf(intentId);
    const left = charge.amount - charge.refunded;
    if (left === 0) {
      throw notNow(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
    }
    const amount = asked ?? left;
    if (amount < 1) {
      throw badParameter(
        'amount',
        'This value must be greater than or equal to 1.',
        'parameter_invalid_integer',
      );
    }
    if (amount > left) {
      const inDollars = (cents: number) => `$${(cents / 100).toFixed(2)}`;
      throw notNow(
        `Refund amount (${inDollars(amount)}) is greater than unrefunded amount on charge (${inDollars(left)})`,
        { param: 'amount' },
      );
    }
    if (this.nextStatus !== 'failed') charge.refunded += amount;
    const refund: Refund = {
      id: this.#newId('re'),
      object: 'refund',
      amount,
      charge: charge.id,
      created: Math.floor(Date.now() / 1_000),
      currency: 'usd',
      metadata,
      payment_intent: intentId,
      status: this.nextStatus,
    };
    this.all.push(refund);
    return refund;
  }

  /** The newest first, as all of Stripe's lists. */
  list(parameters: Parameters): object {
    const intentId = parameters.text('payment_intent');
    const limit = parameters.integer('limit') ?? 10;
    const after = parameters.text('starting_after');
    parameters.refuseRest();
    if (limit < 1 || limit > 100) throw badParameter('limit', 'Limit must be between 1 and 100.');
    const matching = this.all
      .filter(({ payment_intent }) => intentId === undefined || payment_intent === intentId)
      .reverse();
    const from = after === undefined ? 0 : matching.findIndex(({ id }) => id === after) + 1;
    return {
      object: 'list',
      url: '/v1/refunds',
      has_more: matching.length > from + limit,
      data: matching.slice(from, from + limit),
    };
  }

  #chargeOf(intentId: string): Charge {
    if (!this.#intents.all.has(intentId)) throw noSuch('payment_intent', intentId, 'payment_intent', 400);
    const charge = this.#intents.charges.find((candidate) => candidate.intentId === intentId);
    if (charge === undefined) {
      throw notNow(`This PaymentIntent (${intentId}) does not have a successful charge to refund.`, {
        code: 'payment_intent_unexpected_state',
      });
    }
    return charge;
  }
}
