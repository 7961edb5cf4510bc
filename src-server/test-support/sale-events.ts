/** Chained events as a till makes them, for tests and benchmarks. Deterministic: the same call gives the same sales. */
import { v7 as uuidv7 } from 'uuid';
import { type JsonValue, canonicalJson } from '#domain/events/canonical-json.ts';
import { type EventRecord, GENESIS_HASH } from '#domain/events/event-record.ts';
import { encodeEventData } from '#domain/events/event-wire.ts';
import { type SeedEvent, aggregateIdOf } from '#domain/events/seed-events.ts';
import { ZERO, cents } from '#domain/money/cents.ts';
import { chainEvent } from '#sync/protocol/hash-chain.ts';
import type { PushRequest } from '#sync/protocol/messages.ts';

export interface EventSource {
  readonly terminalId: string;
  readonly locationId: string;
  /** The next event of the chain. */
  next(
    eventType: string,
    aggregateId: string,
    data: JsonValue,
    /** besides what all of them have */
    metadata?: Readonly<Record<string, JsonValue>>,
  ): EventRecord;
  nextSeed(event: SeedEvent): EventRecord;
  /** One sale of `lines` items: order.created, payment.*, inventory.updated per SKU, order.completed. */
  sale(lines?: number): EventRecord[];
}

const METADATA = { channel: 'counter', user_id: 'U-CASHIER-1' };
const METADATA_TEXT = canonicalJson(METADATA);
const EPOCH = Date.parse('2026-11-23T09:00:00.000Z');

/** @param clock what the till's clock shows at each event, in milliseconds; default four events a second */
export function eventSource(
  terminalId = 'T1',
  locationId = 'STORE-001',
  clock: (seq: number) => number = (seq) => EPOCH + seq * 250,
): EventSource {
  let seq = 0;
  let hash = GENESIS_HASH;
  let orders = 0;

  function next(
    eventType: string,
    aggregateId: string,
    data: JsonValue,
    metadata?: Readonly<Record<string, JsonValue>>,
  ): EventRecord {
    seq += 1;
    const event = chainEvent(
      {
        eventId: uuidv7(),
        terminalId,
        seq,
        eventType,
        aggregateId,
        timestamp: new Date(clock(seq)).toISOString(),
        locationId,
        payload: canonicalJson(data),
        metadata: metadata === undefined ? METADATA_TEXT : canonicalJson({ ...METADATA, ...metadata }),
      },
      hash,
    );
    hash = event.hash;
    return event;
  }
  const nextSeed = (event: SeedEvent) => next(event.type, aggregateIdOf(event), encodeEventData(event));

  return {
    terminalId,
    locationId,
    next,
    nextSeed,
    sale(lines = 3) {
      orders += 1;
      const orderId = `${locationId}-${terminalId}-${orders}`;
      const items = Array.from({ length: lines }, (_, line) => {
        const number = (orders * 7 + line * 131) % 500;
        const price = cents(199 + number * 10);
        return { sku: `ITEM-${String(number).padStart(4, '0')}`, quantity: 1, price, total: price };
      });
      const subtotal = cents(items.reduce((sum, item) => sum + item.total, 0));
      const tax = cents(Math.round(subtotal * 0.07));
      const total = cents(subtotal + tax);
      const paymentIntentId = `cash_${orderId}`;
      return [
        nextSeed({
          type: 'order.created',
          orderId,
          channel: 'counter',
          customerId: null,
          items,
          subtotal,
          deposit: ZERO,
          tax,
          total,
          paymentMethod: 'cash',
          ageVerified: true,
        }),
        nextSeed({
          type: 'payment.authorized',
          orderId,
          amount: total,
          paymentMethod: 'cash',
          paymentIntentId,
        }),
        nextSeed({ type: 'payment.captured', orderId, amount: total, paymentIntentId }),
        ...items.map(({ sku }) =>
          nextSeed({
            type: 'inventory.updated',
            sku,
            oldQuantity: 100,
            newQuantity: 99,
            change: -1,
            reason: 'sale',
            referenceId: orderId,
          }),
        ),
        nextSeed({
          type: 'order.completed',
          orderId,
          paymentStatus: 'captured',
          fulfillmentStatus: 'completed',
        }),
      ];
    },
  };
}

export function pushOf(events: readonly EventRecord[]): PushRequest {
  const [first] = events;
  if (first === undefined) throw new Error('no events');
  return { terminalId: first.terminalId, from: first.seq, events: [...events] };
}
