/** What the screens are shown. Every figure on a screen stands in one of these: the renderer computes none. */
import { z } from 'zod';
import { MAX_QUANTITY } from '#domain/catalogue/item.ts';
import { calendarDateSchema, instantSchema, skuSchema } from '#domain/identifiers.ts';
import { centsSchema } from '#domain/money/cents.ts';
import { paymentMethodSchema } from '#domain/events/seed-events.ts';
import { saleNoticeSchema } from './sale-notice.ts';
import { syncStatusSchema } from './sync-status.ts';

export const roleSchema = z.enum(['cashier', 'manager']);
export type Role = z.infer<typeof roleSchema>;

export const personSchema = z.object({ userId: z.string(), name: z.string(), role: roleSchema });
export type Person = z.infer<typeof personSchema>;

export const quantitySchema = z.int().min(1).max(MAX_QUANTITY);

export const saleLineSchema = z.object({
  lineId: z.string(),
  sku: skuSchema,
  name: z.string(),
  quantity: quantitySchema,
  unitPrice: centsSchema,
  /** quantity × unit price */
  amount: centsSchema,
  /** Container deposit of the whole line. */
  deposit: centsSchema,
  minimumAge: z.int().nullable(),
  /** The customer was asked and is too young for this line. */
  barred: z.boolean(),
});
export type SaleLine = z.infer<typeof saleLineSchema>;

/** The open sale. There is always one; without lines it is an empty till waiting for a scan. */
export const saleViewSchema = z.object({
  orderId: z.string(),
  /** `paying`: the amount due is on the screen and scans are refused until payment ends or is left. */
  phase: z.enum(['selling', 'paying']),
  lines: z.array(saleLineSchema),
  /** The line that the last action touched: highlighted and scrolled to. */
  newestLineId: z.string().nullable(),
  unitCount: z.int(),
  subtotal: centsSchema,
  deposit: centsSchema,
  taxes: z.array(z.object({ label: z.string(), amount: centsSchema })),
  tax: centsSchema,
  total: centsSchema,
  age: z.object({
    /** Highest minimum age among the lines; null when anybody may buy all of them. */
    minimumAge: z.int().nullable(),
    /**
     * - `not_needed`: nothing restricted in the sale
     * - `needed`: ask for the birth date; payment is refused until then
     * - `confirmed`: old enough for every line
     * - `refused`: under age; remove the restricted lines or cancel
     */
    outcome: z.enum(['not_needed', 'needed', 'confirmed', 'refused']),
    /** Born on or before this date is old enough today. */
    bornOnOrBefore: calendarDateSchema.nullable(),
  }),
  /** Quick amounts for cash: exact first, then the next notes a customer would hand over. */
  quickCash: z.array(centsSchema),
  /** What the server changed in this sale since its lines were rung up; read and taken away by `sale.dismissNotices`. */
  notices: z.array(saleNoticeSchema),
});
export type SaleView = z.infer<typeof saleViewSchema>;

/** What a committed sale leaves on the screen. Present only when the commit is on disk. */
export const completedSaleSchema = z.object({
  orderId: z.string(),
  receiptNumber: z.string(),
  completedAt: instantSchema,
  method: paymentMethodSchema,
  total: centsSchema,
  tendered: centsSchema,
  change: centsSchema,
});
export type CompletedSale = z.infer<typeof completedSaleSchema>;

export const printJobSchema = z.object({
  jobId: z.int(),
  orderId: z.string(),
  receiptNumber: z.string(),
  /** `dismissed`: it was held, and a person has found its paper. */
  state: z.enum(['waiting', 'printing', 'held', 'printed', 'dismissed']),
  copy: z.boolean(),
  attempts: z.int(),
  /** Why it is held, in words. */
  problem: z.string().nullable(),
  createdAt: instantSchema,
});
export type PrintJob = z.infer<typeof printJobSchema>;

export const printerStatusSchema = z.object({
  state: z.enum(['none', 'ready', 'printing', 'held']),
  /** Receipts that have not come out yet. */
  waiting: z.int(),
  /**
   * Whether the printer answers when a receipt is through. One that does not has only taken the bytes: such a receipt
   * was sent, and nobody but the person in front of it knows whether it came out. False without a printer.
   */
  confirms: z.boolean(),
  /** What is wrong and what to do, in a sentence; null while all is well. */
  problem: z.string().nullable(),
});

export type PrinterStatus = z.infer<typeof printerStatusSchema>;

export const drawerStatusSchema = z.object({
  state: z.enum(['none', 'ready', 'failed']),
  problem: z.string().nullable(),
});

export type DrawerStatus = z.infer<typeof drawerStatusSchema>;

/** The state line: always there, one look tells. */
export const tillStatusSchema = z.object({
  storeName: z.string(),
  locationId: z.string(),
  terminalId: z.string(),
  person: personSchema.nullable(),
  printer: printerStatusSchema,
  drawer: drawerStatusSchema,
  sync: syncStatusSchema,
  /** Low-stock alerts that nobody has looked at: the number on the manager's button. */
  lowStockCount: z.int(),
  /** The last completed sale of this terminal, for reprinting. */
  lastSale: completedSaleSchema.nullable(),
});
export type TillStatus = z.infer<typeof tillStatusSchema>;

export const itemSummarySchema = z.object({
  sku: skuSchema,
  name: z.string(),
  price: centsSchema,
  merchandiseCode: z.string(),
  onHand: z.int(),
  minimumAge: z.int().nullable(),
  /** Drawing to show, after the merchandise code. */
  picture: z.string(),
});
export type ItemSummary = z.infer<typeof itemSummarySchema>;

export const quickKeySchema = z.object({
  sku: skuSchema,
  label: z.string(),
  price: centsSchema,
  picture: z.string(),
});
export type QuickKey = z.infer<typeof quickKeySchema>;

export const lowStockItemSchema = z.object({
  sku: skuSchema,
  name: z.string(),
  merchandiseCode: z.string(),
  onHand: z.int(),
  reorderPoint: z.int(),
  caseSize: z.int(),
  suggestedQuantity: z.int(),
  suggestedCases: z.int(),
});
export type LowStockItem = z.infer<typeof lowStockItemSchema>;
