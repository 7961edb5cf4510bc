import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SETTLING_MS, isEnterMeant } from './settling.ts';

describe('Enter behind the Enter on Pay', () => {
  it.each([-30, 0, 1, 80, SETTLING_MS - 1])('takes no money %i ms after the payment appeared', (after) => {
    expect(isEnterMeant({ digits: '', shownAt: 5_000, pressedAt: 5_000 + after })).toBe(false);
  });

  it('takes the exact amount once the payment has been looked at', () => {
    expect(isEnterMeant({ digits: '', shownAt: 5_000, pressedAt: 5_000 + SETTLING_MS })).toBe(true);
  });

  it('is meant at any time when digits were typed', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\d{1,20}$/), fc.nat(), fc.nat(), (digits, shownAt, pressedAt) => {
        expect(isEnterMeant({ digits, shownAt, pressedAt })).toBe(true);
      }),
    );
  });
});
