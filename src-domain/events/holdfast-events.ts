/**
 * The events that Holdfast adds to the seed's, in the same form: a type, what it is about, and `data` as it goes over
 * the wire (amounts as decimals). Also the seed's triggers, of which it names only the types.
 */
import type { Cents } from '../money/cents.ts';
import { centsToWire } from '../money/wire-decimal.ts';
import { assertNever } from '../assert-never.ts';
import type { JsonValue } from './canonical-json.ts';
import { encodeEventData } from './event-wire.ts';
import { type SeedEvent, aggregateIdOf } from './seed-events.ts';

/** An event before it has a number, a time and a chain. */
export interface DraftEvent {
  readonly eventType: string;
  readonly aggregateId: string;
  readonly data: JsonValue;
}

export type HoldfastEvent =
  /** The payment of an order was refused; nothing was taken. */
  | {
      readonly type: 'payment.failed';
      readonly orderId: string;
      readonly amount: Cents;
      readonly code: string;
    }
  /** What was held for an order is let go. */
  | {
      readonly type: 'payment.voided';
      readonly orderId: string;
      readonly amount: Cents;
      readonly paymentIntentId: string;
    }
  | {
      readonly type: 'payment.refunded';
      readonly orderId: string;
      readonly amount: Cents;
      readonly paymentIntentId: string;
      readonly refundId: string;
    }
  /** An order that was created will not be completed. */
  | { readonly type: 'order.voided'; readonly orderId: string; readonly reason: string }
  /** The counter sold what the books do not have: somebody must count. */
  | {
      readonly type: 'inventory.oversold';
      readonly sku: string;
      readonly currentQuantity: number;
      readonly referenceId: string;
    }
  /** The books were set right: the figure is another one although nothing moved. */
  | { readonly type: 'inventory.restated'; readonly sku: string; readonly currentQuantity: number };

export function draftOf(event: HoldfastEvent): DraftEvent {
  switch (event.type) {
    case 'payment.failed':
      return about(event.orderId, event.type, { amount: centsToWire(event.amount), code: event.code });
    case 'payment.voided':
      return about(event.orderId, event.type, {
        amount: centsToWire(event.amount),
        payment_intent_id: event.paymentIntentId,
      });
    case 'payment.refunded':
      return about(event.orderId, event.type, {
        amount: centsToWire(event.amount),
        payment_intent_id: event.paymentIntentId,
        refund_id: event.refundId,
      });
    case 'order.voided':
      return about(event.orderId, event.type, { reason: event.reason });
    case 'inventory.oversold':
      return about(event.sku, event.type, {
        sku: event.sku,
        current_quantity: event.currentQuantity,
        reference_id: event.referenceId,
      });
    case 'inventory.restated':
      return about(event.sku, event.type, { sku: event.sku, current_quantity: event.currentQuantity });
    default:
      return assertNever(event);
  }
}

export function draftOfSeedEvent(event: SeedEvent): DraftEvent {
  return about(aggregateIdOf(event), event.type, encodeEventData(event));
}

function about(aggregateId: string, eventType: string, data: JsonValue): DraftEvent {
  return { eventType, aggregateId, data };
}
