/** What a till wrote against what the server says that it has of it, through the server's own API. */
import { z } from 'zod';
import type { EventRecord } from '#domain/events/event-record.ts';

export interface ServerAccess {
  readonly url: string;
  readonly adminKey: string;
}

const pageSchema = z.object({
  events: z.array(
    z.looseObject({ record: z.looseObject({ seq: z.int(), event_id: z.string(), hash: z.string() }) }),
  ),
});
const chainSchema = z.object({ events: z.int(), whole: z.boolean() });
const headsSchema = z.object({
  terminals: z.array(z.object({ terminal_id: z.string(), head_seq: z.int() })),
});
const stockSchema = z.object({ stock: z.array(z.object({ sku: z.string(), quantity: z.int() })) });

const PAGE = 1_000;

/** @returns in words what differs: events that miss, are there twice, or differ; a broken chain */
export async function differencesOfLog(
  server: ServerAccess,
  terminalId: string,
  written: readonly EventRecord[],
): Promise<string[]> {
  const stored = await storedEvents(server, terminalId);
  const flaws: string[] = [];
  if (stored.length !== written.length)
    flaws.push(`the till wrote ${written.length} events, the server lists ${stored.length}`);
  const different = written.find(({ seq, eventId, hash }, index) => {
    const event = stored[index];
    return event?.seq !== seq || event.event_id !== eventId || event.hash !== hash;
  });
  if (different) flaws.push(`event ${different.seq} is not on the server as the till wrote it`);
  const chain = chainSchema.parse(await get(server, `/api/terminals/${terminalId}/verify-chain`));
  if (!chain.whole || chain.events !== written.length)
    flaws.push(`the server's chain has ${chain.events} events and is ${chain.whole ? 'whole' : 'broken'}`);
  return flaws;
}

async function storedEvents(server: ServerAccess, terminalId: string) {
  const events = [];
  for (let after = 0; ;) {
    const page = pageSchema.parse(
      await get(server, `/api/events?terminal_id=${terminalId}&after_seq=${after}&limit=${PAGE}`),
    );
    events.push(...page.events.map(({ record }) => record));
    const last = events.at(-1);
    if (last === undefined || page.events.length < PAGE) return events;
    after = last.seq;
  }
}

/** seq of the last event that the server has of this terminal */
export async function headOnServer(server: ServerAccess, terminalId: string): Promise<number> {
  const { terminals } = headsSchema.parse(await get(server, '/api/terminals'));
  return terminals.find(({ terminal_id: id }) => id === terminalId)?.head_seq ?? 0;
}

/** What the server has on the shelf of a location, without the SKUs at zero. */
export async function serverStock(
  server: ServerAccess,
  locationId: string,
): Promise<ReadonlyMap<string, number>> {
  const { stock } = stockSchema.parse(await get(server, `/api/stock?location_id=${locationId}`));
  return new Map(stock.flatMap(({ sku, quantity }) => (quantity === 0 ? [] : [[sku, quantity]])));
}

async function get({ url, adminKey }: ServerAccess, path: string): Promise<unknown> {
  const response = await fetch(new URL(path, url), { headers: { authorization: `Bearer ${adminKey}` } });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
