import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCardNumbers, looksLikeCardNumber } from './card-number.ts';
import { checkDigit, toGtin14 } from '#domain/barcode/gtin.ts';

/** Published test numbers of the networks, and their kind. */
const TEST_CARDS: readonly [string, string][] = [
  ['Visa', '4242424242424242'],
  ['Visa of 13 digits', '4222222222222'],
  ['Mastercard', '5555555555554444'],
  ['Mastercard, 2 series', '2223003122003222'],
  ['American Express', '378282246310005'],
  ['Diners Club of 14 digits', '30569309025904'],
  ['Discover', '6011111111111117'],
  ['JCB', '3530111333300000'],
  ['UnionPay of 16 digits', '6200000000000005'],
  ['UnionPay of 19 digits', '6205500000000000004'],
];

/** The Luhn digit that makes `body` a number, computed by trying. Independent of the code under test. */
function withLuhnDigit(body: string): string {
  const weigh = (digits: string) =>
    Array.from(digits)
      .reverse()
      .reduce((sum, character, place) => {
        const value = Number(character) * (place % 2 === 0 ? 1 : 2);
        return sum + Math.floor(value / 10) + (value % 10);
      }, 0);
  for (let digit = 0; digit < 10; digit += 1) {
    if (weigh(`${body}${digit}`) % 10 === 0) return `${body}${digit}`;
  }
  throw new Error('no digit fits');
}

const digits = (length: number) =>
  fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
    .map((list) => list.join(''));

const cardNumber = fc
  .constantFrom(
    ['4', 16],
    ['4', 19],
    ['51', 16],
    ['2221', 16],
    ['34', 15],
    ['36', 14],
    ['6011', 16],
    ['62', 17],
  )
  .chain(([begin, length]) => digits(length - 1 - begin.length).map((rest) => `${begin}${rest}`))
  .map(withLuhnDigit);

const separator = fc.constantFrom(' ', '-', '\u00A0', '\u2011', ' - ');

describe('a card number', () => {
  it.each(TEST_CARDS)('of %s is recognised', (_network, number) => {
    expect(looksLikeCardNumber(number)).toBe(true);
    expect(looksLikeCardNumber(`paid with ${number}, thanks`)).toBe(true);
  });

  it('is recognised however it is grouped, and wherever it stands', () => {
    const text = fc
      .string()
      .map((value) => value.replace(/[\d\s\u00A0\u2007\u2009\u2010-\u2015\u202F\u2212-]/g, ''));
    fc.assert(
      fc.property(
        cardNumber,
        fc.integer({ min: 3, max: 6 }),
        separator,
        text,
        text,
        (number, size, between, before, after) => {
          const grouped = number.match(new RegExp(`.{1,${size}}`, 'g'))?.join(between) ?? '';
          const places = findCardNumbers(`${before}:${grouped};${after}`);
          expect(places).toEqual([{ start: before.length + 1, end: before.length + 1 + grouped.length }]);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is recognised with its date, its check value or an order number beside it', () => {
    expect(looksLikeCardNumber('4242 4242 4242 4242 12 27 123')).toBe(true);
    expect(looksLikeCardNumber('order 1234 4242 4242 4242 4242')).toBe(true);
    expect(looksLikeCardNumber('3782 822463 10005')).toBe(true);
  });

  it('is recognised in what a magnetic stripe reader types', () => {
    expect(looksLikeCardNumber('%B4242424242424242^DOE/JANE^27121010000000000?')).toBe(true);
    expect(looksLikeCardNumber(';4242424242424242=27121010000000000?')).toBe(true);
  });

  it('is none any more when one digit is wrong', () => {
    fc.assert(
      fc.property(cardNumber, fc.nat(), fc.integer({ min: 1, max: 9 }), (number, at, by) => {
        const place = at % number.length;
        const wrong = (Number(number[place]) + by) % 10;
        expect(looksLikeCardNumber(number.slice(0, place) + String(wrong) + number.slice(place + 1))).toBe(
          false,
        );
      }),
    );
  });

  it('is found once for each time it stands there', () => {
    expect(findCardNumbers('4242424242424242,378282246310005 and 5555-5555-5555-4444')).toHaveLength(3);
  });
});

describe('what is no card number', () => {
  it('is a UUID', () => {
    fc.assert(
      fc.property(fc.uuid(), (id) => {
        expect(looksLikeCardNumber(`ORD-${id}`)).toBe(false);
      }),
      { numRuns: 5_000 },
    );
    // All digits: its last three groups would be a Visa number.
    expect(looksLikeCardNumber('00000000-0000-4242-8242-424242424242')).toBe(false);
  });

  it('is a hash', () => {
    const hash = fc.array(fc.constantFrom(...Array.from('0123456789abcdef')), {
      minLength: 63,
      maxLength: 63,
    });
    fc.assert(
      fc.property(hash, (characters) => {
        expect(looksLikeCardNumber(`${characters.join('')}a`)).toBe(false);
      }),
      { numRuns: 5_000 },
    );
    expect(looksLikeCardNumber('ab4242424242424242cdefabcdef0123456789abcd')).toBe(false);
  });

  it('is a time, in whatever unit it is written', () => {
    const instant = fc.date({
      min: new Date('2002-01-01'),
      max: new Date('2033-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, (at) => {
        const milliseconds = at.getTime();
        const together = at.toISOString().replace(/\D/g, '');
        for (const text of [
          milliseconds,
          `${milliseconds}000`,
          `${milliseconds}000000`,
          at.toISOString(),
          together,
        ]) {
          expect(looksLikeCardNumber(String(text))).toBe(false);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('is a GTIN as it is stored, a UPC-A, an EAN-8 or an American EAN-13', () => {
    const gtin = fc.oneof(digits(7), digits(11), digits(12)).map((body) => `${body}${checkDigit(body)}`);
    fc.assert(
      fc.property(gtin, (code) => {
        expect(looksLikeCardNumber(toGtin14(code))).toBe(false);
        if (code.length < 13 || /^[01]/.test(code)) expect(looksLikeCardNumber(code)).toBe(false);
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    ['a receipt number', 'STORE-001-T1-4242'],
    ['a list of small numbers', '42 42 42 42 42 42 42 42'],
    ['a telephone number', '+1 (555) 123-4567'],
    ['an approval code', 'A1B2C3'],
    ['a Stripe intent', 'pi_3MtwBwLkdIwHu7ix28a3tqPa'],
    ['a run of digits that is too long', '42424242424242424242'],
    ['nothing', ''],
  ])('is %s', (_what, text) => {
    expect(looksLikeCardNumber(text)).toBe(false);
  });
});

it('reads a long text of digits in a time that grows with its length only', () => {
  expect(findCardNumbers('1 '.repeat(500_000))).toEqual([]);
  expect(findCardNumbers('7'.repeat(1_000_000))).toEqual([]);
});
