/**
 * Brings the open sale up to the catalogue as it is now. A price that comes from the server while a customer is at the
 * counter counts at once, but never in silence: what differs from what was shown becomes a notice.
 */
import { type Cart, emptyCart, removeLine } from '#domain/pricing/cart.ts';
import type { CatalogueFacts } from '#domain/pricing/price.ts';
import type { SaleNotice } from '../api/sale-notice.ts';
import type { OpenSale, Shown } from '../store/cart-store.ts';

export function emptySale(orderId: string): OpenSale {
  return { ...emptyCart(orderId), shown: {}, notices: [] };
}

/** `before` with the lines of `cart`, by these facts. Lines whose item is gone are taken off, and told. */
export function followFacts(before: OpenSale, cart: Cart, facts: CatalogueFacts): OpenSale {
  const notices = before.orderId === cart.orderId ? [...before.notices] : [];
  const shown: Record<string, Shown> = {};
  let kept = cart;
  for (const { lineId, sku } of cart.lines) {
    const then = before.shown[lineId];
    const now = shownBy(facts, sku);
    if (now === undefined) {
      notices.push({ kind: 'withdrawn', sku, name: then?.name ?? sku });
      kept = removeLine(kept, lineId) ?? kept;
      continue;
    }
    shown[lineId] = now;
    if (then !== undefined) for (const notice of noticesOf(then, now)) addNotice(notices, notice);
  }
  return { ...kept, shown, notices };
}

function shownBy({ items, merchandiseCodes }: CatalogueFacts, sku: string): Shown | undefined {
  const item = items.get(sku);
  const code = merchandiseCodes.get(item?.merchandiseCode ?? '');
  if (item === undefined || code === undefined) return undefined;
  return { sku, name: item.name, unitPrice: item.price, deposit: item.deposit, taxRate: code.taxRate };
}

/** Each by itself: a price that goes back to what it was takes only its own notice with it. */
function noticesOf(then: Shown, now: Shown): SaleNotice[] {
  const { sku, name } = now;
  const notices: SaleNotice[] = [];
  if (then.unitPrice !== now.unitPrice) {
    notices.push({ kind: 'price', sku, name, from: then.unitPrice, to: now.unitPrice });
  }
  if (then.deposit !== now.deposit) {
    notices.push({ kind: 'deposit', sku, name, from: then.deposit, to: now.deposit });
  }
  if (then.taxRate !== now.taxRate) notices.push({ kind: 'tax', sku, name });
  return notices;
}

/** A price that changes twice is told once, from what the customer heard first; one that comes back is no news. */
function addNotice(notices: SaleNotice[], notice: SaleNotice): void {
  const index = notices.findIndex(({ kind, sku }) => kind === notice.kind && sku === notice.sku);
  const earlier = notices[index];
  if (earlier === undefined) notices.push(notice);
  else if ('from' in earlier && 'from' in notice) {
    if (earlier.from === notice.to) notices.splice(index, 1);
    else notices[index] = { ...notice, from: earlier.from };
  }
}
