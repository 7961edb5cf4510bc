/** The first transaction of a refund: what comes back, what it is worth, and that nobody else takes it too. */
import { type Cents, addCents } from '#domain/money/cents.ts';
import { refundOfUnits } from '#domain/pricing/refund.ts';
import type { Queryable } from '../database/database.ts';
import type { Wanted } from '../inventory/reservation.ts';
import { type Order, type OrderLine, lockOrder } from './order.ts';
import { OrderError } from './order-failure.ts';
import { changeReturned } from './refund.ts';

export interface RefundRequest {
  readonly orderId: string;
  /** Undefined: all that has not come back yet. */
  readonly items: readonly Wanted[] | undefined;
  readonly reason: string;
  /** Whether the units go back on the shelf; broken ones do not. */
  readonly restock: boolean;
  readonly requestedBy: string;
}

/**
 * The units count as given back from here on.
 * @throws {OrderError} with the transaction to be rolled back
 */
export async function promiseRefund(
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
