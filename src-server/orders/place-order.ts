/**
 * The first transaction of an order: availability, price, reservation, order. A payment that needs nobody outside this process
 * is authorised in it too, as the seed draws it. Stripe is not: a call over the network must not hold locks on bottles,
 * and one that outlives a crash could not be told from one that never was. So its order is committed as `placed` first.
 */
import type { DraftEvent } from '#domain/events/holdfast-events.ts';
import { draftOf, draftOfSeedEvent } from '#domain/events/holdfast-events.ts';
import type { PaymentMethod } from '#domain/events/seed-events.ts';
import type { Cents } from '#domain/money/cents.ts';
import { type CatalogueFacts, type PricedCart, price } from '#domain/pricing/price.ts';
import type { OrderChannel } from '../access/access.ts';
import type { Queryable } from '../database/database.ts';
import type { LogTransaction } from '../log/event-log.ts';
import type { Instrument, PaymentFailure, PaymentProvider } from '../payments/payment-provider.ts';
import { OrderError } from './order-failure.ts';
import { type Wanted, release, reserve } from '../inventory/reservation.ts';

export interface OrderRequest {
  readonly locationId: string;
  readonly channel: OrderChannel;
  readonly customerId: string | null;
  readonly items: readonly Wanted[];
  readonly instrument: Instrument;
  readonly ageVerified: boolean;
  /** What the customer was told; another price is refused. */
  readonly expectedTotal: Cents | undefined;
  /** Named in the events' metadata. */
  readonly placedBy: string;
}

export interface PlaceOrderContext {
  readonly provider: PaymentProvider;
  /** Active items and their merchandise codes; what is missing is unknown. */
  readonly readFacts: (queryable: Queryable, skus: readonly string[]) => Promise<CatalogueFacts>;
  readonly now: Date;
}

/** @throws {OrderError} with the transaction to be rolled back */
export async function placeOrder(
  tx: LogTransaction,
  orderId: string,
  request: OrderRequest,
  { provider, readFacts, now }: PlaceOrderContext,
): Promise<void> {
  const priced = await priceOrder(tx, orderId, request, readFacts);
  const short = await reserve(tx, request.locationId, request.items);
  if (short.length > 0) throw new OrderError({ code: 'out_of_stock', short });
  const base = {
    orderId,
    locationId: request.locationId,
    amount: priced.total,
    instrument: request.instrument,
  };
  const answer = provider.local ? await provider.authorise(base) : undefined;
  if (answer === undefined || (!answer.ok && answer.failure.code === 'unavailable')) {
    await insertOrder(tx, { orderId, request, priced, provider, now, outcome: { status: 'placed' } });
    return;
  }
  const origin = originOf(request, now);
  if (!answer.ok) {
    const { failure } = answer;
    await release(tx, request.locationId, request.items);
    await insertOrder(tx, {
      orderId,
      request,
      priced,
      provider,
      now,
      outcome: { status: 'payment_failed', failure },
    });
    await tx.append(origin, [draftOfPaymentFailure(orderId, priced.total, failure)]);
    return;
  }
  const { intentId } = answer;
  await insertOrder(tx, {
    orderId,
    request,
    priced,
    provider,
    now,
    outcome: { status: 'authorized', intentId },
  });
  const lines = priced.lines.map(({ sku, quantity, unitPrice, amount }) => ({
    sku,
    quantity,
    unit_price: unitPrice,
    amount,
  }));
  await tx.append(
    origin,
    draftsOfAuthorisedOrder({ orderId, ...factsOf(request, priced), lines }, provider.method, intentId),
  );
}

/** What stands in the events' metadata: who, and the channel that the seed's envelope shows. */
export function originOf(
  { locationId, channel, placedBy }: Pick<OrderRequest, 'locationId' | 'channel' | 'placedBy'>,
  now: Date,
) {
  return { locationId, now, metadata: { user_id: placedBy, channel } };
}

/** What `order.created` says, of a request or of a stored order. */
export interface OrderFacts {
  readonly orderId: string;
  readonly channel: OrderChannel;
  readonly customerId: string | null;
  readonly ageVerified: boolean;
  readonly subtotal: Cents;
  readonly deposit: Cents;
  readonly tax: Cents;
  readonly total: Cents;
  readonly lines: readonly {
    readonly sku: string;
    readonly quantity: number;
    readonly unit_price: Cents;
    readonly amount: Cents;
  }[];
}

