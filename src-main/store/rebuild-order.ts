/**
 * The rows of a sale, made anew from its events. What they do not say (a till of release 0.1.0 wrote no names and no tax line by
 * line) is taken from the catalogue of today or shared out. The receipt says that it was made anew.
 */
import { z } from 'zod';
import type { EventRecord } from '#domain/events/event-record.ts';
import { EventVersionError, upcast } from '#domain/events/event-versions.ts';
import { decodeEvent } from '#domain/events/event-wire.ts';
import { type OrderFacts, decodeOrderFacts } from '#domain/events/order-facts.ts';
import type { SeedEvent } from '#domain/events/seed-events.ts';
import { wireMoneySchema } from '#domain/money/wire-decimal.ts';
import { allocate } from '#domain/money/rounding.ts';
import { ZERO } from '#domain/money/cents.ts';
import type { ReceiptDocument } from '#domain/receipt/receipt-document.ts';
import { taxLabel } from '../selling/tax-label.ts';
import type { WriteHandle } from './handles.ts';
import { type OrderLineRow, orderRows } from './order-rows.ts';
import { readTerminalSettings } from './settings-store.ts';
import { sqliteCode } from './store-errors.ts';

type Created = Extract<SeedEvent, { readonly type: 'order.created' }>;
type Authorized = Extract<SeedEvent, { readonly type: 'payment.authorized' }>;

/** Beside the seed's shapes, in every event of a sale at a till. */
const saleMetadataSchema = z.object({
  user_id: z.string().min(1),
  receipt_number: z.string().min(1),
  utc_offset_minutes: z.int().min(-1_000).max(1_000),
  tendered: wireMoneySchema,
  change: wireMoneySchema,
  approval_code: z.string().optional(),
});
type SaleMetadata = z.output<typeof saleMetadataSchema>;

const MADE_ANEW = 'Made anew after this till was restored.';

/**
 * For one event after the other, inside the caller's transaction. An event from which no sale can be made (the server has
 * quarantined it, or a later Holdfast wrote it) leaves no rows: it is in the log all the same.
 */
