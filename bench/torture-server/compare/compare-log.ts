/** Each sale and each order against its events in the log: once each, with its amount, and its bottles. */
import type { ChannelOrder, Ledger, TillSale } from '../ledger.ts';
import type { Verdict } from '../verdict.ts';
import type { AuditedLog, EventsOfOrder } from './read-log.ts';
import type { BookedOrder } from './read-order-book.ts';

/** Of an order that was paid. */
const ONCE = ['order.created', 'payment.authorized', 'payment.captured', 'order.completed'] as const;
const WITHOUT_AMOUNT: ReadonlySet<string> = new Set(['order.completed']);

export function compareLog(
  ledger: Ledger,
  log: AuditedLog,
  booked: readonly BookedOrder[],
  verdict: Verdict,
): void {
  const explained = new Set<string>();
  for (const sale of ledger.sales.values()) {
    explained.add(sale.orderId);
    paidOnce(sale.orderId, sale.total, log, verdict);
    const refunds = amountsOf(log.orders.get(sale.orderId), 'order.refunded');
    refundsAre(sale.orderId, refunds, sale.returned.size, sale.refunded, verdict);
    bottlesAre(sale.orderId, leftWith(sale), log, verdict);
  }
  const byKey = Map.groupBy(booked, ({ customer_id }) => customer_id ?? '');
  for (const order of ledger.orders.values()) {
    const { outcome } = order;
    if (outcome?.kind === 'completed') {
      explained.add(outcome.orderId);
      compareCompleted(order, outcome.orderId, log, verdict);
    } else {
      for (const { order_id: orderId, status } of byKey.get(order.key) ?? []) {
        explained.add(orderId);
        compareFailed(orderId, status, log.orders.get(orderId), verdict);
      }
    }
  }
  for (const orderId of log.orders.keys())
    if (!explained.has(orderId)) verdict.add('duplicated', `the log has ${orderId}, which nobody placed`);
}

function compareCompleted(order: ChannelOrder, orderId: string, log: AuditedLog, verdict: Verdict): void {
  paidOnce(orderId, order.total, log, verdict);
  const sum = order.refunds.reduce((total, { amount }) => total + amount, 0);
  for (const type of ['payment.refunded', 'order.refunded'])
    refundsAre(orderId, amountsOf(log.orders.get(orderId), type), order.refunds.length, sum, verdict);
}

/** The bank said no before something was held, or when it was to be taken. */
function compareFailed(
  orderId: string,
  status: string,
  events: EventsOfOrder | undefined,
  verdict: Verdict,
): void {
  const expected =
    status === 'voided'
      ? ['order.created', 'payment.authorized', 'payment.failed', 'payment.voided', 'order.voided']
      : ['payment.failed'];
  const found = [...(events ?? [])].flatMap(([type, amounts]) => amounts.map(() => type)).toSorted();
  if (found.join() !== expected.toSorted().join())
    verdict.flaw(`${orderId} is ${status} and has the events ${found.join(', ')}`);
}

function paidOnce(orderId: string, total: number, { orders }: AuditedLog, verdict: Verdict): void {
  const events = orders.get(orderId);
  for (const type of ONCE) {
    const amounts = amountsOf(events, type);
    if (amounts.length === 0) verdict.add('lost', `${orderId} has no ${type}`);
    verdict.add(
      'duplicated',
      `${orderId} has ${type} ${amounts.length} times`,
      Math.max(0, amounts.length - 1),
    );
    if (!WITHOUT_AMOUNT.has(type) && amounts.some((amount) => amount !== total))
      verdict.add('money_errors', `${orderId} costs ${total} and its ${type} says ${amounts.join(', ')}`);
  }
}

function refundsAre(
  orderId: string,
  amounts: readonly (number | null)[],
  times: number,
  sum: number,
  verdict: Verdict,
): void {
  verdict.add('lost', `refunds of ${orderId}`, Math.max(0, times - amounts.length));
  verdict.add('duplicated', `refunds of ${orderId}`, Math.max(0, amounts.length - times));
  const found = amounts.reduce<number>((total, amount) => total + (amount ?? 0), 0);
  if (found !== sum) verdict.add('money_errors', `${orderId}: ${sum} came back, and the log says ${found}`);
}

function bottlesAre(
  orderId: string,
  expected: ReadonlyMap<string, number>,
  { movedFor }: AuditedLog,
  verdict: Verdict,
): void {
  const moved = movedFor.get(orderId) ?? new Map<string, number>();
  for (const sku of new Set([...expected.keys(), ...moved.keys()])) {
    const found = 0 - (moved.get(sku) ?? 0);
    if (found !== (expected.get(sku) ?? 0))
      verdict.add(
        'stock_errors',
        `${orderId} took ${expected.get(sku) ?? 0} of ${sku}, and the log says ${found}`,
      );
  }
}

function leftWith({ units, returned }: TillSale): ReadonlyMap<string, number> {
  return new Map([...units].map(([sku, quantity]) => [sku, quantity - (returned.get(sku) ?? 0)]));
}

function amountsOf(events: EventsOfOrder | undefined, type: string): readonly (number | null)[] {
  return events?.get(type) ?? [];
}
