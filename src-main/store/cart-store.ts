/** The open cart, written on every change: it is what a cashier finds again after a power cut. */
import { eq } from 'drizzle-orm';
import { type Cart, cartSchema } from '#domain/pricing/cart.ts';
import type { WriteHandle } from './handles.ts';
import { openCart } from './schema.ts';

const SLOT = 1;

export interface CartStore {
  load(): Cart | undefined;
  save(cart: Cart, updatedAt: string): void;
}

export function cartStore({ query, connection }: WriteHandle): CartStore {
  const upsert = connection.prepare(`
    INSERT INTO open_cart (slot, cart, updated_at) VALUES (${SLOT}, ?, ?)
    ON CONFLICT (slot) DO UPDATE SET cart = excluded.cart, updated_at = excluded.updated_at`);
  return {
    load() {
      const row = query.select().from(openCart).where(eq(openCart.slot, SLOT)).get();
      return row && cartSchema.parse(JSON.parse(row.cart));
    },
    save: (cart, updatedAt) => {
      upsert.run(JSON.stringify(cart), updatedAt);
    },
  };
}
