import { describe, expect, it } from 'vitest';
import { figureSize } from './figure-size.ts';

describe('figureSize', () => {
  it('steps down where the figure would leave the payment on the smallest screen', () => {
    expect(figureSize('$9,999.99')).toBe('text-3xl');
    expect(figureSize('$10,000.00')).toBe('text-3xl-long');
  });
});
