/**
 * The terminal's API: name → who may call it, request, reply. The browser host, the Electron bridge and the
 * screens' client all derive from this table; there is no other way into the terminal.
 */
import { z } from 'zod';
import { calendarDateSchema, skuSchema } from '#domain/identifiers.ts';
import { centsSchema, nonNegativeCentsSchema } from '#domain/money/cents.ts';
import {
  completedSaleSchema,
  itemSummarySchema,
  lowStockItemSchema,
  personSchema,
  printJobSchema,
  quantitySchema,
  quickKeySchema,
  saleViewSchema,
  tillStatusSchema,
} from './views.ts';

/** Who may call: `anyone` before sign-in, `staff` once somebody is signed in, `manager` by role. */
export type Access = 'anyone' | 'staff' | 'manager';

interface Procedure<Request extends z.ZodType, Reply extends z.ZodType> {
  readonly access: Access;
  readonly request: Request;
  readonly reply: Reply;
}

function procedure<Request extends z.ZodType, Reply extends z.ZodType>(
  access: Access,
  request: Request,
  reply: Reply,
): Procedure<Request, Reply> {
  return { access, request, reply };
}

const nothing = z.strictObject({});
const orderId = z.string().min(1).max(100);
const lineId = z.string().min(1).max(60);

/** A raw scan may be anything; the length bound only keeps a mad peer from sending a book. */
const rawCode = z.string().max(65_536);

export const contract = {
  'session.signIn': procedure('anyone', z.strictObject({ pin: z.string().max(32) }), personSchema),
  'session.signOut': procedure('staff', nothing, nothing),

  'status.get': procedure('anyone', nothing, tillStatusSchema),

  'sale.get': procedure('staff', nothing, saleViewSchema),
  /** A raw code from any scanner. Refused: unreadable_barcode, wrong_check_digit, unknown_barcode, inactive_item, payment_in_progress. */
  'sale.scan': procedure('staff', z.strictObject({ code: rawCode }), saleViewSchema),
  'sale.addItem': procedure(
    'staff',
    z.strictObject({ sku: skuSchema, quantity: quantitySchema }),
    saleViewSchema,
  ),
  'sale.setQuantity': procedure('staff', z.strictObject({ lineId, quantity: z.int() }), saleViewSchema),
  'sale.removeLine': procedure('staff', z.strictObject({ lineId }), saleViewSchema),
  /**
   * Takes every line back: the customer changed their mind. Refused: payment_in_progress, another_order (a call that
   * is repeated must not empty the next customer's sale).
   */
  'sale.cancel': procedure('staff', z.strictObject({ orderId }), saleViewSchema),
  /** The cashier has read what the server changed in this sale. Refused: another_order. */
  'sale.dismissNotices': procedure('staff', z.strictObject({ orderId }), saleViewSchema),
  /** The customer's birth date, asked once per order. Refused: under_age, impossible_birth_date, another_order, payment_in_progress. The date is not kept. */
  'sale.confirmAge': procedure(
    'staff',
    z.strictObject({ orderId, birthDate: calendarDateSchema }),
    saleViewSchema,
  ),
  /** Shows the amount due; from here scans are refused. Refused: empty_sale, age_check_required, under_age. */
  'sale.beginPayment': procedure('staff', nothing, saleViewSchema),
  'sale.leavePayment': procedure('staff', nothing, saleViewSchema),
  /**
   * Tenders end the sale. `orderId` and `total` are what the cashier saw: the same call repeated for a committed order
   * answers with that order again; another tender for it is refused (already_paid), and so is a total that has changed.
   * The reply is sent only after the commit has reached the disk.
   */
  'sale.tenderCash': procedure(
    'staff',
    z.strictObject({ orderId, total: centsSchema, tendered: nonNegativeCentsSchema }),
    completedSaleSchema,
  ),
  /** Card by an external terminal: its approval code, typed or scanned. */
  'sale.tenderCard': procedure(
    'staff',
    z.strictObject({ orderId, total: centsSchema, approvalCode: z.string().max(64) }),
    completedSaleSchema,
  ),

  'catalogue.search': procedure(
    'staff',
    z.strictObject({ text: z.string().max(100), limit: z.int().min(1).max(50) }),
    z.object({ items: z.array(itemSummarySchema) }),
  ),
  'catalogue.quickKeys': procedure('staff', nothing, z.object({ keys: z.array(quickKeySchema) })),

  'receipt.recent': procedure(
    'staff',
    z.strictObject({ limit: z.int().min(1).max(50) }),
    z.object({ sales: z.array(completedSaleSchema) }),
  ),
  /** Queues a copy. Refused: unknown_order, printer_not_set_up. */
  'receipt.reprint': procedure('staff', z.strictObject({ orderId }), printJobSchema),
  /** Receipts that have not come out, oldest first. */
  'print.jobs': procedure('staff', nothing, z.object({ jobs: z.array(printJobSchema) })),
  /** A held receipt whose paper may have come out prints as a copy. Refused: unknown_print_job, printer_not_set_up. */
  'print.retry': procedure('staff', z.strictObject({ jobId: z.int() }), printJobSchema),
  /** The paper of a held receipt has been found: it leaves the queue. Refused: unknown_print_job, print_job_not_held. */
  'print.dismiss': procedure('staff', z.strictObject({ jobId: z.int() }), printJobSchema),

  /** Copies the till's database while it sells; answers when the copy is checked. Refused: backup_failed. */
  'care.backUp': procedure('manager', nothing, tillStatusSchema),

  'stock.low': procedure('manager', nothing, z.object({ items: z.array(lowStockItemSchema) })),
} as const;

export type Contract = typeof contract;
export type MethodName = keyof Contract;
export const methodNames = Object.keys(contract) as readonly MethodName[];
export type RequestOf<Name extends MethodName> = z.input<Contract[Name]['request']>;
export type ParsedRequestOf<Name extends MethodName> = z.output<Contract[Name]['request']>;
export type ReplyOf<Name extends MethodName> = z.output<Contract[Name]['reply']>;

export function isMethodName(name: string): name is MethodName {
  return Object.hasOwn(contract, name);
}

/** What the terminal says unasked. A till shows the same in every window that is open on it. */
export const pushes = {
  'sale.changed': saleViewSchema,
  /** Prices, names or picture keys: what a window holds of them is old. */
  'catalogue.changed': nothing,
  'status.changed': tillStatusSchema,
} as const;
export type PushName = keyof typeof pushes;
export type PushBody<Name extends PushName> = z.output<(typeof pushes)[Name]>;
