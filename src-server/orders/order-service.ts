/**
 * Orders of all channels. An order is placed once and then driven to its end, by whoever comes: the request that placed
 * it, the same request again after a lost answer, Stripe's webhook, or the resumer after a crash. Providers are
 * idempotent by our ids and each step happens once, so it does not matter how many drive at the same time.
 */
import { v7 as uuidv7 } from 'uuid';
import type { CatalogueFacts } from '#domain/pricing/price.ts';
import type { Database, Queryable } from '../database/database.ts';
import type { EventLog } from '../log/event-log.ts';
import {
  type PaymentFailure,
  type PaymentProvider,
  type PaymentReference,
  type ProviderOf,
  isFinal,
} from '../payments/payment-provider.ts';
import { type RequestKey, makeOnce } from '../http/idempotency.ts';
import { type Order, intentOf, readOrder } from './order.ts';
import { OrderError } from './order-failure.ts';
import { recordAuthorisation, recordCapture, recordPaymentFailure, recordVoid } from './order-steps.ts';
import { type OrderRequest, placeOrder } from './place-order.ts';

export interface OrderServiceOptions {
  readonly database: Database;
  readonly log: EventLog;
  readonly providerOf: ProviderOf;
  readonly readFacts: (queryable: Queryable, skus: readonly string[]) => Promise<CatalogueFacts>;
  readonly now: () => Date;
}

export interface PlacedOrder {
  readonly order: Order;
  /** The key was known: this is what the first request made. */
  readonly replayed: boolean;
}

export interface OrderService {
  /**
   * Resolves with the completed order.
   * @throws {OrderError} whose refusal says what was changed: nothing, except for `payment_refused` and
   *   `payment_unavailable`
   */
  place(request: OrderRequest, key: RequestKey): Promise<PlacedOrder>;
  /** Takes an order as far as it goes now. @throws {OrderError} as `place` */
  drive(orderId: string): Promise<Order>;
  /** An order that nobody came back for: what may be held is let go, and so is the stock. */
  abandon(orderId: string): Promise<Order>;
}

/** More steps than an order has: a provider that contradicts itself must not spin. */
const MAX_STEPS = 6;

