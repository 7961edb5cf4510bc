/** Stripe's own books against the orders: money is taken once, given back once, and nothing stays held. */
import type { StripeServer } from '#server/test-support/stripe-server/stripe-server.ts';
import { refundedOf } from '../channel-client.ts';
import type { Ledger } from '../ledger.ts';
import type { Verdict } from '../verdict.ts';

export function compareMoney(ledger: Ledger, stripe: StripeServer, verdict: Verdict): void {
  const charges = Map.groupBy(stripe.charges, ({ orderId }) => orderId ?? '');
  const paid = new Map(
    [...ledger.orders.values()].flatMap((order) =>
      order.provider === 'stripe' && order.outcome?.kind === 'completed'
        ? [[order.outcome.orderId, order] as const]
        : [],
    ),
  );
  for (const [orderId, order] of paid) {
    const amounts = (charges.get(orderId) ?? []).map(({ amount }) => amount);
    if (amounts.join() !== String(order.total))
      verdict.add(
        'money_errors',
        `${orderId} costs ${order.total}, and the card paid ${amounts.join(' + ') || 'nothing'}`,
      );
    const back = (charges.get(orderId) ?? []).reduce((sum, { refunded }) => sum + refunded, 0);
    if (back !== refundedOf(order))
      verdict.add('money_errors', `${refundedOf(order)} of ${orderId} came back, and the card got ${back}`);
  }
  for (const [orderId, taken] of charges)
    if (!paid.has(orderId))
      verdict.add('money_errors', `a card paid for ${orderId}, which is no order`, taken.length);
  for (const { id, amount } of stripe.holds())
    verdict.add('money_errors', `${amount} are still held on a card by ${id}`);
  for (const [refundId, refunds] of Map.groupBy(stripe.refunds, ({ metadata }) => metadata['refund_id']))
    verdict.add('money_errors', `${refundId} was paid back ${refunds.length} times`, refunds.length - 1);
}
