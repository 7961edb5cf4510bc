import { calendarDateSchema } from '#domain/identifiers.ts';
import { isDigit } from './digits.ts';

/** Order of a US birth date as it stands on a licence: MMDDYYYY. */
const DATE_DIGITS = 8;
/** More than a date has, so that a barcode that was typed here by a slow scanner is seen to be none. */
const MAX_DIGITS = 20;

/**
 * Presses a key on the date pad. A month above 1 and a day above 3 cannot take a second digit, so a zero is put before
 * them: `7`, `4`, `1990` is July 4th. A slash ends the part that is being typed.
 */
export function pressDate(digits: string, pressed: string): string {
  if (pressed === '/' || pressed === '-' || pressed === '.') return endPart(digits);
  if (!isDigit(pressed) || digits.length >= MAX_DIGITS) return digits;
  if (digits.length === 0 && pressed > '1') return `0${pressed}`;
  if (digits.length === 2 && pressed > '3') return `${digits}0${pressed}`;
  return digits + pressed;
}

/** `1/` is January: the single digit gets its zero. */
function endPart(digits: string): string {
  if (digits.length === 1 && digits !== '0') return `0${digits}`;
  if (digits.length === 3 && !digits.endsWith('0')) return `${digits.slice(0, 2)}0${digits.slice(2)}`;
  return digits;
}

export interface DateParts {
  readonly month: string;
  readonly day: string;
  readonly year: string;
}

/** What stands in the three boxes; letters where nothing is typed yet: `07`, `4D`, `YYYY`. */
export function dateParts(digits: string): DateParts {
  return {
    month: digits.slice(0, 2).padEnd(2, 'M'),
    day: digits.slice(2, 4).padEnd(2, 'D'),
    year: digits.slice(4).padEnd(4, 'Y'),
  };
}

export type EnteredDate =
  | { readonly state: 'incomplete' }
  | { readonly state: 'impossible' }
  | { readonly state: 'complete'; readonly date: string };

/** The date as the terminal wants it, `1990-07-04`. Whether anybody can be that old is the terminal's to say. */
export function enteredDate(digits: string): EnteredDate {
  if (digits.length < DATE_DIGITS) return { state: 'incomplete' };
  // Never cut down to a date: the head of a barcode must not make somebody old enough.
  if (digits.length > DATE_DIGITS) return { state: 'impossible' };
  const date = `${digits.slice(4, 8)}-${digits.slice(0, 2)}-${digits.slice(2, 4)}`;
  return calendarDateSchema.safeParse(date).success ? { state: 'complete', date } : { state: 'impossible' };
}
