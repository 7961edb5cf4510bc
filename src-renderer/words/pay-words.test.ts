import { describe, expect, it } from 'vitest';
import { payHindrance } from './pay-words.ts';

const asked = { minimumAge: 21, bornOnOrBefore: '2005-11-23' } as const;

describe('what stands on Pay while it cannot pay', () => {
  it('names the missing ID and the age', () => {
    expect(payHindrance({ ...asked, outcome: 'needed' })).toBe('ID first');
    expect(payHindrance({ ...asked, outcome: 'refused' })).toBe('Under 21');
  });

  it('is nothing when the sale can be paid', () => {
    expect(payHindrance({ ...asked, outcome: 'confirmed' })).toBeNull();
    expect(payHindrance({ minimumAge: null, bornOnOrBefore: null, outcome: 'not_needed' })).toBeNull();
  });
});
