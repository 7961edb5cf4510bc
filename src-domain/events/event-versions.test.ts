import { describe, expect, it } from 'vitest';
import createdSample from './contracts/order.created.json' with { type: 'json' };
import type { JsonValue } from './canonical-json.ts';
import { EventVersionError, currentVersionOf, upcast, versionIn, versionRefusal } from './event-versions.ts';
import { decodeEvent } from './event-wire.ts';
import { decodeOrderFacts, encodeOrderFacts } from './order-facts.ts';
import { cents } from '../money/cents.ts';

const metadata = { user_id: 'maya', receipt_number: 'STORE-001-T1-000001' };
const payload: JsonValue = createdSample.data;

describe('the version of an event', () => {
  it('is the first where the event does not say', () => {
    expect(versionIn({})).toBe(1);
    expect(versionIn('no object')).toBe(1);
    expect(versionIn({ schema: 7 })).toBe(7);
  });

  it('is one for types that never changed, whether they are known or not', () => {
    for (const type of ['payment.captured', 'loyalty.joined', 'toString', '__proto__']) {
      expect(currentVersionOf(type)).toBe(1);
      expect(upcast(type, { payload, metadata })).toEqual({ payload, metadata });
    }
  });

  it.each<[string, JsonValue]>([
    ['order.created', 3],
    ['payment.captured', 2],
    ['order.created', 0],
    ['order.created', 1.5],
    ['order.created', 1e300],
    ['order.created', '2'],
    ['order.created', null],
    ['order.created', [2]],
  ])('of %s is refused by name when it is %j', (type, schema) => {
    expect(() => upcast(type, { payload, metadata: { ...metadata, schema } })).toThrow(EventVersionError);
    const refusal = versionRefusal(type, schema);
    expect(refusal?.code).toBe('event_version_unknown');
    expect(refusal?.message).toContain(`${type} in version ${JSON.stringify(schema)}`);
  });

  it('refuses none that can be read', () => {
    expect(versionRefusal('order.created', 1)).toBeUndefined();
    expect(versionRefusal('order.created', 2)).toBeUndefined();
  });
});

describe('an order of release 0.1.0', () => {
  it('has the facts that it never told as null, and keeps all that it told', () => {
    const current = upcast('order.created', { payload, metadata });
    expect(current.payload).toEqual(payload);
    expect(current.metadata).toMatchObject({ ...metadata, schema: 2 });
    expect(decodeOrderFacts(current.metadata)).toEqual({
      // The sample has tax, and no deposit: that is none on its line.
      lines: [{ name: null, merchandiseCode: null, deposit: 0, tax: null }],
      taxes: null,
      cashier: null,
    });
    expect(decodeEvent({ ...createdSample, data: current.payload }).event).toEqual(
      decodeEvent(createdSample).event,
    );
  });

  it('is left to the decoder when it is no order at all', () => {
    for (const broken of [null, 'x', [], {}, { items: 7, tax: 1 }] satisfies JsonValue[]) {
      const current = upcast('order.created', { payload: broken, metadata });
      expect(current).toEqual({ payload: broken, metadata });
      expect(() => decodeOrderFacts(current.metadata)).toThrow();
    }
  });
});

describe('the facts of an order', () => {
  it('come out as they went in', () => {
    const facts = {
      lines: [
        { name: 'Ale', merchandiseCode: 'BEER', deposit: cents(10), tax: cents(33) },
        { name: null, merchandiseCode: null, deposit: null, tax: null },
      ],
      taxes: [{ merchandiseCode: 'BEER', description: 'Beer', rate: 825, amount: cents(33) }],
      cashier: 'Maya',
    };
    const written = encodeOrderFacts(facts);
    expect(decodeOrderFacts(written)).toEqual(facts);
    // What is current stays as it is.
    expect(upcast('order.created', { payload, metadata: written }).metadata).toBe(written);
    expect(written['schema']).toBe(currentVersionOf('order.created'));
  });
});
