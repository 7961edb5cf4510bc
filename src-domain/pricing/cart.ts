import { z } from 'zod';
import { MAX_QUANTITY } from '../catalogue/item.ts';
import { skuSchema } from '../identifiers.ts';

/** More lines than any counter sees; bounds what one sale can cost in time and paper. */
export const MAX_CART_LINES = 500;

export const cartLineSchema = z.object({
  lineId: z.string(),
  sku: skuSchema,
  quantity: z.int().min(1).max(MAX_QUANTITY),
});
export type CartLine = z.infer<typeof cartLineSchema>;

/**
 * What the cashier has put together: intentions, no prices. `price()` turns it into money.
 * Stored on every change, so that it survives a power cut.
 */
export const cartSchema = z.object({
  orderId: z.string(),
  lines: z.array(cartLineSchema).max(MAX_CART_LINES),
  newestLineId: z.string().nullable(),
  /**
   * The customer's age in whole years on the day of the check, as the birth date gave it; null before.
   * The birth date itself is not kept.
   */
  customerAge: z.int().nullable(),
});
export type Cart = z.infer<typeof cartSchema>;

export function emptyCart(orderId: string): Cart {
  return { orderId, lines: [], newestLineId: null, customerAge: null };
}

/**
 * One more of an item: onto the line that has it, else a new line at the end.
 * @returns undefined when the line or the cart would grow past its limit; the cart is then unchanged.
 */
export function addToCart(cart: Cart, sku: string, quantity: number, newLineId: string): Cart | undefined {
  const existing = cart.lines.find((line) => line.sku === sku);
  if (existing) return setLineQuantity(cart, existing.lineId, existing.quantity + quantity);
  if (cart.lines.length >= MAX_CART_LINES || quantity < 1 || quantity > MAX_QUANTITY) return undefined;
  return {
    ...cart,
    lines: [...cart.lines, { lineId: newLineId, sku, quantity }],
    newestLineId: newLineId,
  };
}

/** @returns undefined when the quantity is out of range or the line is not in the cart. */
export function setLineQuantity(cart: Cart, lineId: string, quantity: number): Cart | undefined {
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > MAX_QUANTITY) return undefined;
  if (!cart.lines.some((line) => line.lineId === lineId)) return undefined;
  return {
    ...cart,
    lines: cart.lines.map((line) => (line.lineId === lineId ? { ...line, quantity } : line)),
    newestLineId: lineId,
  };
}

/**
 * A cart without lines is a cancelled sale: the age goes with the last line, because the next customer's is not this
 * one's.
 * @returns undefined when the line is not in the cart
 */
export function removeLine(cart: Cart, lineId: string): Cart | undefined {
  if (!cart.lines.some((line) => line.lineId === lineId)) return undefined;
  const lines = cart.lines.filter((line) => line.lineId !== lineId);
  const customerAge = lines.length === 0 ? null : cart.customerAge;
  return { ...cart, lines, newestLineId: lines.at(-1)?.lineId ?? null, customerAge };
}
