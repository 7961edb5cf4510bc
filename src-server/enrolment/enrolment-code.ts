/**
 * A code that a person reads from one screen and types at another: `ABCD-EFGH`. Its first half names it, its second half
 * proves it; what can be misread (0 O, 1 I L, U V) is not in it.
 */
import { randomInt } from 'node:crypto';

const ALPHABET = 'ABCDEFGHJKMNPQRSTWXYZ23456789';
const HALF = 4;
const CODE = new RegExp(`^[${ALPHABET}]{${2 * HALF}}$`);

export interface EnrolmentCode {
  /** First half, by which it is found. */
  readonly id: string;
  /** All of it, as it is hashed: without the hyphen. */
  readonly text: string;
}

export function newCode(): EnrolmentCode {
  const text = Array.from({ length: 2 * HALF }, () => ALPHABET[randomInt(ALPHABET.length)] ?? '').join('');
  return { id: text.slice(0, HALF), text };
}

/** As a person gets it to read. */
export function shownCode({ text }: EnrolmentCode): string {
  return `${text.slice(0, HALF)}-${text.slice(HALF)}`;
}

/** As it was typed: small letters, blanks and hyphens anywhere. undefined when it can be no code. */
export function typedCode(typed: string): EnrolmentCode | undefined {
  const text = typed.toUpperCase().replaceAll(/[\s-]/g, '');
  if (!CODE.test(text)) return undefined;
  return { id: text.slice(0, HALF), text };
}
