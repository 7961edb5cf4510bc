/**
 * What a sale costs. One function, cart + catalogue facts → priced cart, integers only; the whole cart is
 * priced again on every change, so that no figure depends on the order in which things were scanned.
 *
 * Tax (US, on top of the price): per merchandise code, on the sum of its lines, rounded once per code, then
 * allocated to the lines to the cent so that they add up. Deposits are not taxed.
 */
import type { Item, MerchandiseCode } from '../catalogue/item.ts';
import { type Cents, MAX_CENTS, ZERO, addCents, multiplyCents } from '../money/cents.ts';
import { allocate, applyRate } from '../money/rounding.ts';
import type { BasisPoints } from '../money/basis-points.ts';
import type { Cart } from './cart.ts';

/** The rows of the catalogue that a cart touches. */
export interface CatalogueFacts {
  readonly items: ReadonlyMap<string, Item>;
  readonly merchandiseCodes: ReadonlyMap<string, MerchandiseCode>;
}

export interface PricedLine {
  readonly lineId: string;
  readonly sku: string;
  readonly name: string;
  readonly merchandiseCode: string;
  readonly quantity: number;
  readonly unitPrice: Cents;
  /** quantity × unit price */
  readonly amount: Cents;
  /** container deposit of the whole line */
  readonly deposit: Cents;
  /** this line's share of the sale's tax */
  readonly tax: Cents;
  readonly minimumAge: number | null;
}

export interface PricedTax {
  readonly merchandiseCode: string;
  readonly description: string;
  readonly rate: BasisPoints;
  /** what is taxed */
  readonly base: Cents;
  readonly amount: Cents;
}

export interface PricedCart {
  readonly lines: readonly PricedLine[];
  readonly unitCount: number;
  readonly subtotal: Cents;
  readonly deposit: Cents;
  readonly taxes: readonly PricedTax[];
  readonly tax: Cents;
  /** subtotal + deposit + tax */
  readonly total: Cents;
  /** highest minimum age of a line, null when there is none */
  readonly minimumAge: number | null;
}

export type PricingRefusal =
  | { readonly code: 'unknown_item'; readonly sku: string }
  | { readonly code: 'unknown_merchandise_code'; readonly merchandiseCode: string }
  | { readonly code: 'sale_too_large' };

export type Pricing =
  { readonly ok: true; readonly cart: PricedCart } | { readonly ok: false; readonly refusal: PricingRefusal };

/**
 * The dearest sale that is rung up: a tenth of the largest amount, which leaves room for deposit and tax and keeps
 * every product exact.
 */
const MAX_SUBTOTAL = MAX_CENTS / 10;

/** @returns a refusal when a fact is missing or the sale leaves the range in which arithmetic is exact; never throws on a parsed cart. */
export function price(cart: Cart, facts: CatalogueFacts): Pricing {
  const lines: (PricedLine & { readonly code: MerchandiseCode })[] = [];
  let running = 0;
  for (const { lineId, sku, quantity } of cart.lines) {
    const item = facts.items.get(sku);
    if (!item) return refused({ code: 'unknown_item', sku });
    const code = facts.merchandiseCodes.get(item.merchandiseCode);
    if (!code) return refused({ code: 'unknown_merchandise_code', merchandiseCode: item.merchandiseCode });
    running += (item.price + item.deposit) * quantity;
    if (running > MAX_SUBTOTAL) return refused({ code: 'sale_too_large' });
    lines.push({
      lineId,
      sku,
      name: item.name,
      merchandiseCode: item.merchandiseCode,
      quantity,
      unitPrice: item.price,
      amount: multiplyCents(item.price, quantity),
      deposit: multiplyCents(item.deposit, quantity),
      tax: ZERO,
      minimumAge: item.minimumAge,
      code,
    });
  }
  const { taxes, taxOfLine } = taxLines(lines);
  const subtotal = addCents(...lines.map((line) => line.amount));
  const deposit = addCents(...lines.map((line) => line.deposit));
  const tax = addCents(...taxes.map((entry) => entry.amount));
  return {
    ok: true,
    cart: {
      lines: lines.map(({ code: _code, ...line }) => ({ ...line, tax: taxOfLine.get(line.lineId) ?? ZERO })),
      unitCount: lines.reduce((sum, line) => sum + line.quantity, 0),
      subtotal,
      deposit,
      taxes,
      tax,
      total: addCents(subtotal, deposit, tax),
      minimumAge: lines.reduce<number | null>(
        (highest, line) => (line.minimumAge === null ? highest : Math.max(highest ?? 0, line.minimumAge)),
        null,
      ),
    },
  };
}

function refused(refusal: PricingRefusal): Pricing {
  return { ok: false, refusal };
}

/** Groups in the order of the code's name, not of the scans: the receipt reads the same whatever came first. */
function taxLines(lines: readonly (PricedLine & { readonly code: MerchandiseCode })[]) {
  const groups = Map.groupBy(lines, (line) => line.merchandiseCode);
  const taxes: PricedTax[] = [];
  const taxOfLine = new Map<string, Cents>();
  for (const [merchandiseCode, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const code = group[0]?.code;
    if (!code || code.taxRate === 0) continue;
    const base = addCents(...group.map((line) => line.amount));
    const amount = applyRate(base, code.taxRate);
    taxes.push({ merchandiseCode, description: code.description, rate: code.taxRate, base, amount });
    const shares = allocate(
      amount,
      group.map((line) => line.amount),
    );
    group.forEach((line, index) => taxOfLine.set(line.lineId, shares[index] ?? ZERO));
  }
  return { taxes, taxOfLine };
}
