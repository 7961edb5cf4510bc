/** What the server says it has, read through its own API. */
import { z } from 'zod';
import { OrderEvents } from './order-events.ts';

const eventsPageSchema = z.object({
  events: z.array(
    z.looseObject({ event: z.string(), record: z.looseObject({ seq: z.int(), event_id: z.string() }) }),
  ),
});
const stockSchema = z.object({ stock: z.array(z.object({ sku: z.string(), quantity: z.int() })) });
const chainSchema = z.object({ events: z.int(), whole: z.boolean() });
const headsSchema = z.object({
  terminals: z.array(z.object({ terminal_id: z.string(), head_seq: z.int() })),
});

const PAGE = 1_000;

export interface ServerBooks {
  readonly orders: OrderEvents;
  readonly lastSeq: number;
  readonly stock: ReadonlyMap<string, number>;
  /** False as well when the seqs that it lists have a hole. */
  readonly chainWhole: boolean;
}

export interface ServerAccess {
  readonly url: string;
  readonly adminKey: string;
}

export async function readServerBooks(
  server: ServerAccess,
  terminalId: string,
  locationId: string,
): Promise<ServerBooks> {
  const orders = new OrderEvents('the server');
  let lastSeq = 0;
  let holes = 0;
  for (;;) {
    const { events } = eventsPageSchema.parse(
      await get(server, `/api/events?terminal_id=${terminalId}&after_seq=${lastSeq}&limit=${PAGE}`),
    );
    for (const { record, ...envelope } of events) {
      if (record.seq !== lastSeq + 1) holes += 1;
      lastSeq = Math.max(lastSeq, record.seq);
      orders.add(envelope);
    }
    if (events.length < PAGE) break;
  }
  const { stock } = stockSchema.parse(await get(server, `/api/stock?location_id=${locationId}`));
  const chain = chainSchema.parse(await get(server, `/api/terminals/${terminalId}/verify-chain`));
  return {
    orders,
    lastSeq,
    stock: new Map(stock.map((row) => [row.sku, row.quantity])),
    chainWhole: holes === 0 && chain.whole && chain.events === lastSeq,
  };
}

/** seq of the last event that the server has of this terminal */
export async function readServerHead(server: ServerAccess, terminalId: string): Promise<number> {
  const { terminals } = headsSchema.parse(await get(server, '/api/terminals'));
  return terminals.find((terminal) => terminal.terminal_id === terminalId)?.head_seq ?? 0;
}

async function get({ url, adminKey }: ServerAccess, path: string): Promise<unknown> {
  const response = await fetch(new URL(path, url), { headers: { authorization: `Bearer ${adminKey}` } });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}
