/** The rows of an order: as it is sold, and as it is made anew from its events. */
import type { PaymentMethod } from '#domain/events/seed-events.ts';
import type { Cents } from '#domain/money/cents.ts';
import type { ReceiptDocument } from '#domain/receipt/receipt-document.ts';
import type { WriteHandle } from './handles.ts';

export interface OrderRow {
  readonly orderId: string;
  readonly receiptNumber: string;
  /** UTC instant of the till's clock */
  readonly completedAt: string;
  readonly userId: string;
  readonly subtotal: Cents;
  readonly deposit: Cents;
  readonly tax: Cents;
  readonly total: Cents;
  readonly ageVerified: boolean;
  readonly receipt: ReceiptDocument;
}

export interface OrderLineRow {
  readonly sku: string;
  readonly name: string;
  readonly merchandiseCode: string;
  readonly quantity: number;
  readonly unitPrice: Cents;
  /** In cents; the table refuses one that is not quantity × unit price. */
  readonly amount: number;
  readonly deposit: Cents;
  readonly tax: Cents;
}

export interface PaymentRow {
  readonly paymentId: string;
  readonly orderId: string;
  readonly method: PaymentMethod;
  readonly amount: Cents;
  readonly tendered: Cents;
  readonly change: Cents;
  readonly approvalCode: string | null;
  readonly capturedAt: string;
}

export interface OrderRows {
  /** Inside the caller's transaction. */
  addOrder(order: OrderRow, lines: readonly OrderLineRow[]): void;
  addPayment(payment: PaymentRow): void;
}

export function orderRows({ connection }: WriteHandle): OrderRows {
  const insertOrder = connection.prepare(`
    INSERT INTO orders (order_id, receipt_number, completed_at, user_id, subtotal, deposit, tax, total, age_verified, receipt)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const insertLine = connection.prepare(`
    INSERT INTO order_lines (order_id, line_number, sku, name, merchandise_code, quantity, unit_price, amount, deposit, tax)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const insertPayment = connection.prepare(`
    INSERT INTO payments (payment_id, order_id, method, amount, tendered, change_given, approval_code, captured_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  return {
    addOrder(order, lines) {
      insertOrder.run(
        order.orderId,
        order.receiptNumber,
        order.completedAt,
        order.userId,
        order.subtotal,
        order.deposit,
        order.tax,
        order.total,
        order.ageVerified ? 1 : 0,
        JSON.stringify(order.receipt),
      );
      lines.forEach((line, index) => {
        insertLine.run(
          order.orderId,
          index + 1,
          line.sku,
          line.name,
          line.merchandiseCode,
          line.quantity,
          line.unitPrice,
          line.amount,
          line.deposit,
          line.tax,
        );
      });
    },
    addPayment(payment) {
      insertPayment.run(
        payment.paymentId,
        payment.orderId,
        payment.method,
        payment.amount,
        payment.tendered,
        payment.change,
        payment.approvalCode,
        payment.capturedAt,
      );
    },
  };
}
