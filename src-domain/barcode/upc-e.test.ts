import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDigit, isValidGtin } from './gtin.ts';
import { compressToUpcE, expandUpcE } from './upc-e.ts';

/** Digits that survive zero suppression: the final digit says which of the digits before it may not be 0, 1, 2. */
const canonicalUpcE = fc
  .tuple(fc.constantFrom('0', '1'), fc.stringMatching(/^\d{6}$/))
  .filter(([, digits]) => !/^\d\d[0-2]\d\d3$|^\d{3}0\d4$|^\d{4}0[5-9]$/.test(digits))
  .map(([system, digits]) => {
    const long = expandUpcE(`${system}${digits}0`) ?? '';
    return `${system}${digits}${checkDigit(long.slice(0, 11))}`;
  });

describe('expandUpcE', () => {
  it.each([
    ['04252614', '042100005264', 'd6 = 1'],
    ['01234505', '012000003455', 'd6 = 0'],
    ['01234523', '012200003453', 'd6 = 2'],
    ['01234531', '012300000451', 'd6 = 3'],
    ['01234543', '012340000053', 'd6 = 4'],
    ['01234565', '012345000065', 'd6 = 6'],
    ['01234558', '012345000058', 'd6 = 5'],
    ['01278907', '012000007897', 'final 0'],
  ])('%s is %s (%s)', (short, long) => {
    expect(expandUpcE(short)).toBe(long);
    expect(isValidGtin(long)).toBe(true);
  });

  it.each(['', '24252614', '425261', '4252614', '042526140', 'x4252614'])(
    'has no long form for %j',
    (text) => {
      expect(expandUpcE(text)).toBeUndefined();
    },
  );
});

describe('compressToUpcE', () => {
  it('is the inverse of expandUpcE for every label that the standard allows', () => {
    fc.assert(
      fc.property(canonicalUpcE, (short) => {
        const long = expandUpcE(short) ?? '';
        expect(isValidGtin(long)).toBe(true);
        expect(compressToUpcE(long)).toBe(short);
      }),
      { numRuns: 1_000 },
    );
  });

  it('has no short form for a number without enough zeros, or with a wrong check digit', () => {
    expect(compressToUpcE('036000291452')).toBeUndefined();
    expect(compressToUpcE('042100005265')).toBeUndefined();
  });
});
