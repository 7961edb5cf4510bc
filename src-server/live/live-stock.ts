/**
 * Tells the tills of a location what is left of what was sold elsewhere. Of what moved often it says the last figure only; so
 * it reads in large steps, and rests while a till sends its backlog: each step costs less the more is behind it.
 */
import type { LiveChangedOnWire, LivePosition } from '#sync/protocol/live-messages.ts';
import type { Subscriber } from '../subscribers/subscriber.ts';
import { type LiveAudience, chunksOf } from './live-audience.ts';
import { type StockOfLocation, readChangedStock } from './read-stock.ts';

/** What a till with a backlog sends in a second. */
const PAGE = 20_000;

export function liveStock(audience: LiveAudience): Subscriber {
  return {
    name: 'live-stock',
    // What terminals missed while they were away, they ask for themselves.
    begins: 'now',
    page: PAGE,
    async handle(tx, range) {
      const stock = await readChangedStock(tx, range);
      for (const [locationId, records] of Map.groupBy(stock, ({ location_id }) => location_id)) {
        for (const chunk of chunksOf(records)) {
          audience.tellLocation(locationId, stockMessage(range.to, chunk));
        }
        audience.wakeLocation(locationId);
      }
    },
  };
}

function stockMessage(position: LivePosition, stock: readonly StockOfLocation[]): LiveChangedOnWire {
  return {
    position,
    stock: stock.map(({ sku, quantity, reserved }) => ({ sku, quantity, reserved })),
    merchandise_codes: [],
    items: [],
    promotions: [],
  };
}
