import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateParts, enteredDate, pressDate } from './date-entry.ts';

function press(keys: string): string {
  return Array.from(keys).reduce(pressDate, '');
}

describe('date entry', () => {
  it('reads month, day, year', () => {
    expect(enteredDate(press('12311990'))).toEqual({ state: 'complete', date: '1990-12-31' });
  });

  it('puts the zero before a month or day that can have no second digit', () => {
    expect(enteredDate(press('741990'))).toEqual({ state: 'complete', date: '1990-07-04' });
  });

  it.each(['7/4/1990', '07/04/1990', '07-04-1990', '7.4.1990'])('takes %s', (text) => {
    expect(enteredDate(press(text))).toEqual({ state: 'complete', date: '1990-07-04' });
  });

  it('shows what is still missing', () => {
    expect(dateParts(press('123'))).toEqual({ month: '12', day: '3D', year: 'YYYY' });
    expect(enteredDate(press('123'))).toEqual({ state: 'incomplete' });
  });

  it.each(['02311990', '13011990', '00101990', '01001990'])('finds %s impossible', (digits) => {
    expect(enteredDate(digits).state).toBe('impossible');
  });

  it('ignores letters', () => {
    expect(press('1x2y31z1990')).toBe('12311990');
  });

  it('never takes the head of a typed barcode for a birth date', () => {
    expect(enteredDate(press('071519901234'))).toEqual({ state: 'impossible' });
  });

  it('reads every date that is typed in full', () => {
    const day = fc.date({ min: new Date('1900-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(day, (date) => {
        const text = date.toISOString().slice(0, 10);
        const digits = `${text.slice(5, 7)}${text.slice(8, 10)}${text.slice(0, 4)}`;
        expect(enteredDate(press(digits))).toEqual({ state: 'complete', date: text });
      }),
    );
  });
});
