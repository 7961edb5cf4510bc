import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { basisPoints } from './basis-points.ts';
import { MAX_CENTS, addCents, cents, multiplyCents } from './cents.ts';
import { formatCents, formatDollars } from './format.ts';
import { allocate, applyRate, roundRatio } from './rounding.ts';
import { centsFromWire, centsToWire, parseDecimal } from './wire-decimal.ts';

const amount = fc.integer({ min: -MAX_CENTS, max: MAX_CENTS }).map((value) => cents(value));

describe('cents', () => {
  it.each([0.1, Number.NaN, Infinity, MAX_CENTS + 1, -MAX_CENTS - 1])('refuses %d', (value) => {
    expect(() => cents(value)).toThrow(RangeError);
  });

  it('refuses a fraction of a unit and an overflow', () => {
    expect(() => multiplyCents(cents(100), 1.5)).toThrow(RangeError);
    expect(() => multiplyCents(cents(MAX_CENTS), 2)).toThrow(RangeError);
  });

  it('has one zero', () => {
    expect(Object.is(cents(-0), 0)).toBe(true);
  });
});

describe('the wire decimals', () => {
  it('go out and come back to the same cent, through JSON text', () => {
    fc.assert(
      fc.property(amount, (value) => {
        const text = JSON.stringify(centsToWire(value));
        expect(text).toMatch(/^-?\d+(\.\d{1,2})?$/);
        expect(centsFromWire(JSON.parse(text) as number)).toBe(value);
      }),
    );
  });

  it.each([0.005, 1e21, 19.999, Number.NaN, 0.1 + 0.2])('do not guess at %d', (value) => {
    expect(() => centsFromWire(value)).toThrow(RangeError);
  });

  it.each(['', '12,5', '1.234', ' 1', '0x10', '--1', '1e3', '.5'])('text %j is no amount', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });
});

describe('rounding', () => {
  it.each([
    [5, 10, 1],
    [-5, 10, -1],
    [4, 10, 0],
    [-4, 10, 0],
    [15, 10, 2],
  ])('%i / %i is %i: half away from zero', (numerator, denominator, expected) => {
    expect(roundRatio(numerator, denominator)).toBe(expected);
  });

  it('takes the tax of the seed', () => {
    expect(applyRate(cents(3998), basisPoints(700))).toBe(280);
  });

  it('is never more than half a unit away', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.integer({ min: 1, max: 1_000_000 }), (numerator, denominator) => {
        const error = BigInt(roundRatio(numerator, denominator)) * BigInt(denominator) - BigInt(numerator);
        expect((error < 0n ? -error : error) * 2n <= BigInt(denominator)).toBe(true);
      }),
    );
  });

  it('refuses to work outside exact integers', () => {
    expect(() => roundRatio(2 ** 53, 3)).toThrow(RangeError);
    expect(() => roundRatio(1, 0)).toThrow(RangeError);
  });
});

describe('allocation', () => {
  it('gives the left-over cents to the largest remainders', () => {
    expect(allocate(cents(100), [1, 1, 1])).toEqual([34, 33, 33]);
    expect(allocate(cents(-100), [1, 1, 1])).toEqual([-34, -33, -33]);
    expect(allocate(cents(5), [0, 0])).toEqual([5, 0]);
  });

  it('adds up to the cent and gives nobody a cent more than his share', () => {
    fc.assert(
      fc.property(amount, fc.array(fc.nat(1_000_000), { minLength: 1, maxLength: 60 }), (total, weights) => {
        const parts = allocate(total, weights);
        expect(addCents(...parts)).toBe(total);
        const sum = weights.reduce((a, b) => a + b, 0);
        fc.pre(sum > 0);
        parts.forEach((part, index) => {
          const error = BigInt(part) * BigInt(sum) - BigInt(total) * BigInt(weights[index] ?? 0);
          expect((error < 0n ? -error : error) < BigInt(sum)).toBe(true);
        });
      }),
    );
  });
});

describe('formatting', () => {
  it.each([
    [0, '0.00'],
    [5, '0.05'],
    [-5, '\u22120.05'],
    [123_456_789, '1,234,567.89'],
    [99_999, '999.99'],
    [100_000, '1,000.00'],
  ])('%i is %s', (value, text) => {
    expect(formatCents(cents(value))).toBe(text);
  });

  it('puts the sign before the currency', () => {
    expect(formatDollars(cents(-4278))).toBe('\u2212$42.78');
  });
});
