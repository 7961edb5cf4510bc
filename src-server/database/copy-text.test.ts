import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyText } from './copy-text.ts';

const MEANINGS: Readonly<Record<string, string>> = { '\\': '\\', t: '\t', n: '\n', r: '\r' };

/** As PostgreSQL reads it: rows by lines, fields by tabs, a backslash and what is behind it for one character. */
function readCopyText(text: string): (string | null)[][] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) =>
      line
        .split('\t')
        .map((field) =>
          field === String.raw`\N`
            ? null
            : field.replace(/\\(.)/gs, (_, character: string) => MEANINGS[character] ?? '?'),
        ),
    );
}

describe('copyText', () => {
  it('gives back each value, whatever is in it', () => {
    const text = fc.string({
      unit: fc.oneof(fc.constantFrom('\\', '\t', '\n', '\r', 'N', '"'), fc.string()),
    });
    const value = fc.oneof(text, fc.integer(), fc.constant(null));
    fc.assert(
      fc.property(fc.array(fc.array(value, { minLength: 1, maxLength: 4 }), { maxLength: 4 }), (rows) => {
        const expected = rows.map((row) => row.map((entry) => (entry === null ? null : String(entry))));
        expect(readCopyText(copyText(rows))).toEqual(expected);
      }),
    );
  });

  it.each([
    [['a', 7, null], 'a\t7\t\\N\n'],
    [['\\N'], '\\\\N\n'],
    [['{"a":"x\\ny"}'], '{"a":"x\\\\ny"}\n'],
    [['\t\r\n'], '\\t\\r\\n\n'],
    [[''], '\n'],
  ])('writes %j', (row, text) => {
    expect(copyText([row])).toBe(text);
  });
});
