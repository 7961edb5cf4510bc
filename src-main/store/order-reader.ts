import { desc, eq } from 'drizzle-orm';
import type { CompletedSale } from '../api/views.ts';
import type { ReadHandle } from './handles.ts';
import { orders, payments } from './schema.ts';

/** A sale with what the screens do not show. */
export type StoredSale = CompletedSale & { readonly approvalCode: string | null };

export interface OrderReader {
  find(orderId: string): StoredSale | undefined;
  /** Newest first. */
  recent(limit: number): CompletedSale[];
}

export function orderReader({ query }: ReadHandle): OrderReader {
  const columns = {
    orderId: orders.orderId,
    receiptNumber: orders.receiptNumber,
    completedAt: orders.completedAt,
    method: payments.method,
    total: orders.total,
    tendered: payments.tendered,
    change: payments.changeGiven,
  };
  return {
    find: (orderId) =>
      query
        .select({ ...columns, approvalCode: payments.approvalCode })
        .from(orders)
        .innerJoin(payments, eq(payments.orderId, orders.orderId))
        .where(eq(orders.orderId, orderId))
        .get(),
    recent: (limit) =>
      query
        .select(columns)
        .from(orders)
        .innerJoin(payments, eq(payments.orderId, orders.orderId))
        .orderBy(desc(orders.id))
        .limit(limit)
        .all(),
  };
}
