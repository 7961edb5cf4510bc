import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GENESIS_HASH } from '#domain/events/event-record.ts';
import { MAX_BATCH_BYTES, pushRequestSchema } from './messages.ts';
import { readPushRequest } from './read-push-request.ts';

const FIELDS = [
  'eventId',
  'terminalId',
  'seq',
  'eventType',
  'aggregateId',
  'timestamp',
  'locationId',
  'payload',
  'metadata',
  'prevHash',
  'hash',
] as const;

const event = {
  eventId: '01a20e0d-044c-72ff-8a4a-1ade90a88e07',
  terminalId: 'T1',
  seq: 1,
  eventType: 'order.created',
  aggregateId: 'ORD-1',
  timestamp: '2026-11-24T14:54:23.818Z',
  locationId: 'STORE-001',
  payload: '{"total":1}',
  metadata: '{}',
  prevHash: GENESIS_HASH,
  hash: 'a95b04a8ee494909a4d642cbd3c624c1e7ddfb8df2fccc17da11e258aea113a1',
};
const request = { terminalId: 'T1', from: 1, events: [event] };

/** What the schema makes of it. */
function bySchema(message: unknown): unknown {
  const parsed = pushRequestSchema.safeParse(message);
  return parsed.success ? parsed.data : undefined;
}

function expectAgreement(message: unknown): void {
  expect(readPushRequest(message)).toEqual(bySchema(message));
}

/** Values around every bound that the schema has. */
const nearValue = fc.oneof(
  fc.anything(),
  fc.constantFrom<unknown>(0, 1, -1, 1.5, 2 ** 53, 2 ** 53 - 1, NaN, Infinity, '', null, undefined, [], {}),
  fc
    .constantFrom(12, 13, 64, 65, 99, 100, 101, 999, 1_000, 1_001, MAX_BATCH_BYTES, MAX_BATCH_BYTES + 1)
    .map((length) => 'A'.repeat(length)),
  fc.string({
    unit: fc.constantFrom('0', '9', 'a', 'f', 'g', 'A', '/', ':', '`'),
    minLength: 63,
    maxLength: 65,
  }),
  fc.string({ unit: fc.constantFrom('0', '9', 'a', 'f'), minLength: 64, maxLength: 64 }),
);

describe('readPushRequest', () => {
  it('reads what a till sends, without what nobody knows', () => {
    const sent = { ...request, more: 1, events: [{ ...event, more: 1 }] };
    expect(readPushRequest(sent)).toEqual(request);
    expectAgreement(sent);
  });

  it('agrees with the schema on every field of an event', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FIELDS), nearValue, (field, value) => {
        expectAgreement({ ...request, events: [event, { ...event, [field]: value }] });
      }),
      { numRuns: 2_000 },
    );
  });

  it('agrees with the schema on a hash with one other character', () => {
    const neighbour = fc.constantFrom('/', '0', '9', ':', '`', 'a', 'f', 'g', 'F', '\ud800');
    fc.assert(
      fc.property(fc.constantFrom('prevHash', 'hash'), fc.nat(63), neighbour, (field, at, character) => {
        const hash = event.hash.slice(0, at) + character + event.hash.slice(at + 1);
        expectAgreement({ ...request, events: [{ ...event, [field]: hash }] });
      }),
      { numRuns: 300 },
    );
  });

  it.each(FIELDS)('agrees with the schema on an event without %s', (field) => {
    const { [field]: _, ...rest } = event;
    expectAgreement({ ...request, events: [rest] });
    expect(readPushRequest({ ...request, events: [rest] })).toBeUndefined();
  });

  it('agrees with the schema on every field of the request, and on what is none', () => {
    fc.assert(
      fc.property(fc.constantFrom('terminalId', 'from', 'events'), nearValue, (field, value) => {
        expectAgreement({ ...request, [field]: value });
        expectAgreement({ ...request, events: [value] });
        expectAgreement(value);
      }),
      { numRuns: 500 },
    );
  });

  it.each([0, 1, 500, 501])('agrees with the schema on %d events', (count) => {
    expectAgreement({ ...request, events: Array.from({ length: count }, () => event) });
  });
});
