import type { Cents } from '#domain/money/cents.ts';
import { formatCents } from '#domain/money/format.ts';
import type { ReceiptDocument } from '#domain/receipt/receipt-document.ts';
import { leftAndRight, wrapText } from './column-text.ts';
import { printableText } from './printable-text.ts';
import type { PrinterModel } from './printer-model.ts';
import type { EncodeOptions } from './receipt-codec.ts';

/** `large` is twice as wide and twice as high, so a row of it holds half the columns. */
export type RowLook = 'normal' | 'bold' | 'large';

export type ReceiptRow =
  | { readonly kind: 'text'; readonly text: string; readonly look: RowLook; readonly centred: boolean }
  | { readonly kind: 'rule' }
  | { readonly kind: 'space' }
  | { readonly kind: 'number'; readonly value: string };

function widthOf(look: RowLook, model: PrinterModel): number {
  return look === 'large' ? Math.floor(model.columns / 2) : model.columns;
}

function amount(value: Cents): string {
  return formatCents(value, '-');
}

function dollars(value: Cents): string {
  const figure = amount(value);
  return figure.startsWith('-') ? `-$${figure.slice(1)}` : `$${figure}`;
}

/**
 * The receipt as rows for a paper of `model.columns` characters. Every text in it has passed `printableText`,
 * and no row is wider than the paper.
 */
export function layOutReceipt(
  receipt: ReceiptDocument,
  model: PrinterModel,
  options: EncodeOptions = {},
): ReceiptRow[] {
  const printable = (text: string) => printableText(text, model.codePage.name).trim();
  const centred = (text: string, look: RowLook = 'normal'): ReceiptRow[] =>
    wrapText(printable(text), widthOf(look, model)).map((row) => ({
      kind: 'text',
      text: row,
      look,
      centred: true,
    }));
  const left = (text: string, indent = ''): ReceiptRow[] =>
    wrapText(printable(text), model.columns - indent.length).map((row) => ({
      kind: 'text',
      text: indent + row,
      look: 'normal',
      centred: false,
    }));
  const pair = (label: string, figure: string, look: RowLook = 'normal'): ReceiptRow[] =>
    leftAndRight(printable(label), printable(figure), widthOf(look, model)).map((row) => ({
      kind: 'text',
      text: row,
      look,
      centred: false,
    }));

  return [
    ...(options.copy === true ? [...centred('*** COPY ***', 'large'), SPACE] : []),
    ...centred(receipt.storeName, 'large'),
    ...receipt.storeAddress.flatMap((row) => centred(row)),
    SPACE,
    ...left(`Receipt ${receipt.receiptNumber}`),
    ...pair(receipt.printedTime, `Cashier ${receipt.cashier}`),
    RULE,
    ...receipt.lines.flatMap((line) => [
      ...pair(line.name, amount(line.amount)),
      ...(line.quantity === 1 ? [] : left(`${line.quantity} x ${amount(line.unitPrice)}`, '  ')),
    ]),
    RULE,
    ...pair('Subtotal', amount(receipt.subtotal)),
    ...(receipt.deposit === 0 ? [] : pair('Bottle deposit', amount(receipt.deposit))),
    ...receipt.taxes.flatMap((tax) => pair(tax.label, amount(tax.amount))),
    RULE,
    ...pair('TOTAL', dollars(receipt.total), 'large'),
    RULE,
    ...receipt.tenders.flatMap((tender) => [
      ...pair(tender.method === 'cash' ? 'Cash' : 'Card', amount(tender.amount)),
      ...(tender.approvalCode === undefined ? [] : left(`Approval ${tender.approvalCode}`, '  ')),
    ]),
    ...(receipt.change === 0 ? [] : pair('CHANGE', dollars(receipt.change), 'large')),
    SPACE,
    ...receipt.footer.flatMap((row) => centred(row)),
    SPACE,
    { kind: 'number', value: receipt.receiptNumber },
  ];
}

const RULE: ReceiptRow = { kind: 'rule' };
const SPACE: ReceiptRow = { kind: 'space' };
