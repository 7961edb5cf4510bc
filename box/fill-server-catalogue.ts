/** The demo's catalogue on the server too, through its own API, so that it can take orders and tell of low stock. */
import { z } from 'zod';
import { itemToWire } from '#domain/catalogue/item-wire.ts';
import { merchandiseCodeToWire } from '#domain/catalogue/merchandise-code-wire.ts';
import { readCatalogueCsv } from '#main/importing/read-catalogue-csv.ts';
import { readMerchandiseCodes } from '#main/setup/shop-files.ts';
import { demoFiles } from './demo-shop.ts';

/** What one bulk request may hold. */
const ITEMS_A_REQUEST = 1000;

/** A server that has a catalogue keeps it: what somebody changed there stays. */
export async function fillServerCatalogue(serverUrl: string, adminKey: string): Promise<void> {
  const { items } = z
    .object({ items: z.array(z.unknown()) })
    .parse(await ask(serverUrl, adminKey, 'GET', '/api/items?limit=1'));
  if (items.length > 0) return;
  for (const code of readMerchandiseCodes(demoFiles.merchandiseCodes)) {
    await ask(serverUrl, adminKey, 'POST', '/api/merchandise-codes', merchandiseCodeToWire(code), 'exists');
  }
  const { rows } = await readCatalogueCsv(demoFiles.catalogue, () => undefined);
  for (let from = 0; from < rows.length; from += ITEMS_A_REQUEST) {
    const page = rows.slice(from, from + ITEMS_A_REQUEST).map(({ item }) => itemToWire(item));
    await ask(serverUrl, adminKey, 'POST', '/api/items/bulk', { items: page });
  }
}

const failureSchema = z.object({ code: z.string() });

/** @param harmless a refusal that is no error: what was there from a start that was interrupted */
async function ask(
  serverUrl: string,
  adminKey: string,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  harmless?: string,
): Promise<unknown> {
  const response = await fetch(new URL(path, serverUrl), {
    method,
    headers: {
      authorization: `Bearer ${adminKey}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  const failure = failureSchema.safeParse(answer);
  if (response.ok || (failure.success && failure.data.code === harmless)) return answer;
  throw new Error(`The server refused its demo catalogue: ${response.status} ${JSON.stringify(answer)}`);
}
