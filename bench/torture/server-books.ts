/** What the server says it has, read through its own API. */
import { z } from 'zod';
import { decodeEvent } from '#domain/events/event-wire.ts';

const eventsPageSchema = z.object({
  events: z.array(
    z.looseObject({ event: z.string(), record: z.looseObject({ seq: z.int(), event_id: z.string() }) }),
  ),
});
const stockSchema = z.object({ stock: z.array(z.object({ sku: z.string(), quantity: z.int() })) });
const chainSchema = z.object({ events: z.int(), whole: z.boolean() });

const PAGE = 1_000;

export interface ServerBooks {
  /** order id → total in cents, one entry for each `order.created` that the server holds */
  readonly orders: readonly { readonly orderId: string; readonly total: number }[];
  readonly completed: readonly string[];
  readonly lastSeq: number;
  readonly stock: ReadonlyMap<string, number>;
  readonly chainWhole: boolean;
}

export async function readServerBooks(
  url: string,
  adminKey: string,
  terminalId: string,
  locationId: string,
): Promise<ServerBooks> {
  const get = async (path: string): Promise<unknown> => {
    const response = await fetch(new URL(path, url), { headers: { authorization: `Bearer ${adminKey}` } });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  const orders: { orderId: string; total: number }[] = [];
  const completed: string[] = [];
  let lastSeq = 0;
  for (;;) {
    const { events } = eventsPageSchema.parse(
      await get(`/api/events?terminal_id=${terminalId}&after_seq=${lastSeq}&limit=${PAGE}`),
    );
    for (const { record, ...envelope } of events) {
      if (record.seq !== lastSeq + 1) throw new Error(`The server has seq ${record.seq} after ${lastSeq}`);
      lastSeq = record.seq;
      const { event } = decodeEvent(envelope);
      if (event.type === 'order.created') orders.push({ orderId: event.orderId, total: event.total });
      if (event.type === 'order.completed') completed.push(event.orderId);
    }
    if (events.length < PAGE) break;
  }
  const { stock } = stockSchema.parse(await get(`/api/stock?location_id=${locationId}`));
  const chain = chainSchema.parse(await get(`/api/terminals/${terminalId}/verify-chain`));
  return {
    orders,
    completed,
    lastSeq,
    stock: new Map(stock.map((row) => [row.sku, row.quantity])),
    chainWhole: chain.whole && chain.events === lastSeq,
  };
}
