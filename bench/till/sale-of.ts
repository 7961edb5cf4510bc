/** Sales of five lines, ready to be committed: the same for the same number. */
import type { Item } from '#domain/catalogue/item.ts';
import { cents } from '#domain/money/cents.ts';
import { type Cart, emptyCart } from '#domain/pricing/cart.ts';
import { price } from '#domain/pricing/price.ts';
import { catalogueReader } from '#main/store/catalogue-reader.ts';
import type { Store } from '#main/store/open-store.ts';
import { makeReceipt } from '#main/selling/receipt-maker.ts';
import type { TenderedSale } from '#main/store/sale-committer.ts';
import type { TerminalSettings } from '#main/store/settings-store.ts';

const LINES = 5;

const SETTINGS: TerminalSettings = {
  storeName: 'Bench',
  storeAddress: [],
  receiptFooter: [],
  locationId: 'STORE-001',
  terminalId: 'T1',
  server: null,
  printer: null,
};

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
    receipt: (receiptNumber) =>
      makeReceipt(SETTINGS, {
        orderId: cart.orderId,
        receiptNumber,
        priced,
        method: 'cash',
        tendered: priced.total,
        change: cents(0),
        approvalCode: null,
        cashier: 'Bench',
        soldAt: new Date(),
      }),
    printReceipt: true,
    nextCart: emptyCart(`ORD-BENCH-${index + 1}`),
  };
}
