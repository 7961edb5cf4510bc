/** The open cart, written on every change: it is what a cashier finds again after a power cut. */
import { eq } from 'drizzle-orm';
import { type Cart, cartSchema } from '#domain/pricing/cart.ts';
import type { WriteHandle } from './handles.ts';
import { openCart } from './schema.ts';

const SLOT = 1;

export interface CartStore {
  /**
   * A cart that cannot be read is put aside under `unreadable_cart` in the settings and counts as none: a till that
   * does not start because of one open sale sells nothing at all.
   */
  load(): Cart | undefined;
  save(cart: Cart, updatedAt: string): void;
}

export function cartStore({ query, connection }: WriteHandle): CartStore {
  const upsert = connection.prepare(`
    INSERT INTO open_cart (slot, cart, updated_at) VALUES (${SLOT}, ?, ?)
    ON CONFLICT (slot) DO UPDATE SET cart = excluded.cart, updated_at = excluded.updated_at`);
  const putAside = connection.prepare(`
    INSERT INTO settings (key, value) VALUES ('unreadable_cart', ?)
    ON CONFLICT (key) DO UPDATE SET value = excluded.value`);
  return {
    load() {
      const row = query.select().from(openCart).where(eq(openCart.slot, SLOT)).get();
      if (!row) return undefined;
      const cart = cartSchema.safeParse(jsonOf(row.cart));
      if (cart.success) return cart.data;
      putAside.run(row.cart);
      return undefined;
    },
    save: (cart, updatedAt) => {
      upsert.run(JSON.stringify(cart), updatedAt);
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
