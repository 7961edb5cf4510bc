/** All orders that the servers have, as anybody reads them: page by page through the API. */
import { z } from 'zod';
import { type Cents } from '#domain/money/cents.ts';
import { wireMoneySchema } from '#domain/money/wire-decimal.ts';
import { read } from '../heal.ts';
import type { Stores } from '../stores.ts';
import { ALL_LOCATIONS } from '../wares.ts';

const bookedSchema = z.object({
  order_id: z.string(),
  location_id: z.string(),
  channel: z.string(),
  customer_id: z.string().nullable(),
  status: z.string(),
  total: wireMoneySchema,
  refunded: wireMoneySchema,
  payment: z.object({ status: z.string() }).nullable(),
});
export type BookedOrder = z.output<typeof bookedSchema> & { readonly total: Cents };

const pageSchema = z.object({ orders: z.array(bookedSchema) });
const PAGE = 200;

export async function readOrderBook(stores: Stores): Promise<BookedOrder[]> {
  const booked: BookedOrder[] = [];
  for (const [index, location] of ALL_LOCATIONS.entries()) {
    let before = '';
    for (;;) {
      const path = `/api/orders?location_id=${location}&limit=${PAGE}${before}`;
      const { orders } = pageSchema.parse(await read(stores, index % stores.urls.length, path));
      booked.push(...orders);
      const last = orders.at(-1);
      if (last === undefined || orders.length < PAGE) break;
      before = `&before=${last.order_id}`;
    }
  }
  return booked;
}
