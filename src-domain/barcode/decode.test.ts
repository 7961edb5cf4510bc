import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DecodedBarcode, decodeBarcode } from './decode.ts';
import { checkDigit, isValidGtin } from './gtin.ts';
import { expandUpcE } from './upc-e.ts';

const withCheckDigit = (body: string) => `${body}${checkDigit(body)}`;
const digits = (count: number) => fc.stringMatching(new RegExp(`^[0-9]{${count}}$`));

/** Valid UPC-A, EAN-13 and ITF-14. */
const longCode = fc.oneof(digits(11), digits(12), digits(13)).map(withCheckDigit);
const shiftBy = fc.integer({ min: 1, max: 9 });

function changeDigit(code: string, place: number, shift: number): string {
  const index = place % code.length;
  return `${code.slice(0, index)}${(Number(code[index]) + shift) % 10}${code.slice(index + 1)}`;
}

/** The check digit of a UPC-E runs over its long form. */
const upcECode = fc.tuple(fc.constantFrom('0', '1'), digits(6)).map(([system, six]) => {
  const long = expandUpcE(`${system}${six}0`) ?? '';
  return `${system}${six}${checkDigit(long.slice(0, 11))}`;
});

const validCode = fc.oneof(longCode, digits(7).map(withCheckDigit), upcECode);

const summary = (decoded: DecodedBarcode) =>
  decoded.ok
    ? `${decoded.symbology} ${decoded.gtin}`
    : decoded.code === 'wrong_check_digit'
      ? decoded.code
      : decoded.reason;

