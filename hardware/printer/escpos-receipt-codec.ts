import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';
import type { ReceiptDocument } from '#domain/receipt/receipt-document.ts';
import { assertNever } from '#domain/assert-never.ts';
import { charactersOf } from './code-page.ts';
import type { PrinterModel } from './printer-model.ts';
import type { EncodeOptions, ReceiptCodec } from './receipt-codec.ts';
import { layOutReceipt, type ReceiptRow } from './receipt-layout.ts';

/** ESC/POS by the library that `docs/decisions/0003-escpos-codec.md` chose. */
export const escPosReceiptCodec: ReceiptCodec = {
  encode(receipt: ReceiptDocument, model: PrinterModel, options: EncodeOptions = {}): Uint8Array {
    const encoder = new ReceiptPrinterEncoder({
      language: 'esc-pos',
      columns: model.columns,
      newline: '\n',
      feedBeforeCut: 0,
      codepageMapping: { [model.codePage.name]: model.codePage.number },
      errors: 'strict',
    });
    encoder.initialize().codepage(model.codePage.name);
    for (const row of layOutReceipt(receipt, model, options)) encodeRow(encoder, row, model);
    encoder.newline(model.cutter.feedLines);
    if (model.cutter.kind !== 'none') encoder.cut(model.cutter.kind);
    return encoder.encode();
  },
};

function encodeRow(encoder: ReceiptPrinterEncoder, row: ReceiptRow, model: PrinterModel): void {
  switch (row.kind) {
    case 'text':
      encoder.align(row.centred ? 'center' : 'left');
      if (row.look === 'large') encoder.size(2, 2);
      if (row.look !== 'normal') encoder.bold(true);
      encoder.text(row.text);
      if (row.look !== 'normal') encoder.bold(false);
      if (row.look === 'large') encoder.size(1, 1);
      encoder.newline().align('left');
      return;
    case 'rule':
      encoder.line(ruleCharacter(model).repeat(model.columns));
      return;
    case 'space':
      encoder.newline();
      return;
    case 'number':
      encodeNumber(encoder, row.value, model);
      return;
    default:
      assertNever(row);
  }
}

/** The box-drawing line closes up to one stroke; hyphens are for tables without it. */
function ruleCharacter(model: PrinterModel): string {
  return charactersOf(model.codePage.name).has('─') ? '─' : '-';
}

/**
 * The receipt number for the scanner: CODE128 where it fits, else a QR code. A printer drops a barcode that is
 * wider than its paper without a word, and 19 characters do not fit on 58 mm. A number that no scanner could
 * read back is left to its printed text.
 */
function encodeNumber(encoder: ReceiptPrinterEncoder, value: string, model: PrinterModel): void {
  if (!/^[\u{20}-\u{7e}]{1,100}$/u.test(value)) return;
  const modules = (value.length + 2) * 11 + 13;
  // The library's width n prints modules of n + 1 dots; Epson's smallest module is 2 dots.
  const width = [2, 1].find((candidate) => modules * (candidate + 1) <= model.dots);
  encoder.align('center');
  if (width !== undefined) {
    encoder.barcode(`{B${value.replaceAll('{', '{{')}`, 'code128', { height: 64, width, text: 'below' });
  } else if (model.qrCode) {
    encoder.qrcode(value, { model: 2, size: 5, errorlevel: 'm' });
  }
  encoder.align('left');
}
