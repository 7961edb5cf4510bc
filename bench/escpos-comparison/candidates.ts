import * as escpos from 'escpos';
import ReceiptPrinterEncoder from '@point-of-sale/receipt-printer-encoder';

export const IMAGE_SIZE = 16;
/** A black diagonal on white, RGBA. */
export const IMAGE = (() => {
  const pixels = new Uint8ClampedArray(IMAGE_SIZE * IMAGE_SIZE * 4).fill(255);
  for (let at = 0; at < IMAGE_SIZE; at += 1)
    pixels.fill(0, (at * IMAGE_SIZE + at) * 4, (at * IMAGE_SIZE + at) * 4 + 3);
  return pixels;
})();

/** The same jobs for both libraries. Each returns the bytes that would go to the printer. */
export interface Candidate {
  readonly name: string;
  readonly packageName: string;
  text(text: string): Uint8Array;
  barcode(code: string): Uint8Array;
  qr(data: string): Uint8Array;
  image(): Uint8Array;
  /** A drawer pulse with a line of text behind it. */
  pulseThenText(text: string): Uint8Array;
  receipt(rows: readonly string[], number: string): Uint8Array;
}

function viaEscpos(build: (printer: escpos.Printer) => void): Uint8Array {
  let bytes: Uint8Array = new Uint8Array();
  const printer = new escpos.Printer({
    write: (written) => {
      bytes = written;
    },
  });
  printer.encoding = 'cp858';
  build(printer);
  printer.flush();
  return bytes;
}

const escposCandidate: Candidate = {
  name: 'escpos',
  packageName: 'escpos',
  text: (text) => viaEscpos((printer) => printer.text(text)),
  barcode: (code) => viaEscpos((printer) => printer.barcode(code, 'CODE128', { width: 2, height: 64 })),
  qr: (data) => viaEscpos((printer) => printer.qrcode(data, 3, 'm', 5)),
  image: () =>
    viaEscpos((printer) =>
      printer.raster(new escpos.Image({ data: Uint8Array.from(IMAGE), shape: [IMAGE_SIZE, IMAGE_SIZE, 4] })),
    ),
  pulseThenText: (text) => viaEscpos((printer) => printer.cashdraw(2).text(text)),
  receipt: (rows, number) =>
    viaEscpos((printer) => {
      printer
        .hardware('init')
        .align('ct')
        .style('b')
        .size(2, 2)
        .text('Harbor Wine')
        .style('normal')
        .size(1, 1);
      printer.align('lt');
      for (const row of rows) printer.text(row);
      printer.align('ct').barcode(number, 'CODE128', { width: 2, height: 64 }).cut(true);
    }),
};

function viaEncoder(build: (encoder: ReceiptPrinterEncoder) => void): Uint8Array {
  const encoder = new ReceiptPrinterEncoder({
    language: 'esc-pos',
    columns: 48,
    newline: '\n',
    imageMode: 'raster',
    codepageMapping: { cp858: 19 },
  });
  encoder.codepage('cp858');
  build(encoder);
  return encoder.encode();
}

const encoderCandidate: Candidate = {
  name: 'receipt-printer-encoder',
  packageName: '@point-of-sale/receipt-printer-encoder',
  text: (text) => viaEncoder((encoder) => encoder.line(text)),
  barcode: (code) => viaEncoder((encoder) => encoder.barcode(code, 'code128', { width: 1, height: 64 })),
  qr: (data) => viaEncoder((encoder) => encoder.qrcode(data, { model: 2, size: 5, errorlevel: 'm' })),
  image: () =>
    viaEncoder((encoder) =>
      encoder.image(
        // A plain object of this shape is what its documentation calls ImageData in Node.
        { data: IMAGE, width: IMAGE_SIZE, height: IMAGE_SIZE, colorSpace: 'srgb' },
        { width: IMAGE_SIZE, height: IMAGE_SIZE, algorithm: 'threshold' },
      ),
    ),
  pulseThenText: (text) => viaEncoder((encoder) => encoder.pulse(0, 100, 500).line(text)),
  receipt: (rows, number) =>
    viaEncoder((encoder) => {
      encoder.initialize().align('center').bold(true).size(2, 2).line('Harbor Wine').bold(false).size(1, 1);
      encoder.align('left');
      for (const row of rows) encoder.line(row);
      encoder.align('center').barcode(number, 'code128', { width: 1, height: 64 }).cut('partial');
    }),
};

export const CANDIDATES: readonly Candidate[] = [escposCandidate, encoderCandidate];
