/** Sales and returns of a till, as chained events. */
import type { EventRecord } from '#domain/events/event-record.ts';
import type { SeedEvent } from '#domain/events/seed-events.ts';
import { type Cents, ZERO, addCents } from '#domain/money/cents.ts';
import { type PricedLine, price } from '#domain/pricing/price.ts';
import type { EventSource } from '#server/test-support/sale-events.ts';
import { type Random, between, pick } from '../random.ts';
import type { TillSale } from './ledger.ts';
import type { TillShelf } from './till-shelf.ts';
import { FACTS, skusOf } from './wares.ts';

export interface Rung {
  readonly sale: TillSale;
  readonly events: readonly EventRecord[];
  /** What may come back of it. */
  readonly returnable: readonly PricedLine[];
}

const SOLD_AT_TILLS = skusOf('shelf', 'returnable');
const RETURNABLE = new Set(skusOf('returnable'));
const MOST_LINES = 4;
const MOST_UNITS = 3;

/** One sale of one to four different items, in the events and in the order in which a till writes them. */
export function ringSale(source: EventSource, shelf: TillShelf, number: number, random: Random): Rung {
  const { terminalId, locationId } = source;
  const orderId = `${locationId}-${terminalId}-${number}`;
  const skus = new Set(
    Array.from({ length: between(random, 1, MOST_LINES) }, () => pick(random, SOLD_AT_TILLS)),
  );
  const lines = [...skus].map((sku, index) => ({
    lineId: String(index),
    sku,
    quantity: between(random, 1, MOST_UNITS),
  }));
  const priced = price({ orderId, lines, newestLineId: null, customerAge: null }, FACTS);
  if (!priced.ok) throw new Error(`A till cannot price its sale: ${priced.refusal.code}`);
  const { cart } = priced;
  const paymentMethod = pick(random, ['cash', 'card'] as const);
  const paymentIntentId = `${paymentMethod}_${orderId}`;
  const { subtotal, deposit, tax, total } = cart;
  const events: SeedEvent[] = [
    {
      type: 'order.created',
      orderId,
      channel: 'counter',
      customerId: null,
      items: cart.lines.map(({ sku, quantity, unitPrice, amount }) => ({
        sku,
        quantity,
        price: unitPrice,
        total: amount,
      })),
      subtotal,
      deposit,
      tax,
      total,
      paymentMethod,
      ageVerified: cart.minimumAge !== null,
    },
    { type: 'payment.authorized', orderId, amount: total, paymentMethod, paymentIntentId },
    { type: 'payment.captured', orderId, amount: total, paymentIntentId },
    ...cart.lines.flatMap(({ sku, quantity }) => shelf.move(sku, -quantity, 'sale', orderId)),
    { type: 'order.completed', orderId, paymentStatus: 'captured', fulfillmentStatus: 'completed' },
  ];
  return {
    sale: {
      orderId,
      terminalId,
      locationId,
      total,
      units: new Map(lines.map(({ sku, quantity }) => [sku, quantity])),
      refunded: ZERO,
      returned: new Map(),
    },
    events: events.map((event) => source.nextSeed(event)),
    returnable: cart.lines.filter(({ sku }) => RETURNABLE.has(sku)),
  };
}

/** A whole line comes back. */
export function ringReturn(
  source: EventSource,
  shelf: TillShelf,
  { orderId }: TillSale,
  line: PricedLine,
): readonly EventRecord[] {
  return [
    ...shelf.move(line.sku, line.quantity, 'refund', orderId).map((event) => source.nextSeed(event)),
    source.nextSeed({
      type: 'order.refunded',
      orderId,
      refundAmount: worthOf(line),
      reason: 'customer_request',
      itemsReturned: [line.sku],
    }),
  ];
}

export function worthOf({ amount, deposit, tax }: PricedLine): Cents {
  return addCents(amount, deposit, tax);
}

/** So many units of each of these come in. */
export function ringDelivery(
  source: EventSource,
  shelf: TillShelf,
  units: ReadonlyMap<string, number>,
): readonly EventRecord[] {
  return [...units].flatMap(([sku, change]) =>
    shelf.move(sku, change, 'restock', 'DELIVERY').map((event) => source.nextSeed(event)),
  );
}
