import { decodeBarcode, type DecodedBarcode } from '../barcode/decode.ts';
import { reason } from './catalogue-csv-reason.ts';

/** The limit of `itemSchema`; a test keeps the two equal. */
export const MAX_BARCODES = 20;

export interface BarcodeCell {
  /** 14-digit GTINs in the order of the cell; of use only when there are no reasons. */
  readonly gtins: string[];
  /** One sentence for each code that cannot be taken. */
  readonly reasons: string[];
}

/** The decoder speaks to a cashier who can scan again; here somebody corrects a file. */
function objection(decoded: Exclude<DecodedBarcode, { ok: true }>, code: string): string {
  if (decoded.code === 'wrong_check_digit') {
    return `is a ${decoded.symbology} that ends in ${decoded.found} but should end in ${decoded.expected}`;
  }
  const lostZero = /^\d{10,11}$/.test(code) ? '; a spreadsheet may have dropped the zero in front' : '';
  return `is not a barcode of 8, 12, 13 or 14 digits${lostZero}`;
}

/** Reads the blank-separated barcodes of one item. */
export function readBarcodeCell(raw: string): BarcodeCell {
  const codes = raw.split(/\s/u).filter((code) => code !== '');
  if (codes.length > MAX_BARCODES) {
    return {
      gtins: [],
      reasons: [`barcodes: ${codes.length} codes, but an item has at most ${MAX_BARCODES}`],
    };
  }
  const gtins = new Set<string>();
  const reasons: string[] = [];
  for (const code of codes) {
    const decoded = decodeBarcode(code);
    if (!decoded.ok) reasons.push(reason('barcodes', code, objection(decoded, code)));
    else if (gtins.has(decoded.gtin)) reasons.push(reason('barcodes', code, 'is listed twice'));
    else gtins.add(decoded.gtin);
  }
  return { gtins: [...gtins], reasons };
}