export function orderRebuilder(store: WriteHandle): (event: EventRecord) => void {
  const { connection } = store;
  const knownItem = connection.prepare<[string], { readonly name: string; readonly code: string }>(
    'SELECT name, merchandise_code AS code FROM items WHERE sku = ?',
  );
  const knownName = connection.prepare<[string], string>('SELECT name FROM staff WHERE user_id = ?').pluck();
  // No PIN fits an empty hash, and nobody inactive is asked for one.
  const addPerson = connection.prepare(`
    INSERT INTO staff (user_id, name, role, pin_hash, active, version) VALUES (?, ?, 'cashier', '', 0, 0)
    ON CONFLICT (user_id) DO NOTHING`);
  const rows = orderRows(store);
  // Nobody knows whether the paper came out: not by itself a second time, and on request as a copy.
  const insertPrintJob = connection.prepare(`
    INSERT INTO print_jobs (order_id, is_copy, state, attempts, created_at) VALUES (?, 0, 'dismissed', 0, ?)`);
  const raiseCounter = connection.prepare(`
    INSERT INTO counters (name, value) VALUES ('receipt', ?)
    ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)`);
  const rowsOrNone = connection.transaction((work: () => void) => work());

  function linesOf(order: Created, facts: OrderFacts): OrderLineRow[] {
    const known = order.items.map((_, index) => facts.lines[index]);
    const weights = order.items.map((item) => Math.max(0, item.total));
    const deposits = wholeOrNull(known.map((line) => line?.deposit)) ?? allocate(order.deposit, weights);
    const taxes = wholeOrNull(known.map((line) => line?.tax)) ?? allocate(order.tax, weights);
    return order.items.map(({ sku, quantity, price }, index) => {
      const item = knownItem.get(sku);
      return {
        sku,
        name: known[index]?.name ?? item?.name ?? sku,
        merchandiseCode: known[index]?.merchandiseCode ?? item?.code ?? '',
        quantity,
        unitPrice: price,
        amount: quantity * price,
        deposit: deposits[index] ?? ZERO,
        tax: taxes[index] ?? ZERO,
      };
    });
  }

  function writeOrder(order: Created, facts: OrderFacts, at: string, metadata: SaleMetadata): void {
    addPerson.run(metadata.user_id, metadata.user_id);
    const lines = linesOf(order, facts);
    const { orderId, subtotal, deposit, tax, total, ageVerified } = order;
    rows.addOrder(
      {
        orderId,
        receiptNumber: metadata.receipt_number,
        completedAt: at,
        userId: metadata.user_id,
        subtotal,
        deposit,
        tax,
        total,
        ageVerified,
        receipt: receiptOf(order, facts, lines, at, metadata),
      },
      lines,
    );
    insertPrintJob.run(order.orderId, at);
    raiseCounter.run(counterOf(metadata.receipt_number));
  }

  function receiptOf(
    order: Created,
    facts: OrderFacts,
    lines: readonly OrderLineRow[],
    at: string,
    metadata: SaleMetadata,
  ): ReceiptDocument {
    const { tendered, change, approval_code: approvalCode } = metadata;
    const settings = readTerminalSettings(store);
    return {
      storeName: settings?.storeName ?? '',
      storeAddress: settings?.storeAddress ?? [],
      receiptNumber: metadata.receipt_number,
      orderId: order.orderId,
      printedTime: wallClock(at, metadata.utc_offset_minutes),
      cashier: facts.cashier ?? knownName.get(metadata.user_id) ?? metadata.user_id,
      terminalId: settings?.terminalId ?? '',
      lines: order.items.map((item, index) => ({
        name: lines[index]?.name ?? item.sku,
        sku: item.sku,
        quantity: item.quantity,
        unitPrice: item.price,
        amount: item.total,
      })),
      subtotal: order.subtotal,
      deposit: order.deposit,
      taxes: facts.taxes?.map((tax) => ({ label: taxLabel(tax), amount: tax.amount })) ?? [
        { label: 'Tax', amount: order.tax },
      ],
      total: order.total,
      tenders: [
        {
          method: order.paymentMethod,
          amount: tendered,
          ...(approvalCode === undefined ? {} : { approvalCode }),
        },
      ],
      change,
      footer: [...(settings?.receiptFooter ?? []), MADE_ANEW],
    };
  }

  function writePayment(payment: Authorized, at: string, metadata: SaleMetadata): void {
    rows.addPayment({
      paymentId: payment.paymentIntentId,
      orderId: payment.orderId,
      method: payment.paymentMethod,
      amount: payment.amount,
      tendered: metadata.tendered,
      change: metadata.change,
      approvalCode: metadata.approval_code ?? null,
      capturedAt: at,
    });
  }

  return (record) => {
    if (record.eventType !== 'order.created' && record.eventType !== 'payment.authorized') return;
    try {
      const { event, sale, metadata } = readEvent(record);
      rowsOrNone(() => {
        if (event.type === 'order.created') {
          writeOrder(event, decodeOrderFacts(metadata), record.timestamp, sale);
        } else if (event.type === 'payment.authorized') writePayment(event, record.timestamp, sale);
      });
    } catch (error) {
      if (!isOfTheEvent(error)) throw error;
    }
  };
}

/** @throws what {@link isOfTheEvent} knows, when no sale can be read from it */
function readEvent(record: EventRecord) {
  const { payload, metadata } = upcast(record.eventType, {
    payload: z.json().parse(JSON.parse(record.payload)),
    metadata: z.json().parse(JSON.parse(record.metadata)),
  });
  const { event } = decodeEvent({
    event: record.eventType,
    order_id: record.aggregateId,
    timestamp: record.timestamp,
    location_id: record.locationId,
    channel: 'counter',
    data: payload,
  });
  return { event, sale: saleMetadataSchema.parse(metadata), metadata };
}

/** What an event may say that makes no rows. The last: amounts that do not add up, or a payment whose order could not be kept. */
function isOfTheEvent(error: unknown): boolean {
  return (
    error instanceof z.ZodError ||
    error instanceof SyntaxError ||
    error instanceof EventVersionError ||
    sqliteCode(error)?.startsWith('SQLITE_CONSTRAINT') === true
  );
}

/** All of them, or none: what is shared out must not meet what is known. */
function wholeOrNull<Value>(values: readonly (Value | null | undefined)[]): readonly Value[] | null {
  const known = values.flatMap((value) => (value === null || value === undefined ? [] : [value]));
  return known.length === values.length ? known : null;
}

/** `STORE-001-T1-000042` → 42; 0 for a number of another form. */
function counterOf(receiptNumber: string): number {
  return Number(/-(\d{1,12})$/.exec(receiptNumber)?.[1] ?? 0);
}

/** What the clock on the wall showed: `2026-11-23 14:05`. */
function wallClock(instant: string, utcOffsetMinutes: number): string {
  const local = new Date(Date.parse(instant) + utcOffsetMinutes * 60_000);
  return local.toISOString().slice(0, 16).replace('T', ' ');
}
