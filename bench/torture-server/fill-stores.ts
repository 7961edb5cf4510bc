/** The catalogue, the opening stock, keys and terminals, all through the API. */
import { z } from 'zod';
import { itemToWire } from '#domain/catalogue/item-wire.ts';
import { merchandiseCodeToWire } from '#domain/catalogue/merchandise-code-wire.ts';
import type { OrderChannel } from '#server/access/access.ts';
import { askApiOnce } from './ask-api.ts';
import type { Ledger } from './ledger.ts';
import type { Stores } from './stores.ts';
import { ITEMS, LOCATIONS, MERCHANDISE_CODES, openingStock } from './wares.ts';

export const CHANNELS = ['web', 'uber_eats', 'doordash'] as const satisfies readonly OrderChannel[];

export interface Access {
  readonly channelKeys: Readonly<Record<(typeof CHANNELS)[number], string>>;
  readonly inventoryKey: string;
  /** @returns its token */
  enrol(terminalId: string, locationId: string): Promise<string>;
}

export async function fillStores({ urls, adminKey }: Stores, ledger: Ledger): Promise<Access> {
  const post = (path: string, body: object, idempotencyKey?: string) =>
    askApiOnce(urls[0] ?? '', {
      method: 'POST',
      path,
      key: adminKey,
      body,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
  for (const code of MERCHANDISE_CODES) await post('/api/merchandise-codes', merchandiseCodeToWire(code));
  await post('/api/items/bulk', { items: ITEMS.map(itemToWire) });
  for (const location of LOCATIONS) {
    const movements = ITEMS.map(({ sku }) => ({ sku, change: openingStock(sku) }));
    const delivery = { location_id: location, reason: 'restock', reference_id: 'OPENING', movements };
    await post('/api/stock/movements', delivery, `opening-${location}`);
    for (const { sku, change } of movements) ledger.stock.move(location, sku, change);
  }

  const makeKey = async (name: string, scope: 'orders' | 'inventory', channels: readonly OrderChannel[]) =>
    keySchema.parse(await post('/api/api-keys', { name, scopes: [scope], channels })).key;
  return {
    channelKeys: {
      web: await makeKey('web', 'orders', ['web']),
      uber_eats: await makeKey('uber_eats', 'orders', ['uber_eats']),
      doordash: await makeKey('doordash', 'orders', ['doordash']),
    },
    inventoryKey: await makeKey('warehouse', 'inventory', []),
    enrol: async (terminalId, locationId) =>
      tokenSchema.parse(await post('/api/terminals', { terminal_id: terminalId, location_id: locationId }))
        .token,
  };
}

const keySchema = z.object({ key: z.string() });
const tokenSchema = z.object({ token: z.string() });
