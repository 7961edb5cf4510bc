import { describe, expect, it } from 'vitest';
import { apiErrorCodes } from '#main/api/errors.ts';
import { presentationOf } from './refusals.ts';

describe('refusals', () => {
  it.each(apiErrorCodes)('%s has a place, a tone and a sound', (code) => {
    expect(Object.values(presentationOf(code)).every((part) => typeof part === 'string')).toBe(true);
  });

  it('sounds different for a code that nobody knows than for an item that must not be sold', () => {
    expect(presentationOf('unknown_barcode').sound).not.toBe(presentationOf('inactive_item').sound);
  });

  it('shows an age refusal where the birth date is asked, as a stop', () => {
    expect(presentationOf('under_age')).toMatchObject({ place: 'age', tone: 'stop' });
  });
});
