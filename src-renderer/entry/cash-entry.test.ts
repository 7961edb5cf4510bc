import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cents } from '#domain/money/cents.ts';
import { cashAmount, pressCash, tenderable } from './cash-entry.ts';

function press(...keys: readonly string[]): string {
  return keys.reduce(pressCash, '');
}

describe('cash entry', () => {
  it('reads digits as cents', () => {
    expect(cashAmount(press('5', '0', '0', '0'))).toBe(5_000);
    expect(cashAmount(press('5', '0', '00'))).toBe(5_000);
    expect(cashAmount('')).toBeNull();
  });

  it('takes leading zeros as nothing typed, so that Enter still means exact', () => {
    expect(press('0', '00')).toBe('');
    expect(press('00', '5')).toBe('5');
  });

  it('ignores what is no digit and more than 99,999.99', () => {
    expect(press('4', 'x', '.', '2')).toBe('42');
    expect(press(...Array.from('999999912345'))).toBe('9999999');
  });

  it('tenders the exact total when nothing is typed, and nothing below the total', () => {
    const total = cents(4_278);
    expect(tenderable('', total)).toBe(4_278);
    expect(tenderable('4277', total)).toBeNull();
    expect(tenderable('4278', total)).toBe(4_278);
    expect(tenderable('5000', total)).toBe(5_000);
  });

  it('gives the amount whose digits were pressed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999 }), (amount) => {
        expect(cashAmount(press(...Array.from(String(amount))))).toBe(amount);
      }),
    );
  });
});
