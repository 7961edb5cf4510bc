/**
 * Global Trade Item Numbers: 8, 12, 13 or 14 digits of which the last one checks the others.
 * Source: GS1 General Specifications, section 7.9.1 "Standard check digit calculations".
 */

const DIGITS = /^\d+$/;
const GTIN = /^(?:\d{8}|\d{12,14})$/;

/**
 * The check digit that belongs after `body`: weights 3, 1, 3 … from the right, sum up to the next ten. Counting
 * from the right makes the rule one and the same for every length, and leading zeros change nothing.
 * @param body digits without their check digit
 * @throws {RangeError} when `body` has anything but digits.
 */
export function checkDigit(body: string): number {
  if (!DIGITS.test(body)) throw new RangeError('A check digit is computed over digits only');
  let sum = 0;
  for (let index = 0; index < body.length; index += 1) {
    const weight = (body.length - index) % 2 === 1 ? 3 : 1;
    sum += weight * Number(body[index]);
  }
  return (10 - (sum % 10)) % 10;
}

/** Whether the last digit of `digits` (one digit or more) is the check digit of those before it. */
export function hasValidCheckDigit(digits: string): boolean {
  return checkDigit(digits.slice(0, -1)) === Number(digits.at(-1));
}

/** Whether `text` is a GTIN-8, -12, -13 or -14 with the right check digit. */
export function isValidGtin(text: string): boolean {
  return GTIN.test(text) && hasValidCheckDigit(text);
}

/**
 * The stored form: 14 digits, padded with zeros on the left.
 * A UPC-A, the EAN-13 that some scanners make of it and its zero-suppressed UPC-E so become one key.
 * @throws {RangeError} when `gtin` is not a valid GTIN: a bad number must not become a key.
 */
export function toGtin14(gtin: string): string {
  if (!isValidGtin(gtin)) throw new RangeError(`Not a GTIN: ${JSON.stringify(gtin.slice(0, 40))}`);
  return gtin.padStart(14, '0');
}
