import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byteRangeOf } from './byte-range.ts';

it.each([
  ['bytes=0-499', { kind: 'part', from: 0, to: 499 }],
  ['bytes=500-999', { kind: 'part', from: 500, to: 999 }],
  ['bytes=-500', { kind: 'part', from: 9500, to: 9999 }],
  ['bytes=9500-', { kind: 'part', from: 9500, to: 9999 }],
  ['bytes=0-0', { kind: 'part', from: 0, to: 0 }],
  ['bytes=-1', { kind: 'part', from: 9999, to: 9999 }],
  ['Bytes= 0-1 ', { kind: 'part', from: 0, to: 1 }],
  ['bytes=0-99999999999999999999999', { kind: 'part', from: 0, to: 9999 }],
  ['bytes=-20000', { kind: 'part', from: 0, to: 9999 }],
  ['bytes=10000-', { kind: 'unsatisfiable' }],
  ['bytes=99999999999999999999999-', { kind: 'unsatisfiable' }],
  ['bytes=-0', { kind: 'unsatisfiable' }],
  ['bytes=5-4', { kind: 'whole' }],
  ['bytes=0-1,5-6', { kind: 'whole' }],
  ['bytes=', { kind: 'whole' }],
  ['bytes=-', { kind: 'whole' }],
  ['bytes=a-b', { kind: 'whole' }],
  ['lines=0-1', { kind: 'whole' }],
  [undefined, { kind: 'whole' }],
])('reads %j of ten thousand bytes as RFC 9110 has it', (header, range) => {
  expect(byteRangeOf(header, 10_000)).toEqual(range);
});

it('never leads out of the file', () => {
  const number = fc.oneof(fc.nat(300), fc.constant(''));
  fc.assert(
    fc.property(number, number, fc.integer({ min: 1, max: 200 }), (first, last, size) => {
      const range = byteRangeOf(`bytes=${first}-${last}`, size);
      if (range.kind !== 'part') return;
      expect(range.from).toBeGreaterThanOrEqual(0);
      expect(range.to).toBeGreaterThanOrEqual(range.from);
      expect(range.to).toBeLessThan(size);
    }),
  );
});
