import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cents } from '#domain/money/cents.ts';
import { formatCents } from '#domain/money/format.ts';
import type { ReceiptDocument } from '#domain/receipt/receipt-document.ts';
import { escPosReceiptCodec } from './printer/escpos-receipt-codec.ts';
import { printableText } from './printer/printable-text.ts';
import { printerModel, printerModelIdSchema } from './printer/printer-model.ts';
import { SAMPLE_RECEIPT } from './printer/sample-receipt.ts';
import { decodeEscPos } from './virtual/escpos-decoder.ts';
import type { Operation } from './virtual/escpos-operation.ts';
import { receiptText } from './virtual/receipt-text.ts';

/** The encoder's bytes, read by a decoder that shares nothing with it. */

const amount = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map((value) => cents(value));
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 90 }),
  fc.string({ unit: 'grapheme', maxLength: 90 }),
  fc.constantFrom(
    'Château d’Yquem 375 ml',
    '§ 5 ¶ ←@ ►',
    '♥♪',
    '\u{1b}@\u{1d}V\u{0}',
    'x'.repeat(120),
    '',
    ' ',
  ),
);
const receipt: fc.Arbitrary<ReceiptDocument> = fc.record({
  storeName: text,
  storeAddress: fc.array(text, { maxLength: 3 }),
  receiptNumber: fc.oneof(fc.stringMatching(/^[A-Z0-9{-]{1,30}$/), text),
  orderId: fc.uuid(),
  printedTime: fc.constant('2026-11-23 14:05'),
  cashier: text,
  terminalId: fc.constant('T1'),
  lines: fc.array(
    fc.record({
      name: text,
      sku: fc.constant('SKU-1'),
      quantity: fc.integer({ min: -9999, max: 9999 }),
      unitPrice: amount,
      amount,
    }),
    { maxLength: 8 },
  ),
  subtotal: amount,
  deposit: amount,
  taxes: fc.array(fc.record({ label: text, amount }), { maxLength: 3 }),
  total: amount,
  tenders: fc.array(
    fc.oneof(
      fc.record({ method: fc.constant('cash' as const), amount }),
      fc.record({ method: fc.constant('card' as const), amount, approvalCode: text }),
    ),
    { maxLength: 3 },
  ),
  change: amount,
  footer: fc.array(text, { maxLength: 3 }),
});

function squeeze(value: string): string {
  return value.replaceAll(/\s/gu, '');
}

/** Width of each printed row in columns of font A. */
function rowWidths(operations: readonly Operation[]): number[] {
  const widths = [0];
  for (const operation of operations) {
    if (operation.kind === 'feed_rows') widths.push(0);
    if (operation.kind !== 'text') continue;
    widths.push((widths.pop() ?? 0) + operation.text.length * operation.style.width);
  }
  return widths;
}

test('every amount and name of any receipt stands on the paper, on every model', () => {
  fc.assert(
    fc.property(
      receipt,
      fc.constantFrom(...printerModelIdSchema.options),
      fc.boolean(),
      (document, id, copy) => {
        const model = printerModel(id);
        const operations = decodeEscPos(escPosReceiptCodec.encode(document, model, { copy }));
        const paper = receiptText(operations, model.dots);
        const letters = squeeze(paper);

        expect(operations.filter(({ kind }) => kind === 'unknown')).toEqual([]);
        expect(operations.filter(({ kind }) => kind === 'drawer_pulse')).toEqual([]);
        expect(operations.filter(({ kind }) => kind === 'initialize')).toHaveLength(1);
        expect(operations.filter(({ kind }) => kind === 'cut')).toHaveLength(
          model.cutter.kind === 'none' ? 0 : 1,
        );
        expect(Math.max(...rowWidths(operations))).toBeLessThanOrEqual(model.columns);

        const figures = [
          document.subtotal,
          ...document.lines.map((line) => line.amount),
          ...document.taxes.map((tax) => tax.amount),
          ...document.tenders.map((tender) => tender.amount),
        ].map((value) => formatCents(value, '-'));
        const rows = paper.split('\n');
        for (const figure of figures) expect(rows.some((row) => row.endsWith(figure))).toBe(true);
        expect(letters).toContain(`TOTAL${formatCents(document.total, '-').replace(/^(-?)/, '$1$$')}`);
        const printable = (value: string) => squeeze(printableText(value, model.codePage.name));
        const rule = '─'.repeat(model.columns);
        const [from, to] = [rows.indexOf(rule), rows.indexOf(rule, rows.indexOf(rule) + 1)];
        let items = squeeze(rows.slice(from + 1, to).join(''));
        for (const line of document.lines) {
          const quantity = line.quantity === 1 ? '' : `${line.quantity}x${formatCents(line.unitPrice, '-')}`;
          const item = itemLetters(printable(line.name), formatCents(line.amount, '-'), quantity);
          const found = item.find((candidate) => items.startsWith(candidate));
          expect(found, `${line.name} in ${items}`).toBeDefined();
          items = items.slice(found?.length);
        }
        expect(items).toBe('');
        for (const row of [document.storeName, ...document.footer]) expect(letters).toContain(printable(row));
        expect(letters.startsWith('***COPY***')).toBe(copy);
      },
    ),
    { numRuns: 150 },
  );
});

/** The amount follows the first row of the name, wherever the name was wrapped. */
function itemLetters(name: string, figure: string, quantity: string): string[] {
  return Array.from(
    { length: name.length + 1 },
    (_, split) => name.slice(0, split) + figure + name.slice(split) + quantity,
  );
}

test('the paper of the seed’s sale reads as a person expects it', () => {
  const model = printerModel('generic-80mm');
  const operations = decodeEscPos(escPosReceiptCodec.encode(SAMPLE_RECEIPT, model));
  expect(receiptText(operations, model.dots)).toMatchInlineSnapshot(`
    "   Harbor Wine & Spirits
                    12 Front Street
                 Springfield, IL 62701

    Receipt STORE-001-T1-000042
    2026-11-23 14:05                   Cashier Alice
    ────────────────────────────────────────────────
    Cabernet Sauvignon 750 ml                  39.98
      2 x 19.99
    ────────────────────────────────────────────────
    Subtotal                                   39.98
    Sales tax 7%                                2.80
    ────────────────────────────────────────────────
    TOTAL             $42.78
    ────────────────────────────────────────────────
    Cash                                       50.00
    CHANGE             $7.22

                       Thank you!

    [code128 STORE-001-T1-000042]





    [cut partial]
    "
  `);
});

test('figures in columns of large letters are large, and nothing else but name and change is', () => {
  const operations = decodeEscPos(escPosReceiptCodec.encode(SAMPLE_RECEIPT, printerModel('generic-80mm')));
  const large = operations.filter((operation) => operation.kind === 'text' && operation.style.width === 2);
  expect(large.map((operation) => operation.kind === 'text' && squeeze(operation.text))).toEqual([
    'HarborWine&Spirits',
    'TOTAL$42.78',
    'CHANGE$7.22',
  ]);
});
