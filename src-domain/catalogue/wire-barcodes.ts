import { z } from 'zod';
import { decodeBarcode } from '../barcode/decode.ts';
import { MAX_BARCODES } from './catalogue-csv-barcodes.ts';

const barcodeSchema = z
  .string()
  .regex(/^(?:[0-9]{8}|[0-9]{12,14})$/, 'not a barcode of 8, 12, 13 or 14 digits');

/**
 * The barcodes of an item on the wire, in any form that is printed on a product: UPC-A, UPC-E, EAN-13, EAN-8, GTIN-14.
 * Read by the decoder that reads the till's scans, so that what is stored is what a scan looks up: 14-digit GTINs, in
 * ascending order because they are a set. One with a wrong check digit, or twice the same GTIN, is refused by its place.
 */
export const wireBarcodesSchema = z
  .array(barcodeSchema)
  .max(MAX_BARCODES)
  .transform((codes, context): string[] => {
    const gtins = new Set<string>();
    for (const [index, code] of codes.entries()) {
      const decoded = decodeBarcode(code);
      const objection = decoded.ok
        ? gtins.has(decoded.gtin) && `${code} is listed twice`
        : decoded.code === 'wrong_check_digit'
          ? `${code} ends in ${decoded.found} but should end in ${decoded.expected}`
          : `${code} is not a barcode`;
      if (objection !== false) context.addIssue({ code: 'custom', message: objection, path: [index] });
      else if (decoded.ok) gtins.add(decoded.gtin);
    }
    return [...gtins].sort();
  });
