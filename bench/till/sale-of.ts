/** Sales of five lines, ready to be committed: the same for the same number. */
import type { Item } from '#domain/catalogue/item.ts';
import { cents } from '#domain/money/cents.ts';
import { type Cart, emptyCart } from '#domain/pricing/cart.ts';
import { price } from '#domain/pricing/price.ts';
import { catalogueReader } from '#main/store/catalogue-reader.ts';
import type { Store } from '#main/store/open-store.ts';
import type { TenderedSale } from '#main/store/sale-committer.ts';

const LINES = 5;

export function saleOf(store: Store, items: readonly Item[], index: number): TenderedSale {
  const sold = Array.from({ length: LINES }, (_, line) => items[(index * LINES + line) % items.length]);
  const cart: Cart = {
    ...emptyCart(`ORD-BENCH-${index}`),
    lines: sold.flatMap((item, line) => (item ? [{ lineId: `L${line}`, sku: item.sku, quantity: 2 }] : [])),
  };
  const facts = catalogueReader(store.writer).factsFor(cart.lines.map((line) => line.sku));
  const result = price(cart, facts);
  if (!result.ok) throw new Error(result.refusal.code);
  const priced = result.cart;
  return {
    orderId: cart.orderId,
    priced,
    ageVerified: false,
    payment: {
      paymentId: `pay-${index}`,
      method: 'cash',
      tendered: priced.total,
      change: cents(0),
      approvalCode: null,
    },
    userId: 'bench',
    terminalId: 'T1',
    locationId: 'STORE-001',
    completedAt: new Date().toISOString(),
    utcOffsetMinutes: 0,
    stockFacts: facts.items,
    receipt: (receiptNumber) => ({
      storeName: 'Bench',
      storeAddress: [],
      receiptNumber,
      orderId: cart.orderId,
      printedTime: '2026-11-23 14:05',
      cashier: 'Bench',
      terminalId: 'T1',
      lines: priced.lines.map(({ name, sku, quantity, unitPrice, amount }) => ({
        name,
        sku,
        quantity,
        unitPrice,
        amount,
      })),
      subtotal: priced.subtotal,
      deposit: priced.deposit,
      taxes: priced.taxes.map(({ merchandiseCode, amount }) => ({ label: merchandiseCode, amount })),
      total: priced.total,
      tenders: [{ method: 'cash', amount: priced.total }],
      change: cents(0),
      footer: [],
    }),
    printReceipt: true,
    nextCart: emptyCart(`ORD-BENCH-${index + 1}`),
  };
}
