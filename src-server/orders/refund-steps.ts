/** The transactions that end a refund. Each locks it, and does nothing when somebody else has ended it already. */
import { draftOf, draftOfSeedEvent } from '#domain/events/holdfast-events.ts';
import { draftOfAlert, moveStock } from '../inventory/move-stock.ts';
import { draftOfMoved } from '../inventory/moved-event.ts';
import type { EventLog } from '../log/event-log.ts';
import type { PaymentFailure } from '../payments/payment-provider.ts';
import { intentOf, lockOrder } from './order.ts';
import { changeReturned, lockRefund } from './refund.ts';

export async function recordRefund(
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
          paymentIntentId: intentOf(order),
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
export async function recordRefundFailure(
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
