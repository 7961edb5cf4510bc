import { describe, expect, test } from 'vitest';
import { cents } from '#domain/money/cents.ts';
import { decodeEscPos } from '#hardware/virtual/escpos-decoder.ts';
import { receiptText } from '#hardware/virtual/receipt-text.ts';
import { charactersOf } from './code-page.ts';
import { escPosReceiptCodec } from './escpos-receipt-codec.ts';
import { printerModel, printerModelIdSchema, type PrinterModelId } from './printer-model.ts';
import { SAMPLE_RECEIPT } from './sample-receipt.ts';

function encode(model: PrinterModelId, receipt = SAMPLE_RECEIPT, options = {}): string {
  return Buffer.from(escPosReceiptCodec.encode(receipt, printerModel(model), options)).toString('latin1');
}

const LARGE = '\u{1d}!\u{11}\u{1b}E\u{1}';
const NORMAL = '\u{1b}E\u{0}\u{1d}!\u{0}';

describe('golden bytes', () => {
  test('the receipt of the seed’s sale on 80 mm', () => {
    // 0xC4 is the box-drawing line of code page 858.
    const rule = `${'\u{c4}'.repeat(48)}\n`;
    expect(encode('generic-80mm')).toBe(
      [
        '\u{1b}@\u{1c}.\u{1b}M\u{0}',
        `   ${LARGE}\u{1b}t\u{13}Harbor Wine & Spirits${NORMAL}\n`,
        '                12 Front Street\n',
        '             Springfield, IL 62701\n',
        '\n',
        'Receipt STORE-001-T1-000042\n',
        '2026-11-23 14:05                   Cashier Alice\n',
        rule,
        'Cabernet Sauvignon 750 ml                  39.98\n',
        '  2 x 19.99\n',
        rule,
        'Subtotal                                   39.98\n',
        'Sales tax 7%                                2.80\n',
        rule,
        `${LARGE}TOTAL             $42.78${NORMAL}\n`,
        rule,
        'Cash                                       50.00\n',
        `${LARGE}CHANGE             $7.22${NORMAL}\n`,
        '\n',
        '                   Thank you!\n',
        '\n',
        '\u{1b}a\u{1}\u{1d}h@\u{1d}w\u{2}\u{1d}H\u{2}\u{1d}kI\u{15}{BSTORE-001-T1-000042\n\u{1b}a\u{0}',
        '\n\n\n\n\u{1d}V\u{1}\n',
      ].join(''),
    );
  });

  test('58 mm: narrower, a QR code because the bars would not fit, no cut', () => {
    const bytes = encode('generic-58mm');
    expect(bytes).toContain('Cabernet Sauvignon 750 ml  39.98\n  2 x 19.99\n');
    expect(bytes).toContain('\u{1d}(k\u{16}\u{0}1P0STORE-001-T1-000042\u{1d}(k\u{3}\u{0}1Q0');
    expect(bytes).not.toContain('\u{1d}k');
    expect(bytes).not.toContain('\u{1d}V');
  });
});

test('a reprint says COPY above everything else, an original nowhere', () => {
  const copy = encode('generic-80mm', SAMPLE_RECEIPT, { copy: true });
  expect(copy.indexOf('*** COPY ***')).toBeGreaterThan(0);
  expect(copy.indexOf('*** COPY ***')).toBeLessThan(copy.indexOf('Harbor'));
  expect(encode('generic-80mm')).not.toContain('COPY');
});

test('the deposit is shown when there is one, change when there is some', () => {
  expect(encode('generic-80mm')).not.toContain('deposit');
  const receipt = { ...SAMPLE_RECEIPT, deposit: cents(60), change: cents(0) };
  expect(encode('generic-80mm', receipt)).toContain('Bottle deposit                              0.60\n');
  expect(encode('generic-80mm', receipt)).not.toContain('CHANGE');
});

test('a card tender shows its approval code', () => {
  const receipt = {
    ...SAMPLE_RECEIPT,
    tenders: [{ method: 'card' as const, amount: cents(4278), approvalCode: 'A1B2C3' }],
  };
  expect(encode('generic-80mm', receipt)).toContain('42.78\n  Approval A1B2C3\n');
});

test('accents and the euro sign are sent in the selected code page', () => {
  const receipt = { ...SAMPLE_RECEIPT, footer: ['Crémant à 9 €'] };
  expect(encode('generic-80mm', receipt)).toContain('Cr\u{82}mant \u{85} 9 \u{d5}');
  expect(encode('generic-58mm', receipt)).toContain('Cr\u{82}mant \u{85} 9 EUR');
});

test('commands hidden in any text do not reach the printer', () => {
  const evil = '\u{1b}p\u{0}\u{19}\u{fa}\u{1d}V\u{0}\u{10}\u{14}\u{1}\u{0}\u{1}\u{1b}@';
  const line = { name: `Wine${evil}`, sku: 'X', quantity: 1, unitPrice: cents(1), amount: cents(1) };
  const receipt = {
    ...SAMPLE_RECEIPT,
    storeName: evil,
    storeAddress: [evil],
    receiptNumber: `R1${evil}`,
    printedTime: evil,
    cashier: evil,
    lines: [line],
    taxes: [{ label: evil, amount: cents(1) }],
    tenders: [{ method: 'card' as const, amount: cents(1), approvalCode: evil }],
    footer: [evil],
  };
  const bytes = encode('generic-80mm', receipt);
  for (const command of ['\u{1b}p', '\u{10}', '\u{1d}V\u{0}']) expect(bytes).not.toContain(command);
  expect(bytes.split('\u{1b}@')).toHaveLength(2);
  expect(bytes).toContain('Wine?p');
});

test('signs that PC tables draw at control codes are not sent as control codes', () => {
  // The library encodes an arrow to the left as ESC: this name would reset the printer.
  const bytes = encode('generic-80mm', { ...SAMPLE_RECEIPT, footer: ['A←@ ►♥ § ¶'] });
  expect(bytes).toContain('A?@ ?? S P\n');
});

test.each(printerModelIdSchema.options)(
  'every character of the code page is one printing byte on %s',
  (id) => {
    const characters = [...charactersOf(printerModel(id).codePage.name)].filter(
      (character) => character !== ' ',
    );
    const footer = Array.from({ length: Math.ceil(characters.length / 30) }, (_, row) =>
      characters.slice(row * 30, row * 30 + 30).join(''),
    );
    const bytes = escPosReceiptCodec.encode({ ...SAMPLE_RECEIPT, footer }, printerModel(id));
    const operations = decodeEscPos(bytes);
    expect(operations.filter(({ kind }) => kind === 'unknown')).toEqual([]);
    const paper = receiptText(operations, printerModel(id).dots);
    for (const row of footer) expect(paper).toContain(row);
  },
);

test('a receipt number that no scanner could read back is left to its text', () => {
  const receipt = { ...SAMPLE_RECEIPT, receiptNumber: 'Nº 7' };
  const bytes = encode('generic-80mm', receipt);
  expect(bytes).toContain('Receipt N');
  expect(bytes).not.toContain('\u{1d}k');
});
