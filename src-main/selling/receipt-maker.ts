import type { CompletedSale } from '../api/views.ts';
import type { Cents } from '#domain/money/cents.ts';
import type { PricedCart } from '#domain/pricing/price.ts';
import type { ReceiptDocument } from '#domain/receipt/receipt-document.ts';
import type { TerminalSettings } from '../store/settings-store.ts';
import { localMinute } from '../terminal/local-time.ts';
import { taxLabel } from './tax-label.ts';

export interface ReceiptFacts {
  readonly orderId: string;
  readonly receiptNumber: string;
  readonly priced: PricedCart;
  readonly method: CompletedSale['method'];
  readonly tendered: Cents;
  readonly change: Cents;
  readonly approvalCode: string | null;
  readonly cashier: string;
  readonly soldAt: Date;
}

export function makeReceipt(settings: TerminalSettings, facts: ReceiptFacts): ReceiptDocument {
  const { priced, approvalCode } = facts;
  return {
    storeName: settings.storeName,
    storeAddress: settings.storeAddress,
    receiptNumber: facts.receiptNumber,
    orderId: facts.orderId,
    printedTime: localMinute(facts.soldAt),
    cashier: facts.cashier,
    terminalId: settings.terminalId,
    lines: priced.lines.map(({ name, sku, quantity, unitPrice, amount }) => ({
      name,
      sku,
      quantity,
      unitPrice,
      amount,
    })),
    subtotal: priced.subtotal,
    deposit: priced.deposit,
    taxes: priced.taxes.map((tax) => ({ label: taxLabel(tax), amount: tax.amount })),
    total: priced.total,
    tenders: [
      { method: facts.method, amount: facts.tendered, ...(approvalCode === null ? {} : { approvalCode }) },
    ],
    change: facts.change,
    footer: settings.receiptFooter,
  };
}
