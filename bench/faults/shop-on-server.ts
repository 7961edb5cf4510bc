/** The catalogue of the server, filled, changed and read through its own API: what the tills must have in the end. */
import { z } from 'zod';
import type { AskServer } from '#box/ask-server.ts';
import type { Item } from '#domain/catalogue/item.ts';
import { itemToWire } from '#domain/catalogue/item-wire.ts';
import { type Random, between, pick } from '../random.ts';
import { LARGE_CATALOGUE_CODES } from '../till/large-catalogue.ts';

const ITEMS_A_REQUEST = 1_000;

export async function fillShop(ask: AskServer, items: readonly Item[]): Promise<void> {
  for (const code of LARGE_CATALOGUE_CODES) {
    const body = {
      code,
      description: code,
      tax_category: 'general',
      tax_rate: 700,
      gl_account: '4000',
    };
    await ask({ method: 'POST', path: '/api/merchandise-codes', body });
  }
  for (let from = 0; from < items.length; from += ITEMS_A_REQUEST) {
    const body = { items: items.slice(from, from + ITEMS_A_REQUEST).map(itemToWire) };
    await ask({ method: 'POST', path: '/api/items/bulk', body });
  }
}

/** New prices for some of them, in one request. */
export async function changePrices(ask: AskServer, items: readonly Item[], random: Random): Promise<void> {
  const skus = new Set(Array.from({ length: between(random, 1, 40) }, () => pick(random, items).sku));
  const body = { items: [...skus].map((sku) => ({ sku, price: between(random, 1, 99) })) };
  await ask({ method: 'POST', path: '/api/items/bulk', body });
}

const pageSchema = z.object({
  items: z.array(z.object({ sku: z.string(), price: z.number(), version: z.int() })),
  next: z.string().nullable(),
});

/** SKU → price as on the wire, and version */
export type Catalogue = ReadonlyMap<string, { readonly price: number; readonly version: number }>;

export async function serverCatalogue(ask: AskServer): Promise<Catalogue> {
  const catalogue = new Map<string, { price: number; version: number }>();
  for (let after = ''; ;) {
    const path = `/api/items?limit=1000${after === '' ? '' : `&after=${encodeURIComponent(after)}`}`;
    const { items, next } = pageSchema.parse(await ask({ method: 'GET', path }));
    for (const { sku, price, version } of items) catalogue.set(sku, { price, version });
    if (next === null) return catalogue;
    after = next;
  }
}
