/**
 * Age on a day, by calendar dates. No clock here: today is the till's local date, given by the caller.
 * Someone born on 29 February comes of age on 1 March in other years (the day after the 28th has passed).
 */

/** No customer is older; an earlier year is a slip of the finger. */
const OLDEST_AGE = 120;

interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** @param date `YYYY-MM-DD`, already known to be a calendar date */
function parts(date: string): DateParts {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return { year, month, day };
}

/** Completed years; undefined when the birth date lies in the future or too far back to be one. */
export function ageOn(birthDate: string, today: string): number | undefined {
  const born = parts(birthDate);
  const now = parts(today);
  const hadBirthday = now.month > born.month || (now.month === born.month && now.day >= born.day);
  const age = now.year - born.year - (hadBirthday ? 0 : 1);
  return age < 0 || age > OLDEST_AGE ? undefined : age;
}

/** The latest birth date that is old enough today: what the cashier compares with the licence. */
export function bornOnOrBefore(minimumAge: number, today: string): string {
  const { year, month, day } = parts(today);
  const birthYear = year - minimumAge;
  const leap = (birthYear % 4 === 0 && birthYear % 100 !== 0) || birthYear % 400 === 0;
  const lastDay = month === 2 && day === 29 && !leap ? 28 : day;
  return `${String(birthYear).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(lastDay).padStart(2, '0')}`;
}

export type AgeOutcome = 'not_needed' | 'needed' | 'confirmed' | 'refused';

/** @param customerAge completed years from the check of this order, null before it */
export function ageOutcome(minimumAge: number | null, customerAge: number | null): AgeOutcome {
  if (minimumAge === null) return 'not_needed';
  if (customerAge === null) return 'needed';
  return customerAge >= minimumAge ? 'confirmed' : 'refused';
}
