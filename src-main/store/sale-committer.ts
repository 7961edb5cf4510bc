/**
 * The one transaction of a sale: order, lines, payment, stock, receipt number, print job, events and the next
 * empty cart. Either all of it is on the disk or nothing but the open cart is.
 */
import type { Cart } from '#domain/pricing/cart.ts';
import type { JsonValue } from '#domain/events/canonical-json.ts';
import { encodeOrderFacts } from '#domain/events/order-facts.ts';
import type { PaymentMethod, SeedEvent } from '#domain/events/seed-events.ts';
import type { Cents } from '#domain/money/cents.ts';
import { centsToWire } from '#domain/money/wire-decimal.ts';
import type { PricedCart } from '#domain/pricing/price.ts';
import type { ReceiptDocument } from '#domain/receipt/receipt-document.ts';
import { cartStore } from './cart-store.ts';
import { eventLogOf } from './event-log.ts';
import type { WriteHandle } from './handles.ts';
import { orderRows } from './order-rows.ts';
import { stockWriter } from './stock-writer.ts';

export interface TenderedSale {
  readonly orderId: string;
  readonly priced: PricedCart;
  readonly ageVerified: boolean;
  readonly payment: {
    readonly paymentId: string;
    readonly method: PaymentMethod;
    readonly tendered: Cents;
    readonly change: Cents;
    readonly approvalCode: string | null;
  };
  readonly userId: string;
  readonly terminalId: string;
  readonly locationId: string;
  /** UTC instant of the till's clock */
  readonly completedAt: string;
  /** Minutes east of UTC, so that reports can say what the clock on the wall showed. */
  readonly utcOffsetMinutes: number;
  /** Reorder facts of the SKUs sold. */
  readonly stockFacts: ReadonlyMap<string, { readonly reorderPoint: number; readonly caseSize: number }>;
  /** Made once the receipt number is known, and kept with the order whether it is printed now or never. */
  readonly receipt: (receiptNumber: string) => ReceiptDocument;
  /** Whether it goes to the printer by itself: not on a till without one. */
  readonly printReceipt: boolean;
  /** What the next customer starts with. */
  readonly nextCart: Cart;
}

export interface CommittedSale {
  readonly receiptNumber: string;
}

export type CommitSale = (sale: TenderedSale) => CommittedSale;

export function saleCommitter(store: WriteHandle): CommitSale {
  const log = eventLogOf(store);
  const stock = stockWriter(store);
  const carts = cartStore(store);
  const rows = orderRows(store);
  const { connection } = store;
  const nextReceipt = connection
    .prepare<[], number>(
      `
      INSERT INTO counters (name, value) VALUES ('receipt', 1)
      ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`,
    )
    .pluck();
  const insertPrintJob = connection.prepare(`
    INSERT INTO print_jobs (order_id, is_copy, state, attempts, created_at) VALUES (?, 0, 'waiting', 0, ?)`);

  function writeOrder(sale: TenderedSale, receiptNumber: string, receipt: ReceiptDocument): void {
    const { orderId, priced, payment, userId, ageVerified, completedAt } = sale;
    const { subtotal, deposit, tax, total, lines } = priced;
    rows.addOrder(
      {
        orderId,
        receiptNumber,
        completedAt,
        userId,
        subtotal,
        deposit,
        tax,
        total,
        ageVerified,
        receipt,
      },
      lines,
    );
    rows.addPayment({ ...payment, orderId, amount: total, capturedAt: completedAt });
  }

  function moveStock(sale: TenderedSale): SeedEvent[] {
    return sale.priced.lines.flatMap((line) => {
      const facts = sale.stockFacts.get(line.sku);
      if (!facts) throw new Error(`No stock facts for ${line.sku}`);
      return stock.move({
        sku: line.sku,
        change: 0 - line.quantity,
        reason: 'sale',
        referenceId: sale.orderId,
        ...facts,
      });
    });
  }

  return (sale) =>
    store.transaction(() => {
      const counter = nextReceipt.get() ?? 1;
      const receiptNumber = `${sale.locationId}-${sale.terminalId}-${String(counter).padStart(6, '0')}`;
      const receipt = sale.receipt(receiptNumber);
      writeOrder(sale, receiptNumber, receipt);
      const stockEvents = moveStock(sale);
      const metadata = metadataOf(sale, receiptNumber);
      const origin = {
        terminalId: sale.terminalId,
        locationId: sale.locationId,
        timestamp: sale.completedAt,
      };
      // What only the order itself must say is in its own metadata, and not in those of each bottle.
      log.append([createdEvent(sale)], { ...origin, metadata: { ...metadata, ...factsOf(sale, receipt) } });
      log.append([...paymentEvents(sale), ...stockEvents, completedEvent(sale.orderId)], {
        ...origin,
        metadata,
      });
      if (sale.printReceipt) insertPrintJob.run(sale.orderId, sale.completedAt);
      carts.save(sale.nextCart, sale.completedAt);
      return { receiptNumber };
    });
}

function createdEvent({ orderId, priced, payment, ageVerified }: TenderedSale): SeedEvent {
  return {
    type: 'order.created',
    orderId,
    channel: 'counter',
    customerId: null,
    items: priced.lines.map((line) => ({
      sku: line.sku,
      quantity: line.quantity,
      price: line.unitPrice,
      total: line.amount,
    })),
    subtotal: priced.subtotal,
    deposit: priced.deposit,
    tax: priced.tax,
    total: priced.total,
    paymentMethod: payment.method,
    ageVerified,
  };
}

function paymentEvents({ orderId, priced, payment }: TenderedSale): SeedEvent[] {
  const amount = priced.total;
  const paymentIntentId = payment.paymentId;
  return [
    { type: 'payment.authorized', orderId, amount, paymentMethod: payment.method, paymentIntentId },
    { type: 'payment.captured', orderId, amount, paymentIntentId },
  ];
}

function completedEvent(orderId: string): SeedEvent {
  return { type: 'order.completed', orderId, paymentStatus: 'captured', fulfillmentStatus: 'completed' };
}

/** Beside the seed's shapes stands what the server needs to know and they have no field for. */
function metadataOf(
  { userId, payment, utcOffsetMinutes }: TenderedSale,
  receiptNumber: string,
): Record<string, JsonValue> {
  return {
    user_id: userId,
    channel: 'counter',
    receipt_number: receiptNumber,
    utc_offset_minutes: utcOffsetMinutes,
    tendered: centsToWire(payment.tendered),
    change: centsToWire(payment.change),
    ...(payment.approvalCode === null ? {} : { approval_code: payment.approvalCode }),
  };
}

/** With these a till that lost its disk makes the order and its receipt anew, to the cent. */
function factsOf({ priced }: TenderedSale, { cashier }: ReceiptDocument): Record<string, JsonValue> {
  return encodeOrderFacts({ lines: priced.lines, taxes: priced.taxes, cashier });
}
