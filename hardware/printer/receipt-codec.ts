import type { ReceiptDocument } from '#domain/receipt/receipt-document.ts';
import type { PrinterModel } from './printer-model.ts';

export interface EncodeOptions {
  /** Marks the paper as a reprint: `COPY` stands large at its top, so that nobody can claim it as a second sale. */
  readonly copy?: boolean;
}

/**
 * Turns a receipt into the bytes of one printer language. Pure: no I/O, no clock, same input, same bytes.
 * It never throws on any text: what the printer cannot print is spelled or replaced visibly.
 */
export interface ReceiptCodec {
  encode(receipt: ReceiptDocument, model: PrinterModel, options?: EncodeOptions): Uint8Array;
}
