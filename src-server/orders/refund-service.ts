/** Gives money and bottles back: computed here, paid back by the provider, then told in the log. Driven like an order. */
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { draftOf, draftOfSeedEvent } from '#domain/events/holdfast-events.ts';
import { type Cents, addCents, centsSchema } from '#domain/money/cents.ts';
import { refundOfUnits } from '#domain/pricing/refund.ts';
import type { Database, Queryable } from '../database/database.ts';
import { draftOfAlert, moveStock } from '../inventory/move-stock.ts';
import { draftOfMoved } from '../inventory/moved-event.ts';
import type { EventLog } from '../log/event-log.ts';
import {
  type PaymentFailure,
  type PaymentProvider,
  type ProviderOf,
  isFinal,
  paymentFailureCodeSchema,
} from '../payments/payment-provider.ts';
import { type RequestKey, makeOnce } from '../http/idempotency.ts';
import { type Order, type OrderLine, lockOrder, readOrder } from './order.ts';
import { OrderError } from './order-failure.ts';
import { referenceOf } from './order-service.ts';
import type { Wanted } from '../inventory/reservation.ts';

export interface RefundRequest {
  readonly orderId: string;
  /** Undefined: all that has not come back yet. */
  readonly items: readonly Wanted[] | undefined;
  readonly reason: string;
  /** Whether the units go back on the shelf; broken ones do not. */
  readonly restock: boolean;
  readonly requestedBy: string;
}

const refundRow = z.object({
  refund_id: z.string(),
  order_id: z.string(),
  amount: centsSchema,
  reason: z.string(),
  lines: z.array(z.object({ line_number: z.int(), sku: z.string(), quantity: z.int(), amount: centsSchema })),
  restock: z.boolean(),
  status: z.enum(['pending', 'completed', 'failed']),
  provider_id: z.string().nullable(),
  failure_code: paymentFailureCodeSchema.nullable(),
  failure_message: z.string().nullable(),
  requested_by: z.string(),
  created_at: z.date(),
  updated_at: z.date(),
});
export type Refund = z.output<typeof refundRow>;

const REFUND_COLUMNS = Object.keys(refundRow.shape).join(', ');

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

export async function readRefund(queryable: Queryable, refundId: string): Promise<Refund> {
  const [refund] = await queryable.query(
    refundRow,
    `SELECT ${REFUND_COLUMNS} FROM refunds WHERE refund_id = $1`,
    [refundId],
  );
  if (refund === undefined) throw new Error(`There is no refund ${refundId}`);
  return refund;
}

/** The first transaction: the units count as given back from here on, so that no second refund takes them too. */
async function promiseRefund(
  tx: Queryable,
  refundId: string,
  request: RefundRequest,
  now: Date,
): Promise<void> {
  const order = await lockOrder(tx, request.orderId);
  if (order === undefined) throw new OrderError({ code: 'unknown_order' });
  if (order.origin === 'terminal') throw new OrderError({ code: 'not_refundable_here' });
  if (order.status !== 'completed') throw new OrderError({ code: 'not_completed' });
  const lines = returnedLines(order, request.items).map(({ line, quantity }) => ({
    line_number: line.line_number,
    sku: line.sku,
    quantity,
    amount: worthOf(line, quantity),
  }));
  await tx.execute(
    `INSERT INTO refunds (refund_id, order_id, amount, reason, lines, restock, status, requested_by, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5::text::jsonb, $6, 'pending', $7, $8, $8)`,
    [
      refundId,
      order.order_id,
      addCents(...lines.map(({ amount }) => amount)),
      request.reason,
      JSON.stringify(lines),
      request.restock,
      request.requestedBy,
      now.toISOString(),
    ],
  );
  await changeReturned(tx, order.order_id, lines, 1);
}

interface ReturnedLine {
  readonly line: OrderLine;
  readonly quantity: number;
}

function returnedLines(order: Order, items: readonly Wanted[] | undefined): ReturnedLine[] {
  if (items === undefined) {
    const left = order.lines
      .map((line) => ({ line, quantity: line.quantity - line.refunded_quantity }))
      .filter(({ quantity }) => quantity > 0);
    if (left.length === 0) throw new OrderError({ code: 'nothing_to_refund' });
    return left;
  }
  return items.map(({ sku, quantity }) => {
    const line = order.lines.find((one) => one.sku === sku);
    if (line === undefined) throw new OrderError({ code: 'not_in_order', sku });
    const left = line.quantity - line.refunded_quantity;
    if (quantity > left) throw new OrderError({ code: 'already_refunded', sku, left });
    return { line, quantity };
  });
}

