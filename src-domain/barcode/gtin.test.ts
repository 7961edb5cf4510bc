import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDigit, isValidGtin, toGtin14 } from './gtin.ts';

describe('checkDigit', () => {
  it.each([
    ['03600029145', 2],
    ['01234567890', 5],
    ['400638133393', 1],
    ['9638507', 4],
    ['1540014128876', 3],
    ['629104150021', 3],
  ])('of %s is %i', (body, expected) => {
    expect(checkDigit(body)).toBe(expected);
  });

  it('is not changed by zeros in front', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{7,13}$/), fc.nat(6), (body, zeros) => {
        expect(checkDigit('0'.repeat(zeros) + body)).toBe(checkDigit(body));
      }),
    );
  });

  it.each(['', '12a', ' 1', '٣'])('refuses %j, which is not digits', (body) => {
    expect(() => checkDigit(body)).toThrow(RangeError);
  });
});

describe('isValidGtin', () => {
  it.each(['96385074', '036000291452', '4006381333931', '15400141288763'])('takes %s', (gtin) => {
    expect(isValidGtin(gtin)).toBe(true);
  });

  it.each(['', '96385075', '3600029145', '0360002914', '036000291452 ', '4006381333930', '0000', 'abcdefgh'])(
    'refuses %j',
    (text) => {
      expect(isValidGtin(text)).toBe(false);
    },
  );
});

describe('toGtin14', () => {
  it('makes one key of a UPC-A and of the same number as EAN-13', () => {
    expect(toGtin14('036000291452')).toBe('00036000291452');
    expect(toGtin14('0036000291452')).toBe('00036000291452');
  });

  it('refuses a number with a wrong check digit', () => {
    expect(() => toGtin14('036000291453')).toThrow(RangeError);
  });
});
