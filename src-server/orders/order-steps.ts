/**
 * The transactions that take an order from one status to the next. Each locks the order and does nothing when somebody
 * else has taken the step already: a repeated request, the resumer and Stripe's webhook may all drive the same order.
 */
import { draftOf, draftOfSeedEvent } from '#domain/events/holdfast-events.ts';
import type { Queryable } from '../database/database.ts';
import { draftOfAlert, moveStock } from '../inventory/move-stock.ts';
import { draftOfMoved } from '../inventory/moved-event.ts';
import type { EventLog, LogTransaction } from '../log/event-log.ts';
import type { PaymentFailure } from '../payments/payment-provider.ts';
import { type Order, type OrderPayment, type OrderStatus, intentOf, lockOrder } from './order.ts';
import { draftOfPaymentFailure, draftsOfAuthorisedOrder, originOf } from './place-order.ts';
import { release } from '../inventory/reservation.ts';

/** @returns the status in which the order was: `placed` when the step was taken */
export async function recordAuthorisation(
  log: EventLog,
  orderId: string,
  intentId: string,
  now: Date,
): Promise<OrderStatus | undefined> {
  return step(log, orderId, 'placed', async (tx, order) => {
    await setStatus(tx, orderId, 'authorized', 'authorized', now, { intentId });
    const facts = { ...order, orderId, customerId: order.customer_id, ageVerified: order.age_verified };
    await tx.append(
      originOfOrder(order, now),
      draftsOfAuthorisedOrder(facts, order.payment_method, intentId),
    );
  });
}

/** The money is there: the reserved stock leaves, and the order is done. */
export async function recordCapture(log: EventLog, orderId: string, now: Date): Promise<void> {
  await step(log, orderId, 'authorized', async (tx, order) => {
    await setStatus(tx, orderId, 'completed', 'captured', now);
    const { moved, alerts } = await moveStock(
      tx,
      order.location_id,
      order.lines.map(({ sku, quantity }) => ({ sku, change: 0 - quantity, referenceId: orderId })),
      { fromReservation: true },
    );
    await tx.append(originOfOrder(order, now), [
      draftOfSeedEvent({
        type: 'payment.captured',
        orderId,
        amount: order.total,
        paymentIntentId: intentOf(order),
      }),
      ...moved.map((movement) => draftOfMoved(movement, 'sale')),
      ...alerts.map(draftOfAlert),
      draftOfSeedEvent({
        type: 'order.completed',
        orderId,
        paymentStatus: 'captured',
        fulfillmentStatus: 'completed',
      }),
    ]);
  });
}

/** The payment was refused before anything was held. */
export async function recordPaymentFailure(
  log: EventLog,
  orderId: string,
  failure: PaymentFailure,
  now: Date,
): Promise<void> {
  await step(log, orderId, 'placed', async (tx, order) => {
    await setStatus(tx, orderId, 'payment_failed', 'failed', now, { failure });
    await release(tx, order.location_id, order.lines);
    await tx.append(originOfOrder(order, now), [draftOfPaymentFailure(orderId, order.total, failure)]);
  });
}

/** What was held could not be taken, and is let go: the order that was created is void. */
export async function recordVoid(
  log: EventLog,
  orderId: string,
  failure: PaymentFailure,
  now: Date,
): Promise<void> {
  await step(log, orderId, 'authorized', async (tx, order) => {
    await setStatus(tx, orderId, 'voided', 'voided', now, { failure });
    await release(tx, order.location_id, order.lines);
    await tx.append(originOfOrder(order, now), [
      draftOfPaymentFailure(orderId, order.total, failure),
      draftOf({
        type: 'payment.voided',
        orderId,
        amount: order.total,
        paymentIntentId: intentOf(order),
      }),
      draftOf({ type: 'order.voided', orderId, reason: failure.code }),
    ]);
  });
}

async function step(
  log: EventLog,
  orderId: string,
  from: OrderStatus,
  work: (tx: LogTransaction, order: Order) => Promise<void>,
): Promise<OrderStatus | undefined> {
  return log.write(async (tx) => {
    const order = await lockOrder(tx, orderId);
    if (order?.status === from) await work(tx, order);
    return order?.status;
  });
}

interface PaymentChange {
  readonly intentId?: string;
  readonly failure?: PaymentFailure;
}

/** Order and payment in one statement. */
async function setStatus(
  tx: Queryable,
  orderId: string,
  status: OrderStatus,
  paymentStatus: OrderPayment['status'],
  now: Date,
  { intentId, failure }: PaymentChange = {},
): Promise<void> {
  await tx.execute(
    `WITH payment AS (
       UPDATE payments SET status = $4, intent_id = COALESCE($5, intent_id), failure_code = $6, failure_message = $7
       WHERE order_id = $1)
     UPDATE orders SET status = $2, updated_at = $3, completed_at = CASE WHEN $8 THEN $3 ELSE completed_at END
     WHERE order_id = $1`,
    [
      orderId,
      status,
      now.toISOString(),
      paymentStatus,
      intentId ?? null,
      failure?.code ?? null,
      failure?.message ?? null,
      status === 'completed',
    ],
  );
}

function originOfOrder(order: Order, now: Date) {
  return originOf({ locationId: order.location_id, channel: order.channel, placedBy: order.placed_by }, now);
}
