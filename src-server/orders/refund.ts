/** A refund as the tables have it. Amounts in cents. */
import { z } from 'zod';
import { centsSchema } from '#domain/money/cents.ts';
import type { Queryable } from '../database/database.ts';
import { paymentFailureCodeSchema } from '../payments/payment-provider.ts';

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

export async function readRefund(queryable: Queryable, refundId: string): Promise<Refund> {
  const [refund] = await queryable.query(
    refundRow,
    `SELECT ${REFUND_COLUMNS} FROM refunds WHERE refund_id = $1`,
    [refundId],
  );
  if (refund === undefined) throw new Error(`There is no refund ${refundId}`);
  return refund;
}

export async function lockRefund(tx: Queryable, refundId: string): Promise<Refund> {
  await tx.execute('SELECT 1 FROM refunds WHERE refund_id = $1 FOR UPDATE', [refundId]);
  return readRefund(tx, refundId);
}

/** Counts units and amounts of lines as given back, or no longer. Under the lock of their order only. */
export async function changeReturned(
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
