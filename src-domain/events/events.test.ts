import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import inventoryLowStock from './contracts/inventory.low_stock.json' with { type: 'json' };
import inventoryUpdated from './contracts/inventory.updated.json' with { type: 'json' };
import orderCompleted from './contracts/order.completed.json' with { type: 'json' };
import orderCreated from './contracts/order.created.json' with { type: 'json' };
import orderRefunded from './contracts/order.refunded.json' with { type: 'json' };
import paymentAuthorized from './contracts/payment.authorized.json' with { type: 'json' };
import paymentCaptured from './contracts/payment.captured.json' with { type: 'json' };
import { type JsonValue, canonicalJson } from './canonical-json.ts';
import { decodeEvent, encodeEvent } from './event-wire.ts';

const samples = [
  inventoryLowStock,
  inventoryUpdated,
  orderCompleted,
  orderCreated,
  orderRefunded,
  paymentAuthorized,
  paymentCaptured,
];

describe("the seed's events", () => {
  it.each(samples.map((sample) => [sample.event, sample] as const))(
    '%s is read and written as the sample has it',
    (_name, sample) => {
      const { event, timestamp, locationId } = decodeEvent(sample);
      expect(encodeEvent(event, { timestamp, locationId: locationId ?? 'STORE-001' })).toEqual(sample);
      expect(Object.keys(encodeEvent(event, { timestamp, locationId: locationId ?? 'STORE-001' }))).toEqual(
        Object.keys(sample),
      );
    },
  );

  it('hold cents inside', () => {
    expect(decodeEvent(orderCreated).event).toMatchObject({ subtotal: 3998, tax: 280, total: 4278 });
  });

  it('carry a deposit only where there is one', () => {
    const { event } = decodeEvent({ ...orderCreated, data: { ...orderCreated.data, deposit: 0.1 } });
    expect(encodeEvent(event, { timestamp: 't', locationId: 'S' })).toMatchObject({ data: { deposit: 0.1 } });
  });

  it.each([
    ['a third decimal', { ...orderCreated, data: { ...orderCreated.data, total: 42.785 } }],
    ['an unknown event', { ...orderCreated, event: 'order.imagined' }],
    ['a missing order', { ...orderCreated, order_id: undefined }],
    ['an unknown channel', { ...orderCreated, channel: 'smoke_signal' }],
    ['a quantity of 1.5', { ...inventoryUpdated, data: { ...inventoryUpdated.data, change: 1.5 } }],
    ['nothing', null],
  ])('with %s are refused', (_what, envelope) => {
    expect(() => decodeEvent(envelope)).toThrow();
  });
});

describe('canonical JSON', () => {
  const json = fc.jsonValue({ stringUnit: 'binary' }).filter((value) => storable(value as JsonValue));

  it('means the same as the value, and is the same text however the keys were ordered', () => {
    fc.assert(
      fc.property(json, (value) => {
        const text = canonicalJson(value as JsonValue);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text) as JsonValue)).toBe(text);
      }),
    );
    expect(canonicalJson({ b: 1, a: [{ d: 2, c: 3 }] })).toBe('{"a":[{"c":3,"d":2}],"b":1}');
  });

  it.each(['\0', '\ud800', 'a\udfffb'])('refuses text that JSONB cannot hold: %j', (text) => {
    expect(() => canonicalJson({ text })).toThrow(TypeError);
    expect(() => canonicalJson({ [text]: 1 })).toThrow(TypeError);
  });

  it('refuses numbers that JSON cannot hold', () => {
    expect(() => canonicalJson([Number.NaN])).toThrow(TypeError);
  });
});

function storable(value: JsonValue): boolean {
  const text = JSON.stringify(value);
  return !text.includes('\\u0000') && !/\\ud[89a-f]/i.test(text) && !Object.is(value, -0);
}
