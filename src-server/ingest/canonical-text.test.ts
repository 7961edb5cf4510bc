import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonValue, canonicalJson } from '#domain/events/canonical-json.ts';
import { isCanonical, readCanonical } from './canonical-text.ts';
import { isSurelyCanonical } from './surely-canonical.ts';

/** What canonical JSON is, said the slow way. */
function isCanonicalByDefinition(text: string): boolean {
  try {
    return canonicalJson(JSON.parse(text) as JsonValue) === text;
  } catch {
    return false;
  }
}

/** Its canonical text; where it has none, its JSON. */
function canonicalOf(value: JsonValue): string {
  try {
    return canonicalJson(value);
  } catch {
    return JSON.stringify(value);
  }
}

describe('readCanonical', () => {
  it('reads the canonical text of any value', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (json) => {
        const value = JSON.parse(json) as JsonValue;
        let text: string;
        try {
          text = canonicalJson(value);
        } catch {
          return;
        }
        expect(readCanonical(text)).toEqual(value);
      }),
    );
  });

  it('agrees with the definition on every text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.jsonValue().map((value) => JSON.stringify(value)),
        ),
        (text) => {
          expect(readCanonical(text) !== undefined).toBe(isCanonicalByDefinition(text));
          expect(isCanonical(text)).toBe(isCanonicalByDefinition(text));
        },
      ),
    );
  });

  it('agrees with the definition on every text that is a character away from a canonical one', () => {
    const piece = fc.constantFrom(
      ...Array.from('"\\{}[],:-+.0123456789eEatrufalsn \t\u0000\u007f\u2028\ud800é'),
      '"a":',
      '\\u0041',
    );
    const spoilt = fc
      .tuple(fc.jsonValue({ maxDepth: 4 }), fc.nat(), fc.nat(1), piece)
      .map(([value, place, removed, inserted]) => {
        const text = canonicalOf(value as JsonValue);
        const at = place % (text.length + 1);
        return text.slice(0, at) + inserted + text.slice(at + removed);
      });
    fc.assert(
      fc.property(spoilt, (text) => {
        expect([text, isCanonical(text)]).toEqual([text, isCanonicalByDefinition(text)]);
      }),
      { numRuns: 3_000 },
    );
  });

  it('agrees with the definition on numbers, however they are written', () => {
    const digits = fc.string({ unit: fc.constantFrom('0', '0', '0', '1', '2', '5', '9'), maxLength: 18 });
    const text = fc
      .tuple(
        fc.constantFrom('', '-'),
        digits,
        fc.constantFrom('', '.'),
        digits,
        fc.constantFrom('', '', '', 'e3', 'E-7'),
      )
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (number) => {
        expect([number, isCanonical(number)]).toEqual([number, isCanonicalByDefinition(number)]);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is sure of what a till writes without making the value', () => {
    const payload = canonicalJson({
      change: -2,
      items: [{ price: 24.61, sku: 'WINE-CAB-001' }],
      note: 'Über',
      paid: true,
      to: null,
    });
    expect(isSurelyCanonical(payload, 64)).toBe(true);
  });

  it.each([
    ['no JSON', '{'],
    ['white space', '{"a": 1}'],
    ['keys out of order', '{"b":1,"a":2}'],
    ['a key twice', '{"a":1,"a":2}'],
    ['a number in another form', '{"a":2.80}'],
    ['a decimal that JavaScript prints with an exponent', '[0.0000001]'],
    ['U+0000', String.raw`{"a":"\u0000"}`],
    ['a lone surrogate, escaped', String.raw`{"a":"\ud800"}`],
    ['a lone surrogate, bare', '{"a":"\ud800"}'],
    ['a number that JavaScript cannot hold', '{"a":1e400}'],
    ['65 levels', '['.repeat(65) + ']'.repeat(65)],
    ['100,000 levels', '['.repeat(100_000) + ']'.repeat(100_000)],
  ])('refuses %s', (_, text) => {
    expect(readCanonical(text)).toBeUndefined();
    expect(isCanonical(text)).toBe(false);
  });

  it.each([
    ['keys that JavaScript lists by number', '{"10":1,"2":2}'],
    ['the smallest plain decimal', '[0.000001]'],
    ['64 levels', '['.repeat(64) + ']'.repeat(64)],
    ['a control character', String.raw`{"a":"\u0001"}`],
  ])('reads %s', (_, text) => {
    expect(readCanonical(text)).toEqual(JSON.parse(text));
  });
});
