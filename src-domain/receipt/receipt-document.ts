import { z } from 'zod';
import { centsSchema } from '../money/cents.ts';

/**
 * What a receipt says, independent of paper width and printer language. It is stored with the sale, so that a
 * reprint years later shows what was sold and not what the catalogue says by then.
 */
const receiptLineSchema = z.object({
  name: z.string(),
  sku: z.string(),
  quantity: z.int(),
  unitPrice: centsSchema,
  /** quantity × unit price, before deposit and tax */
  amount: centsSchema,
});

const receiptTaxSchema = z.object({ label: z.string(), amount: centsSchema });

const receiptTenderSchema = z.object({
  method: z.enum(['cash', 'card']),
  /** What the customer handed over; for card what was charged. */
  amount: centsSchema,
  /** Approval code of the card terminal. */
  approvalCode: z.string().optional(),
});

export const receiptDocumentSchema = z.object({
  storeName: z.string(),
  storeAddress: z.array(z.string()),
  receiptNumber: z.string(),
  orderId: z.string(),
  /** Local wall-clock time as printed: `2026-11-23 14:05` */
  printedTime: z.string(),
  cashier: z.string(),
  terminalId: z.string(),
  lines: z.array(receiptLineSchema),
  subtotal: centsSchema,
  deposit: centsSchema,
  taxes: z.array(receiptTaxSchema),
  total: centsSchema,
  tenders: z.array(receiptTenderSchema),
  change: centsSchema,
  footer: z.array(z.string()),
});
export type ReceiptDocument = z.infer<typeof receiptDocumentSchema>;
