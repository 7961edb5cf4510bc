/**
 * The seed's outer form of an event (`contracts/*.json` beside this file), and back. Key order and key set
 * are the samples'. Money becomes decimals here, through `money/wire-decimal.ts` and nowhere else.
 */
import { z } from 'zod';
import { assertNever } from '../assert-never.ts';
import { instantSchema, locationIdSchema } from '../identifiers.ts';
import { centsToWire, wireMoneySchema } from '../money/wire-decimal.ts';
import { ZERO } from '../money/cents.ts';
import type { JsonValue } from './canonical-json.ts';
import { type SeedEvent, type SeedEventType, orderChannelSchema, seedEventSchema } from './seed-events.ts';

/** When and where an event happened: what the envelope carries beside the event itself. */
export interface EventContext {
  /** UTC instant, ISO 8601 */
  readonly timestamp: string;
  readonly locationId: string;
}

/** Events whose sample has no `location_id`: payments know only their order. */
const WITHOUT_LOCATION: ReadonlySet<SeedEventType> = new Set(['payment.authorized', 'payment.captured']);

/** The seed's `data` object: what `event_log.payload` holds. */
export function encodeEventData(event: SeedEvent): Record<string, JsonValue> {
  switch (event.type) {
    case 'order.created':
      return {
        customer_id: event.customerId,
        items: event.items.map((item) => ({
          sku: item.sku,
          quantity: item.quantity,
          price: centsToWire(item.price),
          total: centsToWire(item.total),
        })),
        subtotal: centsToWire(event.subtotal),
        ...(event.deposit === 0 ? {} : { deposit: centsToWire(event.deposit) }),
        tax: centsToWire(event.tax),
        total: centsToWire(event.total),
        payment_method: event.paymentMethod,
        age_verified: event.ageVerified,
      };
    case 'order.completed':
      return { payment_status: event.paymentStatus, fulfillment_status: event.fulfillmentStatus };
    case 'order.refunded':
      return {
        refund_amount: centsToWire(event.refundAmount),
        reason: event.reason,
        items_returned: event.itemsReturned,
      };
    case 'inventory.updated':
      return {
        sku: event.sku,
        old_quantity: event.oldQuantity,
        new_quantity: event.newQuantity,
        change: event.change,
        reason: event.reason,
        reference_id: event.referenceId,
      };
    case 'inventory.low_stock':
      return {
        sku: event.sku,
        current_quantity: event.currentQuantity,
        reorder_point: event.reorderPoint,
        suggested_order_quantity: event.suggestedOrderQuantity,
      };
    case 'payment.authorized':
      return {
        amount: centsToWire(event.amount),
        payment_method: event.paymentMethod,
        payment_intent_id: event.paymentIntentId,
        status: 'authorized',
      };
    case 'payment.captured':
      return {
        amount: centsToWire(event.amount),
        payment_intent_id: event.paymentIntentId,
        status: 'succeeded',
      };
    default:
      return assertNever(event);
  }
}

/** The whole envelope, as the seed publishes it on the bus. */
export function encodeEvent(event: SeedEvent, context: EventContext): Record<string, JsonValue> {
  return {
    event: event.type,
    ...('orderId' in event ? { order_id: event.orderId } : {}),
    timestamp: context.timestamp,
    ...(WITHOUT_LOCATION.has(event.type) ? {} : { location_id: context.locationId }),
    ...(event.type === 'order.created' ? { channel: event.channel } : {}),
    data: encodeEventData(event),
  };
}

const wireData = {
  'order.created': z
    .object({
      customer_id: z.string().nullable(),
      items: z.array(
        z.object({
          sku: z.string(),
          quantity: z.int(),
          price: wireMoneySchema,
          total: wireMoneySchema,
        }),
      ),
      subtotal: wireMoneySchema,
      deposit: wireMoneySchema.optional(),
      tax: wireMoneySchema,
      total: wireMoneySchema,
      payment_method: z.string(),
      age_verified: z.boolean(),
    })
    .transform((data) => ({
      customerId: data.customer_id,
      items: data.items,
      subtotal: data.subtotal,
      deposit: data.deposit ?? ZERO,
      tax: data.tax,
      total: data.total,
      paymentMethod: data.payment_method,
      ageVerified: data.age_verified,
    })),
  'order.completed': z
    .object({ payment_status: z.string(), fulfillment_status: z.string() })
    .transform((data) => ({
      paymentStatus: data.payment_status,
      fulfillmentStatus: data.fulfillment_status,
    })),
  'order.refunded': z
    .object({ refund_amount: wireMoneySchema, reason: z.string(), items_returned: z.array(z.string()) })
    .transform((data) => ({
      refundAmount: data.refund_amount,
      reason: data.reason,
      itemsReturned: data.items_returned,
    })),
  'inventory.updated': z
    .object({
      sku: z.string(),
      old_quantity: z.int(),
      new_quantity: z.int(),
      change: z.int(),
      reason: z.string(),
      reference_id: z.string(),
    })
    .transform((data) => ({
      sku: data.sku,
      oldQuantity: data.old_quantity,
      newQuantity: data.new_quantity,
      change: data.change,
      reason: data.reason,
      referenceId: data.reference_id,
    })),
  'inventory.low_stock': z
    .object({
      sku: z.string(),
      current_quantity: z.int(),
      reorder_point: z.int(),
      suggested_order_quantity: z.int(),
    })
    .transform((data) => ({
      sku: data.sku,
      currentQuantity: data.current_quantity,
      reorderPoint: data.reorder_point,
      suggestedOrderQuantity: data.suggested_order_quantity,
    })),
  'payment.authorized': z
    .object({
      amount: wireMoneySchema,
      payment_method: z.string(),
      payment_intent_id: z.string(),
      status: z.literal('authorized'),
    })
    .transform((data) => ({
      amount: data.amount,
      paymentMethod: data.payment_method,
      paymentIntentId: data.payment_intent_id,
    })),
  'payment.captured': z
    .object({ amount: wireMoneySchema, payment_intent_id: z.string(), status: z.literal('succeeded') })
    .transform((data) => ({ amount: data.amount, paymentIntentId: data.payment_intent_id })),
} satisfies Record<SeedEventType, z.ZodType>;

const envelopeSchema = z.object({
  event: z.enum(Object.keys(wireData) as [SeedEventType, ...SeedEventType[]]),
  order_id: z.string().optional(),
  timestamp: z.union([instantSchema, z.iso.datetime()]),
  location_id: locationIdSchema.optional(),
  channel: orderChannelSchema.optional(),
  data: z.unknown(),
});

/**
 * Reads an envelope of the seed. Amounts with more than two decimals, missing fields and unknown events are refused.
 * @throws {z.ZodError} naming each offending field.
 */
export function decodeEvent(envelope: unknown): {
  event: SeedEvent;
  timestamp: string;
  locationId: string | undefined;
} {
  const outer = envelopeSchema.parse(envelope);
  const event = seedEventSchema.parse({
    type: outer.event,
    orderId: outer.order_id,
    channel: outer.channel,
    ...wireData[outer.event].parse(outer.data),
  });
  return { event, timestamp: outer.timestamp, locationId: outer.location_id };
}

/** The stock movement in a `payload` text of an `inventory.updated` record; the part projections need. */
export const inventoryUpdatedDataSchema = wireData['inventory.updated'];
