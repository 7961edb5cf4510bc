/**
 * The demo's shop on the server, through its own API: what is sold, who works there, what its tills have in common, and what is on
 * the shelves. The till gets all of it from there.
 */
import { z } from 'zod';
import { itemToWire } from '#domain/catalogue/item-wire.ts';
import { merchandiseCodeToWire } from '#domain/catalogue/merchandise-code-wire.ts';
import type { CatalogueRow } from '#main/importing/read-catalogue-csv.ts';
import { readCatalogueCsv } from '#main/importing/read-catalogue-csv.ts';
import { readMerchandiseCodes, readQuickKeys, readStaff } from '#main/setup/shop-files.ts';
import { DEMO_LOCATION, DEMO_STORE, demoFiles } from './demo-shop.ts';
import { type AskServer, asker } from './ask-server.ts';

/** What one request may hold. */
const ITEMS_A_REQUEST = 1_000;
const MOVEMENTS_A_REQUEST = 500;

export interface FillOptions {
  readonly serverUrl: string;
  readonly adminKey: string;
  /** Whether the shelves are to be counted in: not where a till of an earlier version has brought its counts. */
  readonly openingStock: boolean;
}

/** What somebody changed there since stays; a start that was interrupted is completed by the next. */
export async function fillServer({ serverUrl, adminKey, openingStock }: FillOptions): Promise<void> {
  const ask = asker(serverUrl, adminKey);
  const { rows } = await readCatalogueCsv(demoFiles.catalogue, () => undefined);
  await fillCatalogue(ask, rows);
  await fillLocation(ask);
  if (openingStock) await countIn(ask, rows);
}

async function fillCatalogue(ask: AskServer, rows: readonly CatalogueRow[]): Promise<void> {
  const { items } = z
    .object({ items: z.array(z.unknown()) })
    .parse(await ask({ method: 'GET', path: '/api/items?limit=1' }));
  if (items.length > 0) return;
  for (const code of readMerchandiseCodes(demoFiles.merchandiseCodes)) {
    const body = merchandiseCodeToWire(code);
    await ask({ method: 'POST', path: '/api/merchandise-codes', body, harmless: 'exists' });
  }
  for (const page of pagesOf(rows, ITEMS_A_REQUEST)) {
    const body = { items: page.map(({ item }) => itemToWire(item)) };
    await ask({ method: 'POST', path: '/api/items/bulk', body });
  }
}

/** Who and what is there already is left as it is: it has a version, and nobody has read it. */
async function fillLocation(ask: AskServer): Promise<void> {
  const location = `/api/locations/${DEMO_LOCATION}`;
  const harmless = 'version_required';
  for (const { userId, name, role, pin } of readStaff(demoFiles.staff)) {
    const body = { name, role, pin };
    await ask({ method: 'PUT', path: `${location}/staff/${userId}`, body, harmless });
  }
  const settings = {
    store_name: DEMO_STORE.name,
    store_address: DEMO_STORE.address,
    receipt_footer: DEMO_STORE.footer,
    quick_keys: readQuickKeys(demoFiles.quickKeys),
    keep_events_days: 90,
  };
  await ask({ method: 'PUT', path: `${location}/settings`, body: settings, harmless });
}

/** Each request has a key of its own, for ever the same: asked again after an interruption it counts nothing twice. */
async function countIn(ask: AskServer, rows: readonly CatalogueRow[]): Promise<void> {
  const counted = rows.flatMap(({ item, onHand }) =>
    onHand === null || onHand === 0 ? [] : [{ sku: item.sku, change: onHand }],
  );
  for (const [index, movements] of pagesOf(counted, MOVEMENTS_A_REQUEST).entries()) {
    const body = {
      location_id: DEMO_LOCATION,
      reason: 'adjustment',
      reference_id: `OPENING-${index + 1}`,
      movements,
    };
    await ask({
      method: 'POST',
      path: '/api/stock/movements',
      body,
      idempotencyKey: `demo-opening-stock-${index + 1}`,
    });
  }
}

function pagesOf<Value>(values: readonly Value[], size: number): Value[][] {
  const pages: Value[][] = [];
  for (let from = 0; from < values.length; from += size) pages.push(values.slice(from, from + size));
  return pages;
}