export function createOrderService(options: OrderServiceOptions): OrderService {
  const { database, log, providerOf, readFacts, now } = options;

  /** The order of a known key, or a new one. */
  async function placeOnce(request: OrderRequest, key: RequestKey): Promise<[string, boolean]> {
    const newId = `ORD-${uuidv7()}`;
    const made = await makeOnce(log, database, key, newId, async (tx) => {
      const provider = requireProvider(providerOf, request.instrument.provider);
      await placeOrder(tx, newId, request, { provider, readFacts, now: now() });
    });
    if (made.kind === 'reused') throw new OrderError({ code: 'idempotency_key_reused' });
    return [made.id, made.replayed];
  }

  /** @param isFirstAttempt nobody has asked the provider for this order before */
  async function drive(orderId: string, isFirstAttempt = false): Promise<Order> {
    for (let steps = 0; steps < MAX_STEPS; steps += 1) {
      const order = await readOrder(database, orderId);
      if (order === undefined) throw new OrderError({ code: 'unknown_order' });
      const { payment } = order;
      if (payment === null) return order;
      switch (order.status) {
        case 'placed':
          await authorise(order, isFirstAttempt);
          break;
        case 'authorized':
          await capture(order);
          break;
        case 'completed':
          return order;
        case 'payment_failed':
        case 'voided':
          throw new OrderError({ code: 'payment_refused', failure: failureOf(order) });
      }
    }
    throw new Error(`${orderId} does not come to an end`);
  }

  async function authorise(order: Order, isFirstAttempt: boolean): Promise<void> {
    const { order_id: orderId } = order;
    const answer = await providerFor(order).authorise(authoriseRequest(order));
    if (answer.ok) await keepAuthorisation(order, answer.intentId);
    else if (isFinal(answer.failure) && (isFirstAttempt || saysWhatBecameOfIt(answer.failure)))
      await recordPaymentFailure(log, orderId, answer.failure, now());
    else throw new OrderError({ code: 'payment_unavailable', message: answer.failure.message });
  }

  /** Another attempt, that knew of no hold, may have ended the order meanwhile: then this one is let go. */
  async function keepAuthorisation(order: Order, intentId: string): Promise<void> {
    const status = await recordAuthorisation(log, order.order_id, intentId, now());
    if (status === 'payment_failed') await releaseHold(order, intentId);
  }

  async function releaseHold(order: Order, intentId: string): Promise<void> {
    const answer = await providerFor(order).void({ ...authoriseRequest(order), intentId });
    if (!answer.ok) throw new OrderError({ code: 'payment_unavailable', message: answer.failure.message });
  }

  async function capture(order: Order): Promise<void> {
    const provider = providerFor(order);
    const reference = referenceOf(order);
    const answer = await provider.capture(reference);
    if (answer.ok) {
      await recordCapture(log, order.order_id, now());
      return;
    }
    if (!isFinal(answer.failure))
      throw new OrderError({ code: 'payment_unavailable', message: answer.failure.message });
    await letGo(order, answer.failure);
  }

  /** Only when the provider has confirmed that nothing is held any more is the order void. */
  async function letGo(order: Order, failure: PaymentFailure): Promise<void> {
    await releaseHold(order, intentOf(order));
    await recordVoid(log, order.order_id, failure, now());
  }

  /** One that was there when the order was placed: without it nobody can say what is held or taken. */
  function providerFor(order: Order): PaymentProvider {
    const found = providerOf(paymentOf(order).instrument.provider);
    if (found.ok) return found.provider;
    throw new OrderError({ code: 'payment_unavailable', message: found.failure.message });
  }

  return {
    async place(request, key) {
      const [orderId, replayed] = await placeOnce(request, key);
      return { order: await drive(orderId, !replayed), replayed };
    },
    drive: (orderId) => drive(orderId),
    async abandon(orderId) {
      const order = await readOrder(database, orderId);
      if (order?.status !== 'placed') return drive(orderId);
      // Asked again with the same ids, the provider says what became of the first attempt; what it held is let go.
      const answer = await providerFor(order).authorise(authoriseRequest(order));
      if (!answer.ok && !saysWhatBecameOfIt(answer.failure))
        throw new OrderError({ code: 'payment_unavailable', message: answer.failure.message });
      if (answer.ok) await releaseHold(order, answer.intentId);
      const failure = answer.ok ? ABANDONED : answer.failure;
      await recordPaymentFailure(log, orderId, failure, now());
      return (await readOrder(database, orderId)) ?? order;
    },
  };
}

/**
 * Whether a refusal of a repeated attempt also holds for the one before it, whose answer was lost. One about the attempt
 * itself does not: with a key that was replaced since, or an id that the provider has forgotten, money may still be held.
 */
function saysWhatBecameOfIt({ code }: PaymentFailure): boolean {
  switch (code) {
    case 'declined':
    case 'insufficient_funds':
    case 'expired_card':
    case 'authentication_required':
    case 'invalid_instrument':
    case 'amount_refused':
      return true;
    case 'not_possible':
    case 'misconfigured':
    case 'unavailable':
      return false;
  }
}

const ABANDONED: PaymentFailure = {
  code: 'not_possible',
  message: 'The order was given up: nobody asked for its outcome.',
};

function requireProvider(providerOf: ProviderOf, name: Parameters<ProviderOf>[0]): PaymentProvider {
  const provider = providerOf(name);
  if (provider.ok) return provider.provider;
  throw new OrderError({ code: 'payment_refused', failure: provider.failure });
}

function paymentOf(order: Order) {
  if (order.payment === null) throw new Error(`${order.order_id} has no payment`);
  return order.payment;
}

function authoriseRequest(order: Order) {
  return {
    orderId: order.order_id,
    locationId: order.location_id,
    amount: order.total,
    instrument: paymentOf(order).instrument,
  };
}

/** @throws {Error} for an order that was never authorised */
export function referenceOf(order: Order): PaymentReference {
  const { instrument } = paymentOf(order);
  return { orderId: order.order_id, intentId: intentOf(order), amount: order.total, instrument };
}

function failureOf(order: Order): PaymentFailure {
  const { failure_code: code, failure_message: message } = paymentOf(order);
  return { code: code ?? 'declined', message: message ?? 'The payment was refused.' };
}