describe('decodeBarcode', () => {
  it.each([
    ['036000291452', 'UPC-A 00036000291452'],
    ['012345678905', 'UPC-A 00012345678905'],
    ['4006381333931', 'EAN-13 04006381333931'],
    ['0036000291452', 'EAN-13 00036000291452'],
    ['96385074', 'EAN-8 00000096385074'],
    ['73513537', 'EAN-8 00000073513537'],
    ['04252614', 'UPC-E 00042100005264'],
    ['15400141288763', 'ITF-14 15400141288763'],
    ['10012345678902', 'ITF-14 10012345678902'],
  ])('reads %s as %s', (scan, expected) => {
    expect(summary(decodeBarcode(scan))).toBe(expected);
  });

  it('gives the digits as scanned beside the stored number', () => {
    expect(decodeBarcode('\u000204252614\r\n')).toEqual({
      ok: true,
      symbology: 'UPC-E',
      gtin: '00042100005264',
      text: '04252614',
      alternatives: [],
    });
  });

  it('names the wrong check digit and the right one', () => {
    expect(decodeBarcode('036000291454')).toEqual({
      ok: false,
      code: 'wrong_check_digit',
      symbology: 'UPC-A',
      expected: 2,
      found: 4,
      message: 'This UPC-A ends in 4 but should end in 2: scan it again.',
    });
  });

  it('refuses every UPC-A, EAN-13 and ITF-14 with one digit changed', () => {
    fc.assert(
      fc.property(longCode, fc.nat(13), shiftBy, (code, place, shift) => {
        expect(summary(decodeBarcode(changeDigit(code, place, shift)))).toBe('wrong_check_digit');
      }),
      { numRuns: 2_000 },
    );
  });

  // Where nobody says EAN-8, a wrong digit can make a right UPC-E of it: eight digits carry no more protection.
  it('refuses every EAN-8 with one digit changed when the scanner names it', () => {
    fc.assert(
      fc.property(digits(7).map(withCheckDigit), fc.nat(7), shiftBy, (code, place, shift) => {
        expect(summary(decodeBarcode(`]E4${changeDigit(code, place, shift)}`))).toBe('wrong_check_digit');
      }),
      { numRuns: 1_000 },
    );
  });

  it('refuses every swap of neighbours that the mod-10 scheme can see: digits that do not differ by 0 or 5', () => {
    fc.assert(
      fc.property(longCode, fc.nat(12), (code, place) => {
        const index = place % (code.length - 1);
        const [left = '', right = ''] = code.slice(index, index + 2);
        fc.pre(Math.abs(Number(left) - Number(right)) % 5 !== 0);
        const swapped = `${code.slice(0, index)}${right}${left}${code.slice(index + 2)}`;
        expect(summary(decodeBarcode(swapped))).toBe('wrong_check_digit');
      }),
      { numRuns: 2_000 },
    );
  });

  it('never reads a UPC-E as another UPC-E with one digit changed, save the sixth, which moves the zeros', () => {
    fc.assert(
      fc.property(upcECode, fc.constantFrom(1, 2, 3, 4, 5, 7), shiftBy, (code, place, shift) => {
        const decoded = decodeBarcode(changeDigit(code, place, shift));
        expect(
          decoded.ok ? [decoded, ...decoded.alternatives].map(({ symbology }) => symbology) : [],
        ).not.toContain('UPC-E');
      }),
      { numRuns: 1_000 },
    );
  });

  it('refuses a UPC-E with a wrong check digit when it is no EAN-8 either', () => {
    fc.assert(
      fc.property(digits(6), fc.nat(9), (six, last) => {
        const code = `0${six}${last}`;
        const long = expandUpcE(code) ?? '';
        fc.pre(!isValidGtin(long) && !isValidGtin(code));
        expect(decodeBarcode(code)).toMatchObject({
          code: 'wrong_check_digit',
          symbology: 'UPC-E',
          found: last,
        });
      }),
    );
  });

  it('yields a valid 14-digit GTIN for every valid code, and valid alternatives', () => {
    fc.assert(
      fc.property(validCode, (code) => {
        const decoded = decodeBarcode(code);
        if (!decoded.ok) throw new Error('the code was valid');
        for (const { gtin } of [decoded, ...decoded.alternatives]) {
          expect(gtin).toMatch(/^\d{14}$/);
          expect(isValidGtin(gtin)).toBe(true);
        }
      }),
    );
  });

  it('never throws, and says something to the cashier about every refusal', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ unit: 'binary', maxLength: 80 }), fc.stringMatching(/^[\]EI0-9]*$/)),
        (raw) => {
          const decoded = decodeBarcode(raw);
          const said = decoded.ok ? 'Read it.' : decoded.message;
          expect(said).toMatch(/^[A-Z][^.\n]+\.$/);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('eight digits', () => {
  // 01234565 is a UPC-E by its long form; its EAN-8 check digit would be 5 as well.
  it('that are right as both begin with UPC-E in number system 0 and offer the EAN-8', () => {
    expect(decodeBarcode('01234565')).toEqual({
      ok: true,
      symbology: 'UPC-E',
      gtin: '00012345000065',
      text: '01234565',
      alternatives: [{ symbology: 'EAN-8', gtin: '00000001234565' }],
    });
  });

  it('that are right as both begin with EAN-8 in number system 1 and offer the UPC-E', () => {
    const both = findEightDigits('1', (ean8, upcE) => ean8 && upcE);
    expect(decodeBarcode(both)).toMatchObject({ symbology: 'EAN-8', alternatives: [{ symbology: 'UPC-E' }] });
  });

  it.each(['0', '1'])('beginning with %s are read by the only check digit that is right', (system) => {
    const onlyEan8 = findEightDigits(system, (ean8, upcE) => ean8 && !upcE);
    const onlyUpcE = findEightDigits(system, (ean8, upcE) => !ean8 && upcE);
    expect(decodeBarcode(onlyEan8)).toMatchObject({ symbology: 'EAN-8', alternatives: [] });
    expect(decodeBarcode(onlyUpcE)).toMatchObject({ symbology: 'UPC-E', alternatives: [] });
  });

  it('are right as both whenever the sixth digit of a UPC-E is 5 to 9', () => {
    fc.assert(
      fc.property(upcECode, (code) => {
        fc.pre((code[6] ?? '') >= '5');
        const decoded = decodeBarcode(code);
        expect(decoded.ok && decoded.alternatives).toHaveLength(1);
      }),
    );
  });

  it('that are right as both are a UPC-E when the scanner says UPC/EAN and not EAN-8', () => {
    const both = findEightDigits('1', (ean8, upcE) => ean8 && upcE);
    expect(decodeBarcode(`]E0${both}`)).toMatchObject({
      symbology: 'UPC-E',
      alternatives: [{ symbology: 'EAN-8' }],
    });
  });

  it('named EAN-8 by the scanner are never read as UPC-E', () => {
    const onlyUpcE = findEightDigits('0', (ean8, upcE) => !ean8 && upcE);
    expect(decodeBarcode(`]E4${onlyUpcE}`)).toMatchObject({ code: 'wrong_check_digit', symbology: 'EAN-8' });
  });
});

function findEightDigits(system: string, wanted: (ean8: boolean, upcE: boolean) => boolean): string {
  for (let tail = 2_345_600; tail < 2_346_600; tail += 1) {
    const code = `${system}${tail}`;
    if (wanted(isValidGtin(code), isValidGtin(expandUpcE(code) ?? ''))) return code;
  }
  throw new Error('no such code in a thousand');
}

describe('UPC-E without all its digits', () => {
  it('is taken with seven digits when the number system alone is missing', () => {
    expect(summary(decodeBarcode('4252614'))).toBe('UPC-E 00042100005264');
  });

  it.each([
    ['0425261', 'seven digits that may lack either end'],
    ['4252615', 'seven digits with a wrong check digit'],
    ['425261', 'six digits, which nothing checks'],
  ])('refuses %s: %s', (scan) => {
    expect(summary(decodeBarcode(scan))).toBe('wrong_length');
  });
});

describe('what scanners wrap around the digits', () => {
  it.each([
    '036000291452\r',
    '036000291452\r\n',
    '\t036000291452',
    '  036000291452  ',
    '\u0002036000291452\u0003',
    ']E0036000291452',
    ']E00036000291452\r\n',
  ])('is taken off %j', (scan) => {
    expect(decodeBarcode(scan)).toMatchObject({ ok: true, gtin: '00036000291452' });
  });

  it.each([
    [']E496385074', 'EAN-8 00000096385074'],
    [']E04252614', 'UPC-E 00042100005264'],
    [']E004252614', 'UPC-E 00042100005264'],
    [']I115400141288763', 'ITF-14 15400141288763'],
    [']I115400141288764', 'wrong_check_digit'],
  ])('says what %s is: %s', (scan, expected) => {
    expect(summary(decodeBarcode(scan))).toBe(expected);
  });

  it.each([
    [']I1036000291452', 'wrong_length'],
    [']E015400141288763', 'wrong_length'],
    [']E4036000291452', 'wrong_length'],
    [']C10100036000291452', 'not_a_number'],
    [']E0', 'empty'],
    [']E0]E0036000291452', 'not_a_number'],
  ])('refuses %s where the identifier and the digits disagree', (scan, reason) => {
    expect(summary(decodeBarcode(scan))).toBe(reason);
  });
});

describe('scans that are no barcode', () => {
  it.each([
    ['', 'empty'],
    [' \r\n', 'empty'],
    ['9'.repeat(10_000), 'too_long'],
    [' '.repeat(10_000), 'too_long'],
    ['0360002914\u000052', 'not_printable'],
    ['\u001B@036000291452', 'not_printable'],
    ['\uD800036000291452', 'not_printable'],
    ['03600\uFFFD291452', 'not_printable'],
    ['WINE-CAB-001', 'not_a_number'],
    ['0 36000 29145 2', 'not_a_number'],
    ['٠٣٦٠٠٠٢٩١٤٥٢', 'not_a_number'],
    ['-36000291452', 'not_a_number'],
    ['1', 'wrong_length'],
    ['03600029145', 'wrong_length'],
    ['036000291452036000291452', 'wrong_length'],
  ])('refuses %j', (scan, reason) => {
    expect(decodeBarcode(scan)).toMatchObject({ ok: false, code: 'unreadable_barcode', reason });
  });
});
