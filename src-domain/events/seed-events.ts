/**
 * The events of the seed ("Core Events"), inside the house: camelCase names, money in cents.
 * `event-wire.ts` gives each of them the seed's outer form.
 */
import { z } from 'zod';
import { skuSchema } from '../identifiers.ts';
import { centsSchema, nonNegativeCentsSchema } from '../money/cents.ts';

export const orderChannelSchema = z.enum(['counter', 'web', 'uber_eats', 'doordash']);
export const paymentMethodSchema = z.enum(['cash', 'card']);
export type PaymentMethod = z.infer<typeof paymentMethodSchema>;
export const stockReasonSchema = z.enum(['sale', 'restock', 'adjustment', 'transfer', 'refund']);
export type StockReason = z.infer<typeof stockReasonSchema>;

const orderId = z.string().min(1).max(100);
const quantity = z.int();

export const orderCreatedSchema = z.object({
  type: z.literal('order.created'),
  orderId,
  channel: orderChannelSchema,
  customerId: z.string().nullable(),
  items: z.array(
    z.object({
      sku: skuSchema,
      quantity,
      /** unit price */
      price: nonNegativeCentsSchema,
      /** quantity × price less discount, before deposit and tax */
      total: centsSchema,
    }),
  ),
  subtotal: centsSchema,
  /** Container deposits. On the wire only when not zero: the seed's shape has no such field. */
  deposit: centsSchema,
  tax: centsSchema,
  /** subtotal + deposit + tax */
  total: centsSchema,
  paymentMethod: paymentMethodSchema,
  ageVerified: z.boolean(),
});

export const orderCompletedSchema = z.object({
  type: z.literal('order.completed'),
  orderId,
  paymentStatus: z.literal('captured'),
  fulfillmentStatus: z.literal('completed'),
});

export const orderRefundedSchema = z.object({
  type: z.literal('order.refunded'),
  orderId,
  refundAmount: nonNegativeCentsSchema,
  reason: z.string(),
  itemsReturned: z.array(skuSchema),
});

export const inventoryUpdatedSchema = z.object({
  type: z.literal('inventory.updated'),
  sku: skuSchema,
  oldQuantity: quantity,
  newQuantity: quantity,
  /** newQuantity − oldQuantity. Projections add this; old and new are the view of whoever wrote the event. */
  change: quantity,
  reason: stockReasonSchema,
  referenceId: z.string().max(100),
});

export const inventoryLowStockSchema = z.object({
  type: z.literal('inventory.low_stock'),
  sku: skuSchema,
  currentQuantity: quantity,
  reorderPoint: quantity,
  suggestedOrderQuantity: quantity,
});

export const paymentAuthorizedSchema = z.object({
  type: z.literal('payment.authorized'),
  orderId,
  amount: nonNegativeCentsSchema,
  paymentMethod: paymentMethodSchema,
  paymentIntentId: z.string().max(100),
});

export const paymentCapturedSchema = z.object({
  type: z.literal('payment.captured'),
  orderId,
  amount: nonNegativeCentsSchema,
  paymentIntentId: z.string().max(100),
});

export const seedEventSchema = z.discriminatedUnion('type', [
  orderCreatedSchema,
  orderCompletedSchema,
  orderRefundedSchema,
  inventoryUpdatedSchema,
  inventoryLowStockSchema,
  paymentAuthorizedSchema,
  paymentCapturedSchema,
]);
export type SeedEvent = z.infer<typeof seedEventSchema>;
export type SeedEventType = SeedEvent['type'];

/** What the event is about: the seed's `aggregate_id`. */
export function aggregateIdOf(event: SeedEvent): string {
  return 'orderId' in event ? event.orderId : event.sku;
}
