import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { charactersOf } from './code-page.ts';
import { printableText } from './printable-text.ts';

describe('printableText', () => {
  test.each([
    ['Château Margaux', 'cp858', 'Château Margaux'],
    ['5 €', 'cp858', '5 €'],
    ['5 €', 'cp437', '5 EUR'],
    ['Žatec Łódź', 'cp858', 'Zatec Lódz'],
    ['Žatec Łódź', 'windows1252', 'Žatec Lódz'],
    ['“Old No. 7” – it’s…', 'cp858', '"Old No. 7" - it\'s...'],
    ['Corona™', 'cp858', 'Corona(TM)'],
    ['獺祭 Dassai', 'cp858', '?? Dassai'],
    ['wine 🍷', 'cp858', 'wine ?'],
    ['Cafe\u{301}', 'cp437', 'Café'],
    ['soft\u{ad}hyphen zero\u{200b}width', 'cp858', 'softhyphen zerowidth'],
  ] as const)('%s on %s becomes %s', (text, codePage, expected) => {
    expect(printableText(text, codePage)).toBe(expected);
  });

  test('control bytes become a visible mark, white space a space', () => {
    expect(printableText('a\u{1b}p\u{0}\u{1d}V\u{0}\u{10}\u{14}b\tc\r\nd\u{7f}\u{9b}e', 'cp858')).toBe(
      'a?p??V???b c  d??e',
    );
  });

  test('whatever comes in, only characters of the code page come out', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('cp437' as const, 'cp858' as const, 'windows1252' as const),
        (text, codePage) => {
          const characters = charactersOf(codePage);
          const strange = Array.from(printableText(text, codePage)).filter((c) => !characters.has(c));
          expect(strange).toEqual([]);
        },
      ),
    );
  });

  test('half a surrogate pair is replaced', () => {
    expect(printableText('a\u{d83c}b', 'cp858')).toBe('a?b');
  });
});
