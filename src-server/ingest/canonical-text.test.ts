import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonValue, canonicalJson } from '#domain/events/canonical-json.ts';
import { readCanonical } from './canonical-text.ts';

/** What canonical JSON is, said the slow way. */
function isCanonical(text: string): boolean {
  try {
    return canonicalJson(JSON.parse(text) as JsonValue) === text;
  } catch {
    return false;
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
          expect(readCanonical(text) !== undefined).toBe(isCanonical(text));
        },
      ),
    );
  });

  it.each([
    ['no JSON', '{'],
    ['white space', '{"a": 1}'],
    ['keys out of order', '{"b":1,"a":2}'],
    ['a key twice', '{"a":1,"a":2}'],
    ['a number in another form', '{"a":2.80}'],
    ['U+0000', String.raw`{"a":"\u0000"}`],
    ['a lone surrogate, escaped', String.raw`{"a":"\ud800"}`],
    ['a lone surrogate, bare', '{"a":"\ud800"}'],
    ['a number that JavaScript cannot hold', '{"a":1e400}'],
    ['65 levels', '['.repeat(65) + ']'.repeat(65)],
    ['100,000 levels', '['.repeat(100_000) + ']'.repeat(100_000)],
  ])('refuses %s', (_, text) => {
    expect(readCanonical(text)).toBeUndefined();
  });

  it.each([
    ['keys that JavaScript lists by number', '{"10":1,"2":2}'],
    ['64 levels', '['.repeat(64) + ']'.repeat(64)],
    ['a control character', String.raw`{"a":"\u0001"}`],
  ])('reads %s', (_, text) => {
    expect(readCanonical(text)).toEqual(JSON.parse(text));
  });
});
