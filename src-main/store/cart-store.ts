/** The open cart, written on every change: it is what a cashier finds again after a power cut. */
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { skuSchema } from '#domain/identifiers.ts';
import { centsSchema, nonNegativeCentsSchema } from '#domain/money/cents.ts';
import { cartSchema } from '#domain/pricing/cart.ts';
import { saleNoticeSchema } from '../api/sale-notice.ts';
import type { WriteHandle } from './handles.ts';
import { openCart } from './schema.ts';

const SLOT = 1;

/** What the cashier has seen of one unit of a line. */
const shownSchema = z.object({
  sku: skuSchema,
  name: z.string(),
  unitPrice: centsSchema,
  deposit: nonNegativeCentsSchema,
  taxRate: z.int(),
});
export type Shown = z.infer<typeof shownSchema>;

/** The cart's own fields, of which release 0.1.0 stored nothing else, and what was shown of them. */
export const openSaleSchema = cartSchema.extend({
  /** By line id. */
  shown: z.record(z.string(), shownSchema).default({}),
  /** What has changed under the cashier's eyes, and was not read yet. */
  notices: z.array(saleNoticeSchema).default([]),
});
export type OpenSale = z.infer<typeof openSaleSchema>;

export interface CartStore {
  /**
   * A cart that cannot be read is put aside under `unreadable_cart` in the settings and counts as none: a till that
   * does not start because of one open sale sells nothing at all.
   */
  load(): OpenSale | undefined;
  save(sale: z.input<typeof openSaleSchema>, updatedAt: string): void;
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
      const sale = openSaleSchema.safeParse(jsonOf(row.cart));
      if (sale.success) return sale.data;
      putAside.run(row.cart);
      return undefined;
    },
    save: (sale, updatedAt) => {
      upsert.run(JSON.stringify(sale), updatedAt);
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
