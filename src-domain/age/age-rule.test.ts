import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ageOn, ageOutcome, bornOnOrBefore } from './age-rule.ts';

describe('age', () => {
  it.each([
    ['2005-11-23', '2026-11-23', 21],
    ['2005-11-24', '2026-11-23', 20],
    ['2004-02-29', '2025-02-28', 20],
    ['2004-02-29', '2025-03-01', 21],
    ['2026-11-23', '2026-11-23', 0],
  ])('born %s is on %s %i years old', (birthDate, today, age) => {
    expect(ageOn(birthDate, today)).toBe(age);
  });

  it('does not believe the future or the nineteenth century', () => {
    expect(ageOn('2026-11-24', '2026-11-23')).toBeUndefined();
    expect(ageOn('1890-01-01', '2026-11-23')).toBeUndefined();
  });

  const date = fc
    .date({ min: new Date('1950-01-01'), max: new Date('2090-12-31'), noInvalidDate: true })
    .map((value) => value.toISOString().slice(0, 10));

  it('agrees with the date it shows to the cashier, on every day', () => {
    fc.assert(
      fc.property(date, date, fc.integer({ min: 16, max: 25 }), (birthDate, today, minimumAge) => {
        const age = ageOn(birthDate, today);
        fc.pre(age !== undefined);
        expect(birthDate <= bornOnOrBefore(minimumAge, today)).toBe(age >= minimumAge);
      }),
    );
  });

  it('asks only when something is restricted, and refuses the young', () => {
    expect(ageOutcome(null, null)).toBe('not_needed');
    expect(ageOutcome(21, null)).toBe('needed');
    expect(ageOutcome(21, 20)).toBe('refused');
    expect(ageOutcome(21, 21)).toBe('confirmed');
    expect(ageOutcome(18, 20)).toBe('confirmed');
  });
});
