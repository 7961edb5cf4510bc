/** The order book against what the drivers know: every order once, to the cent, and none besides. */
import { refundedOf } from '../channel-client.ts';
import type { ChannelOrder, Ledger } from '../ledger.ts';
import type { Verdict } from '../verdict.ts';
import { ALL_LOCATIONS } from '../wares.ts';
import type { BookedOrder } from './read-order-book.ts';

export function compareOrderBook(ledger: Ledger, booked: readonly BookedOrder[], verdict: Verdict): void {
  const byId = Map.groupBy(booked, ({ order_id }) => order_id);
  for (const [orderId, rows] of byId)
    verdict.add('duplicated', `${orderId} stands in the order book ${rows.length} times`, rows.length - 1);
  for (const sale of ledger.sales.values()) {
    const [row] = byId.get(sale.orderId) ?? [];
    agrees(row, sale.orderId, sale, verdict);
  }
  const byKey = Map.groupBy(booked, ({ customer_id }) => customer_id ?? '');
  for (const order of ledger.orders.values()) compareKey(order, byKey.get(order.key) ?? [], verdict);
  for (const row of booked) {
    if (!ledger.sales.has(row.order_id) && !ledger.orders.has(row.customer_id ?? ''))
      verdict.add('duplicated', `the order book has ${row.order_id}, which nobody placed`);
  }
  for (const location of ALL_LOCATIONS) compareTurnover(location, ledger, booked, verdict);
}

/** One key is one order, or none. */
function compareKey(order: ChannelOrder, rows: readonly BookedOrder[], verdict: Verdict): void {
  const { key, outcome } = order;
  verdict.add('duplicated', `the key ${key} has ${rows.length} orders`, Math.max(0, rows.length - 1));
  if (outcome === undefined) {
    verdict.flaw(`the key ${key} never had an answer`);
  } else if (outcome.kind === 'completed') {
    const row = rows.find(({ order_id }) => order_id === outcome.orderId);
    agrees(row, outcome.orderId, { total: order.total, refunded: refundedOf(order) }, verdict);
    if (row !== undefined && row.payment?.status !== 'captured')
      verdict.add('money_errors', `the payment of ${row.order_id} is ${row.payment?.status ?? 'not there'}`);
  } else {
    const isFair = (status: string) =>
      outcome.code === 'payment_refused' && (status === 'payment_failed' || status === 'voided');
    for (const { order_id: orderId, status } of rows)
      if (!isFair(status)) verdict.flaw(`${orderId} was refused (${outcome.code}) and is ${status}`);
  }
}

function agrees(
  row: BookedOrder | undefined,
  orderId: string,
  known: { readonly total: number; readonly refunded: number },
  verdict: Verdict,
): void {
  if (row === undefined) {
    verdict.add('lost', `${orderId} is not in the order book`);
    return;
  }
  const { status, total, refunded } = row;
  if (status !== 'completed') verdict.add('lost', `the end of ${orderId}: it is ${status}`);
  if (total !== known.total)
    verdict.add('money_errors', `${orderId} costs ${known.total}, booked is ${total}`);
  if (refunded !== known.refunded)
    verdict.add('money_errors', `${known.refunded} of ${orderId} came back, booked is ${refunded}`);
}

function compareTurnover(
  location: string,
  ledger: Ledger,
  booked: readonly BookedOrder[],
  verdict: Verdict,
): void {
  const known = [
    ...ledger.sales.values(),
    ...[...ledger.orders.values()].filter(({ outcome }) => outcome?.kind === 'completed'),
  ];
  const expected = sumOf(known.filter(({ locationId }) => locationId === location));
  const found = sumOf(
    booked.filter(({ location_id, status }) => location_id === location && status === 'completed'),
  );
  if (expected !== found)
    verdict.add('money_errors', `${location} took ${expected} cents, and the order book adds up to ${found}`);
}

function sumOf(orders: readonly { readonly total: number }[]): number {
  return orders.reduce((sum, { total }) => sum + total, 0);
}
