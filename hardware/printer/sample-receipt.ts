import { cents } from '#domain/money/cents.ts';
import type { ReceiptDocument } from '#domain/receipt/receipt-document.ts';

/** The seed's sale as a receipt: for tests, benchmarks and the test print of a newly connected printer. */
export const SAMPLE_RECEIPT: ReceiptDocument = {
  storeName: 'Harbor Wine & Spirits',
  storeAddress: ['12 Front Street', 'Springfield, IL 62701'],
  receiptNumber: 'STORE-001-T1-000042',
  orderId: '01940000-0000-7000-8000-000000000042',
  printedTime: '2026-11-23 14:05',
  cashier: 'Alice',
  terminalId: 'T1',
  lines: [
    {
      name: 'Cabernet Sauvignon 750 ml',
      sku: 'WINE-CAB-001',
      quantity: 2,
      unitPrice: cents(1999),
      amount: cents(3998),
    },
  ],
  subtotal: cents(3998),
  deposit: cents(0),
  taxes: [{ label: 'Sales tax 7%', amount: cents(280) }],
  total: cents(4278),
  tenders: [{ method: 'cash', amount: cents(5000) }],
  change: cents(722),
  footer: ['Thank you!'],
};
