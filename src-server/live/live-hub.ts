/**
 * Tells connected terminals what changed. It reads the log as every subscriber does, so it runs in one process at a
 * time, whichever process took the sale; socket.io's adapter carries its messages to the terminals of the others.
 *
 * It sends inside its transaction: at least once, and before it is known whether the position is kept. Both are harmless,
 * because a message says how things are, of what was committed before the transaction read it.
 */
import { CATALOGUE_EVENT_TYPES } from '#domain/events/catalogue-events.ts';
import { LOCATION_EVENT_TYPES } from '#domain/events/location-events.ts';
import { type LiveChangedOnWire, type LivePosition, MAX_LIVE_RECORDS } from '#sync/protocol/live-messages.ts';
import { readAboutInRange, readRange } from '../log/log-reader.ts';
import type { Logger } from '../logger.ts';
import type { Subscriber } from '../subscribers/subscriber.ts';
import { type ChangedRecord, changedRecords } from './changed-records.ts';
import { type StockOfLocation, readChangedStock } from './read-stock.ts';

/**
 * It asks only what the events are about, and says each figure once however often it moved: behind a till's backlog a new
 * price must not wait for each of its sales.
 */
const PAGE = 5_000;

/** The connected terminals, of all processes. Never throws and never waits. */
export interface LiveAudience {
  tellLocation(locationId: string, message: LiveChangedOnWire): void;
  tellAll(message: LiveChangedOnWire): void;
  /** What these must know has changed: they pull it. */
  wakeLocation(locationId: string): void;
  wakeAll(): void;
}

export function liveHub(audience: LiveAudience, logger: Logger): Subscriber {
  return {
    name: 'live-hub',
    // What terminals missed while they were away, they ask for themselves.
    begins: 'now',
    page: PAGE,
    async handle(tx, range) {
      const position = range.to;
      const stock = await readChangedStock(tx, range);
      for (const [locationId, records] of Map.groupBy(stock, ({ location_id }) => location_id)) {
        for (const chunk of chunksOf(records)) {
          audience.tellLocation(locationId, stockMessage(position, chunk));
        }
      }
      const events = await readRange(tx, range, CATALOGUE_EVENT_TYPES);
      const catalogue = changedRecords(events, (event, error) => {
        logger.error(
          { err: error, eventId: event.event_id, eventType: event.event_type },
          'a catalogue event cannot be read; the terminals were not told',
        );
      });
      for (const chunk of chunksOf(catalogue)) audience.tellAll(catalogueMessage(position, chunk));
      if (catalogue.length > 0) {
        audience.wakeAll();
        return;
      }
      const own = await readAboutInRange(tx, range, LOCATION_EVENT_TYPES);
      const touched = new Set([...stock, ...own].map(({ location_id }) => location_id));
      for (const locationId of touched) audience.wakeLocation(locationId);
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

function catalogueMessage(position: LivePosition, changed: readonly ChangedRecord[]): LiveChangedOnWire {
  return {
    position,
    stock: [],
    merchandise_codes: changed.flatMap((one) => (one.list === 'merchandise_codes' ? one.record : [])),
    items: changed.flatMap((one) => (one.list === 'items' ? one.record : [])),
    promotions: changed.flatMap((one) => (one.list === 'promotions' ? one.record : [])),
  };
}

function* chunksOf<Value>(values: readonly Value[]): Generator<readonly Value[]> {
  for (let from = 0; from < values.length; from += MAX_LIVE_RECORDS) {
    yield values.slice(from, from + MAX_LIVE_RECORDS);
  }
}
