import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GENESIS_HASH, type EventRecord } from '#domain/events/event-record.ts';
import { chainHash, findChainBreak } from './hash-chain.ts';
import { memoryOutbox } from '../test-support/memory-outbox.ts';

const genesis = { seq: 0, hash: GENESIS_HASH };

function history(length: number): EventRecord[] {
  const outbox = memoryOutbox();
  for (let index = 0; index < length; index += 1) outbox.append(1, `{"n":${index}}`);
  return [...outbox.log];
}

const lengthAndIndex = fc
  .integer({ min: 2, max: 12 })
  .chain((length) => fc.tuple(fc.constant(length), fc.nat({ max: length - 1 })));

const textFields = [
  'eventId',
  'terminalId',
  'eventType',
  'aggregateId',
  'timestamp',
  'locationId',
  'payload',
  'metadata',
  'prevHash',
  'hash',
] as const;

describe('findChainBreak', () => {
  test('finds nothing in a whole history, from the beginning or from any event on', () => {
    fc.assert(
      fc.property(lengthAndIndex, ([length, index]) => {
        const events = history(length);
        expect(findChainBreak(genesis, events)).toBeUndefined();
        const head = events[index] ?? genesis;
        expect(findChainBreak(head, events.slice(index + 1))).toBeUndefined();
      }),
    );
  });

  test('covers every field of a record', () => {
    expect([...textFields, 'seq'].sort()).toEqual(Object.keys(history(1)[0] ?? {}).sort());
  });

  test('finds any altered text of any event', () => {
    fc.assert(
      fc.property(
        lengthAndIndex,
        fc.constantFrom(...textFields),
        fc.string(),
        ([length, index], field, text) => {
          const events = history(length);
          const event = events[index];
          fc.pre(event !== undefined && event[field] !== text);
          if (event) events[index] = { ...event, [field]: text };
          expect(findChainBreak(genesis, events)?.seq).toBe(index + 1);
        },
      ),
    );
  });

  test('finds an altered number', () => {
    fc.assert(
      fc.property(lengthAndIndex, fc.integer(), ([length, index], seq) => {
        const events = history(length);
        const event = events[index];
        fc.pre(event !== undefined && event.seq !== seq);
        if (event) events[index] = { ...event, seq };
        expect(findChainBreak(genesis, events)).toEqual({ seq, code: 'gap' });
      }),
    );
  });

  test('finds a removed, a doubled and two swapped events', () => {
    fc.assert(
      fc.property(lengthAndIndex, ([length, index]) => {
        const events = history(length);
        // The last one may be missing: a prefix is a whole history of an earlier time.
        if (index < length - 1) expect(findChainBreak(genesis, events.toSpliced(index, 1))?.code).toBe('gap');
        const doubled = events.toSpliced(index, 0, ...events.slice(index, index + 1));
        expect(findChainBreak(genesis, doubled)).toEqual({ seq: index + 1, code: 'gap' });
        const other = (index + 1) % length;
        const swapped = events.with(index, events[other] ?? fail()).with(other, events[index] ?? fail());
        expect(findChainBreak(genesis, swapped)?.code).toBe('gap');
      }),
    );
  });

  test('finds an event put in with a hash of its own, at the event that follows it', () => {
    const events = history(4);
    const second = events[1] ?? fail();
    const forged = { ...second, payload: '{"n":"forged"}' };
    events[1] = { ...forged, hash: chainHash(forged, forged.prevHash) };
    expect(findChainBreak(genesis, events)).toEqual({ seq: 3, code: 'prev_hash_differs' });
  });

  test('tells two events apart whose texts run into each other', () => {
    const [event = fail()] = history(1);
    const left = chainHash({ ...event, payload: '{}","', metadata: '{}' }, GENESIS_HASH);
    const right = chainHash({ ...event, payload: '{}', metadata: '","{}' }, GENESIS_HASH);
    expect(left).not.toBe(right);
  });
});

function fail(): never {
  throw new Error('no such event');
}