function worthOf(line: OrderLine, quantity: number): Cents {
  const paid = addCents(line.amount, line.deposit, line.tax);
  const before = { units: line.refunded_quantity, amount: line.refunded_amount };
  return refundOfUnits(paid, line.quantity, before, quantity);
}

async function recordRefund(
  log: EventLog,
  refundId: string,
  providerRefundId: string,
  now: Date,
): Promise<void> {
  await log.write(async (tx) => {
    const refund = await lockRefund(tx, refundId);
    if (refund.status !== 'pending') return;
    const order = await lockOrder(tx, refund.order_id);
    if (order === undefined) throw new Error(`The order of ${refundId} is gone`);
    await tx.execute(
      `UPDATE refunds SET status = 'completed', provider_id = $2, updated_at = $3 WHERE refund_id = $1`,
      [refundId, providerRefundId, now.toISOString()],
    );
    await tx.execute('UPDATE orders SET refunded = refunded + $2, updated_at = $3 WHERE order_id = $1', [
      order.order_id,
      refund.amount,
      now.toISOString(),
    ]);
    const { moved, alerts } = await moveStock(
      tx,
      order.location_id,
      refund.restock
        ? refund.lines.map(({ sku, quantity }) => ({ sku, change: quantity, referenceId: order.order_id }))
        : [],
    );
    await tx.append(
      {
        locationId: order.location_id,
        now,
        metadata: { user_id: refund.requested_by, channel: order.channel, refund_id: refundId },
      },
      [
        draftOf({
          type: 'payment.refunded',
          orderId: order.order_id,
          amount: refund.amount,
          paymentIntentId: referenceOf(order).intentId,
          refundId,
        }),
        ...moved.map((movement) => draftOfMoved(movement, 'refund')),
        ...alerts.map(draftOfAlert),
        draftOfSeedEvent({
          type: 'order.refunded',
          orderId: order.order_id,
          refundAmount: refund.amount,
          reason: refund.reason,
          itemsReturned: refund.lines.map(({ sku }) => sku),
        }),
      ],
    );
  });
}

/** The units are not on their way back any more: they may be asked for again. */
async function recordRefundFailure(
  log: EventLog,
  refundId: string,
  failure: PaymentFailure,
  now: Date,
): Promise<void> {
  await log.write(async (tx) => {
    const refund = await lockRefund(tx, refundId);
    if (refund.status !== 'pending') return;
    // Lines change under the lock of their order only.
    await lockOrder(tx, refund.order_id);
    await tx.execute(
      `UPDATE refunds SET status = 'failed', failure_code = $2, failure_message = $3, updated_at = $4 WHERE refund_id = $1`,
      [refundId, failure.code, failure.message, now.toISOString()],
    );
    await changeReturned(tx, refund.order_id, refund.lines, -1);
  });
}

async function lockRefund(tx: Queryable, refundId: string): Promise<Refund> {
  await tx.execute('SELECT 1 FROM refunds WHERE refund_id = $1 FOR UPDATE', [refundId]);
  return readRefund(tx, refundId);
}

async function changeReturned(
  tx: Queryable,
  orderId: string,
  lines: Refund['lines'],
  sign: 1 | -1,
): Promise<void> {
  await tx.execute(
    `UPDATE order_lines SET refunded_quantity = refunded_quantity + r.units, refunded_amount = refunded_amount + r.amount
     FROM unnest($2::int[], $3::int[], $4::bigint[]) AS r (line_number, units, amount)
     WHERE order_lines.order_id = $1 AND order_lines.line_number = r.line_number`,
    [
      orderId,
      lines.map(({ line_number }) => line_number),
      lines.map(({ quantity }) => sign * quantity),
      lines.map(({ amount }) => sign * amount),
    ],
  );
}

function failureOf({ failure_code: code, failure_message: message }: Refund): PaymentFailure {
  return { code: code ?? 'not_possible', message: message ?? 'The refund was refused.' };
}