export function draftsOfAuthorisedOrder(
  order: OrderFacts,
  paymentMethod: PaymentMethod,
  paymentIntentId: string,
): DraftEvent[] {
  const { orderId, channel, customerId, ageVerified, subtotal, deposit, tax, total, lines } = order;
  return [
    draftOfSeedEvent({
      type: 'order.created',
      orderId,
      channel,
      customerId,
      items: lines.map((line) => ({
        sku: line.sku,
        quantity: line.quantity,
        price: line.unit_price,
        total: line.amount,
      })),
      subtotal,
      deposit,
      tax,
      total,
      paymentMethod,
      ageVerified,
    }),
    draftOfSeedEvent({ type: 'payment.authorized', orderId, amount: total, paymentMethod, paymentIntentId }),
  ];
}

export function draftOfPaymentFailure(orderId: string, amount: Cents, failure: PaymentFailure): DraftEvent {
  return draftOf({ type: 'payment.failed', orderId, amount, code: failure.code });
}

async function priceOrder(
  tx: LogTransaction,
  orderId: string,
  { items, ageVerified, expectedTotal }: OrderRequest,
  readFacts: PlaceOrderContext['readFacts'],
): Promise<PricedCart> {
  const facts = await readFacts(
    tx,
    items.map(({ sku }) => sku),
  );
  const lines = items.map(({ sku, quantity }, index) => ({ lineId: String(index + 1), sku, quantity }));
  const pricing = price({ orderId, lines, newestLineId: null, customerAge: null }, facts);
  if (!pricing.ok) {
    const { refusal } = pricing;
    switch (refusal.code) {
      case 'unknown_item':
        throw new OrderError({ code: 'unknown_item', sku: refusal.sku });
      case 'sale_too_large':
        throw new OrderError({ code: 'sale_too_large' });
      case 'unknown_merchandise_code':
        throw new Error(`An item has the merchandise code ${refusal.merchandiseCode}, which does not exist`);
    }
  }
  const { cart } = pricing;
  if (cart.minimumAge !== null && !ageVerified) {
    throw new OrderError({ code: 'age_not_verified', minimumAge: cart.minimumAge });
  }
  if (expectedTotal !== undefined && expectedTotal !== cart.total) {
    throw new OrderError({ code: 'price_differs', total: cart.total });
  }
  return cart;
}

function factsOf(request: OrderRequest, priced: PricedCart) {
  return {
    channel: request.channel,
    customerId: request.customerId,
    ageVerified: request.ageVerified,
    subtotal: priced.subtotal,
    deposit: priced.deposit,
    tax: priced.tax,
    total: priced.total,
  };
}

type Outcome =
  | { readonly status: 'placed' }
  | { readonly status: 'authorized'; readonly intentId: string }
  | { readonly status: 'payment_failed'; readonly failure: PaymentFailure };

interface NewOrder {
  readonly orderId: string;
  readonly request: OrderRequest;
  readonly priced: PricedCart;
  readonly provider: PaymentProvider;
  readonly now: Date;
  readonly outcome: Outcome;
}

const PAYMENT_STATUS = { placed: 'pending', authorized: 'authorized', payment_failed: 'failed' } as const;

async function insertOrder(tx: Queryable, order: NewOrder): Promise<void> {
  const { orderId, request, priced, provider, now, outcome } = order;
  const { lines } = priced;
  const failure = outcome.status === 'payment_failed' ? outcome.failure : undefined;
  await tx.execute(
    `WITH o AS (
       INSERT INTO orders (order_id, location_id, channel, origin, customer_id, status, subtotal, deposit, tax, total,
                           payment_method, age_verified, placed_by, created_at, updated_at)
       VALUES ($1, $2, $3, 'api', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)
     ), l AS (
       INSERT INTO order_lines (order_id, line_number, sku, quantity, unit_price, amount, name, deposit, tax)
       SELECT $1, * FROM unnest($14::int[], $15::text[], $16::int[], $17::bigint[], $18::bigint[], $19::text[], $20::bigint[],
                                $21::bigint[])
     )
     INSERT INTO payments (order_id, provider, instrument, amount, status, intent_id, failure_code, failure_message)
     VALUES ($1, $22, $23::text::jsonb, $9, $24, $25, $26, $27)`,
    [
      orderId,
      request.locationId,
      request.channel,
      request.customerId,
      outcome.status,
      priced.subtotal,
      priced.deposit,
      priced.tax,
      priced.total,
      provider.method,
      request.ageVerified,
      request.placedBy,
      now.toISOString(),
      lines.map((_, index) => index + 1),
      lines.map(({ sku }) => sku),
      lines.map(({ quantity }) => quantity),
      lines.map(({ unitPrice }) => unitPrice),
      lines.map(({ amount }) => amount),
      lines.map(({ name }) => name),
      lines.map(({ deposit }) => deposit),
      lines.map(({ tax }) => tax),
      provider.name,
      JSON.stringify(request.instrument),
      PAYMENT_STATUS[outcome.status],
      outcome.status === 'authorized' ? outcome.intentId : null,
      failure?.code ?? null,
      failure?.message ?? null,
    ],
  );
}
