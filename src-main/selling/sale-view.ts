import { ageOutcome, bornOnOrBefore } from '#domain/age/age-rule.ts';
import type { PricedCart } from '#domain/pricing/price.ts';
import { quickCashAmounts } from '#domain/pricing/quick-cash.ts';
import type { SaleView } from '../api/views.ts';
import type { OpenSale } from '../store/cart-store.ts';
import { taxLabel } from './tax-label.ts';

export type Phase = SaleView['phase'];

/** @param today the till's local date */
export function saleView(sale: OpenSale, priced: PricedCart, phase: Phase, today: string): SaleView {
  return {
    orderId: sale.orderId,
    phase,
    lines: priced.lines.map(({ lineId, sku, name, quantity, unitPrice, amount, deposit, minimumAge }) => ({
      lineId,
      sku,
      name,
      quantity,
      unitPrice,
      amount,
      deposit,
      minimumAge,
      barred: ageOutcome(minimumAge, sale.customerAge) === 'refused',
    })),
    newestLineId: sale.newestLineId,
    unitCount: priced.unitCount,
    subtotal: priced.subtotal,
    deposit: priced.deposit,
    taxes: priced.taxes.map((tax) => ({ label: taxLabel(tax), amount: tax.amount })),
    tax: priced.tax,
    total: priced.total,
    age: {
      minimumAge: priced.minimumAge,
      outcome: ageOutcome(priced.minimumAge, sale.customerAge),
      bornOnOrBefore: priced.minimumAge === null ? null : bornOnOrBefore(priced.minimumAge, today),
    },
    quickCash: quickCashAmounts(priced.total),
    notices: sale.notices,
  };
}
