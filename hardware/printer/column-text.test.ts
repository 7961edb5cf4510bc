import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { leftAndRight, wrapText } from './column-text.ts';

const words = fc.array(fc.stringMatching(/^[a-z]{1,60}$/), { maxLength: 12 }).map((parts) => parts.join(' '));

describe('wrapText', () => {
  test('breaks at spaces and cuts a word that is too long', () => {
    expect(wrapText('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapText('abcdefghij kl', 4)).toEqual(['abcd', 'efgh', 'ij', 'kl']);
    expect(wrapText('', 7)).toEqual(['']);
  });

  test('loses no letter and never exceeds the width', () => {
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 50 }), (text, width) => {
        const rows = wrapText(text, width);
        expect(rows.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('leftAndRight', () => {
  test('puts the figure at the right edge of the first row', () => {
    expect(leftAndRight('Cabernet Sauvignon', '39.98', 20)).toEqual(['Cabernet       39.98', 'Sauvignon']);
  });

  test('gives the figure a row of its own where both do not fit', () => {
    expect(leftAndRight('TOTAL', '$10,000,000.00', 16)).toEqual(['TOTAL', '  $10,000,000.00']);
  });

  test('keeps the figure whole at the right edge and every letter of the label', () => {
    const figures = fc.stringMatching(/^-?\$?[0-9]{1,11}\.[0-9]{2}$/);
    fc.assert(
      fc.property(words, figures, fc.integer({ min: 16, max: 48 }), (label, figure, width) => {
        const rows = leftAndRight(label, figure, width);
        expect(rows.some((row) => row.endsWith(figure) && row.length === width)).toBe(true);
        expect(rows.every((row) => row.length <= width)).toBe(true);
        expect(rows.join('').replace(figure, '').replaceAll(' ', '')).toBe(label.replaceAll(' ', ''));
      }),
    );
  });
});
