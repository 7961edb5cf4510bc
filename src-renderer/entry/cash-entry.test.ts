import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cents } from '#domain/money/cents.ts';
import { cashEntry, pressCash, tenderable } from './cash-entry.ts';

const total = cents(4_278);

function press(...keys: readonly string[]): string {
  return keys.reduce(pressCash, '');
}

describe('cash entry', () => {
  it('reads digits as cents', () => {
    expect(cashEntry(press('5', '0', '0', '0'))).toEqual({ state: 'amount', amount: 5_000 });
    expect(cashEntry(press('5', '0', '00'))).toEqual({ state: 'amount', amount: 5_000 });
    expect(cashEntry('')).toEqual({ state: 'nothing' });
  });

  it('takes zeros alone as nothing typed, so that Enter still means exact', () => {
    expect(cashEntry(press('0', '00'))).toEqual({ state: 'nothing' });
    expect(tenderable(press('0'), total)).toBe(total);
  });

  it('ignores what is no digit', () => {
    expect(press('4', 'x', '.', '2')).toBe('42');
  });

  it('tenders the exact total when nothing is typed, and nothing below the total', () => {
    expect(tenderable('', total)).toBe(4_278);
    expect(tenderable('4277', total)).toBeNull();
    expect(tenderable('4278', total)).toBe(4_278);
    expect(tenderable('5000', total)).toBe(5_000);
  });

  it.each(['036000291452', '01234565', '9780201379624'])(
    'never takes the typed barcode %s for money',
    (code) => {
      const digits = press(...Array.from(code));
      expect(cashEntry(digits)).toEqual({ state: 'too_long' });
      expect(tenderable(digits, total)).toBeNull();
    },
  );

  it('gives the amount whose digits were pressed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999 }), (amount) => {
        expect(cashEntry(press(...Array.from(String(amount))))).toEqual({ state: 'amount', amount });
      }),
    );
  });
});
