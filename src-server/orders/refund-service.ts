/** Gives money and bottles back: computed here, paid back by the provider, then told in the log. Driven like an order. */
import { v7 as uuidv7 } from 'uuid';
import type { Database } from '../database/database.ts';
import { type RequestKey, makeOnce } from '../http/idempotency.ts';
import type { EventLog } from '../log/event-log.ts';
import {
  type PaymentFailure,
  type PaymentProvider,
  type ProviderOf,
  isFinal,
} from '../payments/payment-provider.ts';
import { type Order, readOrder } from './order.ts';
import { OrderError } from './order-failure.ts';
import { referenceOf } from './order-service.ts';
import { type RefundRequest, promiseRefund } from './promise-refund.ts';
import { type Refund, readRefund } from './refund.ts';
import { recordRefund, recordRefundFailure } from './refund-steps.ts';

export interface RefundServiceOptions {
  readonly database: Database;
  readonly log: EventLog;
  readonly providerOf: ProviderOf;
  readonly now: () => Date;
}

export interface RefundService {
  /** Resolves with the completed refund. @throws {OrderError} */
  refund(
    request: RefundRequest,
    key: RequestKey,
  ): Promise<{ readonly refund: Refund; readonly replayed: boolean }>;
  /** Takes a refund as far as it goes now. @throws {OrderError} */
  drive(refundId: string): Promise<Refund>;
}

export function createRefundService({ database, log, providerOf, now }: RefundServiceOptions): RefundService {
  async function refundOnce(request: RefundRequest, key: RequestKey): Promise<[string, boolean]> {
    const newId = `REF-${uuidv7()}`;
    const made = await makeOnce(log, database, key, newId, (tx) => promiseRefund(tx, newId, request, now()));
    if (made.kind === 'reused') throw new OrderError({ code: 'idempotency_key_reused' });
    return [made.id, made.replayed];
  }

  /** @param isFirstAttempt nobody has asked the provider for this refund before */
  async function drive(refundId: string, isFirstAttempt = false): Promise<Refund> {
    const refund = await readRefund(database, refundId);
    switch (refund.status) {
      case 'completed':
        return refund;
      case 'failed':
        throw new OrderError({ code: 'refund_refused', failure: failureOf(refund) });
      case 'pending':
        break;
    }
    const order = await readOrder(database, refund.order_id);
    const payment = order?.payment ?? null;
    if (order === undefined || payment === null) throw new Error(`The order of ${refundId} has no payment`);
    const found = providerOf(payment.instrument.provider);
    const answer = found.ok ? await payBack(found.provider, refund, order) : found;
    if (answer.ok) await recordRefund(log, refundId, answer.providerRefundId, now());
    else if (isFinal(answer.failure) && (isFirstAttempt || saysWhatBecameOfIt(answer.failure)))
      await recordRefundFailure(log, refundId, answer.failure, now());
    else throw new OrderError({ code: 'payment_unavailable', message: answer.failure.message });
    return drive(refundId);
  }

  return {
    async refund(request, key) {
      const [refundId, replayed] = await refundOnce(request, key);
      return { refund: await drive(refundId, !replayed), replayed };
    },
    drive: (refundId) => drive(refundId),
  };
}

/**
 * Whether a refusal of a repeated attempt also holds for the one before it, whose answer was lost. With a key that was
 * replaced since, or no provider any more, the money may be on its way: a refund that is then taken for refused would free
 * its units for another one.
 */
function saysWhatBecameOfIt({ code }: PaymentFailure): boolean {
  return code !== 'misconfigured' && code !== 'unavailable';
}

/** What cost nothing is given back without asking: no provider moves 0.00. */
async function payBack(provider: PaymentProvider, refund: Refund, order: Order) {
  const { refund_id: refundId, amount } = refund;
  if (amount === 0) return { ok: true, providerRefundId: refundId } as const;
  return provider.refund({ refundId, payment: referenceOf(order), amount });
}

function failureOf({ failure_code: code, failure_message: message }: Refund): PaymentFailure {
  return { code: code ?? 'not_possible', message: message ?? 'The refund was refused.' };
}
