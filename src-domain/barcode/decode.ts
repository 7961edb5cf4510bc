import { checkDigit, hasValidCheckDigit } from './gtin.ts';
import { type ScannedFamily, unwrapScan } from './scan-frame.ts';
import { expandUpcE } from './upc-e.ts';

export type Symbology = 'UPC-A' | 'UPC-E' | 'EAN-13' | 'EAN-8' | 'ITF-14';

/** One way to read the digits. `gtin` has 14 digits and is what the catalogue stores. */
export interface BarcodeReading {
  readonly symbology: Symbology;
  readonly gtin: string;
}

export interface DecodedGtin extends BarcodeReading {
  readonly ok: true;
  /** The digits as scanned, without the scanner's wrappings. */
  readonly text: string;
  /**
   * Further valid readings of the same digits; look them up when `gtin` is not in the catalogue.
   * Empty but for eight digits that begin with 0 or 1, where there is often one.
   */
  readonly alternatives: readonly BarcodeReading[];
}

export interface WrongCheckDigit {
  readonly ok: false;
  readonly code: 'wrong_check_digit';
  readonly symbology: Symbology;
  readonly expected: number;
  readonly found: number;
  /** One sentence for the cashier. */
  readonly message: string;
}

export type UnreadableReason = 'empty' | 'too_long' | 'not_printable' | 'not_a_number' | 'wrong_length';

export interface UnreadableBarcode {
  readonly ok: false;
  readonly code: 'unreadable_barcode';
  readonly reason: UnreadableReason;
  /** One sentence for the cashier. It never repeats the scan, which may be binary. */
  readonly message: string;
}

export type DecodedBarcode = DecodedGtin | WrongCheckDigit | UnreadableBarcode;

/** More than any frame around 14 digits. Longer is another kind of code, two scans run together, or an attack. */
const MAX_SCAN_LENGTH = 64;

const MESSAGE: Readonly<Record<UnreadableReason, string>> = {
  empty: 'The scan was empty: scan it again.',
  too_long: 'This scan is too long for a product barcode: scan the barcode with 8 to 14 digits.',
  not_printable: 'This scan has unreadable characters in it: scan it again.',
  not_a_number: 'This is not a product barcode, which has digits only: scan the barcode with 8 to 14 digits.',
  wrong_length: 'This does not have as many digits as a product barcode: scan it again.',
};

function unreadable(reason: UnreadableReason): UnreadableBarcode {
  return { ok: false, code: 'unreadable_barcode', reason, message: MESSAGE[reason] };
}

/** A symbology and the digits over which its check digit runs (for UPC-E the long form). */
interface Candidate {
  readonly symbology: Symbology;
  readonly checked: string;
}

/**
 * The readings of 8 digits, the likelier first.
 *
 * Digits alone do not tell EAN-8 from UPC-E. The two check digits even agree by construction for every UPC-E whose
 * sixth digit is 5 to 9, since its digits then have the same weights in the long form. Hence a rule:
 * - first digit 0: UPC-E first. It is the number system that GS1 keeps for UPC-E, whereas a GTIN-8 that begins
 *   with 0 is never a product of a maker, only a shop's own number (GS1-8 Prefix 0: restricted circulation).
 * - first digit 1: EAN-8 first. GS1 assigns GTIN-8s here and no longer allows UPC-E in number system 1, which
 *   only old labels have.
 * - first digit 2 to 9: EAN-8, for UPC-E does not exist.
 * - with `]E0`: UPC-E first, for a scanner that keeps to the standard would say `]E4` of an EAN-8.
 * A reading whose check digit is wrong is dropped; if both are right, the other one is in `alternatives`.
 */
function eightDigitCandidates(digits: string, family: ScannedFamily): Candidate[] {
  const ean8: Candidate = { symbology: 'EAN-8', checked: digits };
  const long = expandUpcE(digits);
  if (family === 'ean_8' || long === undefined) return [ean8];
  const upcE: Candidate = { symbology: 'UPC-E', checked: long };
  return digits.startsWith('0') || family === 'upc_or_ean' ? [upcE, ean8] : [ean8, upcE];
}

/**
 * Seven digits are a UPC-E from a scanner that leaves out either the number system or the check digit. Beginning
 * with 2 to 9 it can only be the former; then it counts when its check digit is right for number system 0.
 * Beginning with 0 or 1 it may be either, and the six-digit form has nothing to check: both are refused, because
 * a slip in a typed number would silently sell another product.
 */
function sevenDigitCandidates(digits: string): Candidate[] {
  if (digits.startsWith('0') || digits.startsWith('1')) return [];
  const long = expandUpcE(`0${digits}`);
  return long !== undefined && hasValidCheckDigit(long) ? [{ symbology: 'UPC-E', checked: long }] : [];
}

function candidates(digits: string, family: ScannedFamily): Candidate[] {
  if (family === 'itf') return digits.length === 14 ? [{ symbology: 'ITF-14', checked: digits }] : [];
  if (family === 'ean_8' && digits.length !== 8) return [];
  switch (digits.length) {
    case 7:
      return sevenDigitCandidates(digits);
    case 8:
      return eightDigitCandidates(digits, family);
    case 12:
      return [{ symbology: 'UPC-A', checked: digits }];
    case 13:
      return [{ symbology: 'EAN-13', checked: digits }];
    case 14:
      return family === 'any' ? [{ symbology: 'ITF-14', checked: digits }] : [];
    default:
      return [];
  }
}

function wrongCheckDigit({ symbology, checked }: Candidate): WrongCheckDigit {
  const expected = checkDigit(checked.slice(0, -1));
  const found = Number(checked.at(-1));
  const message = `This ${symbology} ends in ${found} but should end in ${expected}: scan it again.`;
  return { ok: false, code: 'wrong_check_digit', symbology, expected, found, message };
}

/**
 * Reads a raw scan (or digits typed by hand) as a product barcode. Never throws, whatever the text, and looks at 64
 * characters at most. The symbology is told by the number of digits, and by the AIM identifier where the scanner
 * sends one; a 13-digit code that begins with 0 is a UPC-A as many scanners send it and leads to the same GTIN.
 */
export function decodeBarcode(raw: string): DecodedBarcode {
  if (raw.length > MAX_SCAN_LENGTH) return unreadable('too_long');
  const { family, text } = unwrapScan(raw);
  if (text === '') return unreadable('empty');
  // \p{C}: control, format, unassigned, private use and lone surrogates. U+FFFD stands for bytes that were no text.
  if (/[\p{C}\uFFFD]/u.test(text)) return unreadable('not_printable');
  if (!/^[0-9]+$/.test(text)) return unreadable('not_a_number');

  const [first, ...others] = candidates(text, family);
  if (!first) return unreadable('wrong_length');
  const [reading, ...alternatives] = [first, ...others]
    .filter(({ checked }) => hasValidCheckDigit(checked))
    .map(({ symbology, checked }): BarcodeReading => ({ symbology, gtin: checked.padStart(14, '0') }));
  return reading ? { ok: true, ...reading, text, alternatives } : wrongCheckDigit(first);
}
