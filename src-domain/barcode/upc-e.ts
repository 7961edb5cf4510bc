/**
 * UPC-E: a UPC-A whose run of zeros is left out so that it fits on a small can.
 * Source: GS1 General Specifications, section 7.10 "UPC-E barcodes" (zero suppression).
 *
 * The last of the six digits tells where the zeros were. With N the number system, d1…d6 the digits, C the check digit:
 *
 *   d6 = 0, 1, 2   N d1 d2 d6 0 0 0 0 d3 d4 d5 C
 *   d6 = 3         N d1 d2 d3 0 0 0 0 0 d4 d5 C
 *   d6 = 4         N d1 d2 d3 d4 0 0 0 0 0 d5 C
 *   d6 = 5 … 9     N d1 d2 d3 d4 d5 0 0 0 0 d6 C
 */
import { checkDigit } from './gtin.ts';

const UPC_E = /^([01])(\d)(\d)(\d)(\d)(\d)(\d)(\d)$/;

/**
 * `N d1…d6 C` → the 12 digits of the UPC-A. The check digit is carried over as it is, right or wrong: it was
 * computed over the long form, so the caller checks it there. Undefined unless it is 8 digits that begin with 0 or 1.
 *
 * Number system 1 is no longer in the standard, but old labels have it. The standard also forbids some digits
 * (a 0, 1 or 2 before a final 3); we read such a label all the same, as scanners do: its long form is unambiguous.
 */
export function expandUpcE(upcE: string): string | undefined {
  const match = UPC_E.exec(upcE);
  if (!match) return undefined;
  const [, n = '', d1 = '', d2 = '', d3 = '', d4 = '', d5 = '', d6 = '', check = ''] = match;
  if (d6 <= '2') return `${n}${d1}${d2}${d6}0000${d3}${d4}${d5}${check}`;
  if (d6 === '3') return `${n}${d1}${d2}${d3}00000${d4}${d5}${check}`;
  if (d6 === '4') return `${n}${d1}${d2}${d3}${d4}00000${d5}${check}`;
  return `${n}${d1}${d2}${d3}${d4}${d5}0000${d6}${check}`;
}

/** Tried in this order, as the standard does, so that every UPC-A has at most one short form. */
const SUPPRESSIBLE = [
  { zeros: /^([01])(\d\d)([0-2])0000(\d{3})(\d)$/, short: '$1$2$4$3$5' },
  { zeros: /^([01])(\d\d[3-9])00000(\d\d)(\d)$/, short: '$1$2$33$4' },
  { zeros: /^([01])(\d{3}[1-9])00000(\d)(\d)$/, short: '$1$2$34$4' },
  { zeros: /^([01])(\d{4}[1-9])0000([5-9])(\d)$/, short: '$1$2$3$4' },
] as const;

/** The 8-digit short form of a valid 12-digit UPC-A; undefined when it has none. */
export function compressToUpcE(upcA: string): string | undefined {
  if (!/^\d{12}$/.test(upcA) || checkDigit(upcA.slice(0, 11)) !== Number(upcA[11])) return undefined;
  const form = SUPPRESSIBLE.find(({ zeros }) => zeros.test(upcA));
  return form && upcA.replace(form.zeros, form.short);
}
