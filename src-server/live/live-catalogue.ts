/** Tells connected terminals of new prices and promotions at once, also while others send their backlogs. */
import { CATALOGUE_EVENT_TYPES } from '#domain/events/catalogue-events.ts';
import { LOCATION_EVENT_TYPES } from '#domain/events/location-events.ts';
import type { LiveChangedOnWire, LivePosition } from '#sync/protocol/live-messages.ts';
import { readAboutInRange, readRange } from '../log/log-reader.ts';
import type { Logger } from '../logger.ts';
import type { Subscriber } from '../subscribers/subscriber.ts';
import { type ChangedRecord, changedRecords } from './changed-records.ts';
import { type LiveAudience, chunksOf } from './live-audience.ts';

/** Behind a till's backlog a new price must not wait for each of its sales, and of those nothing is read here. */
const PAGE = 5_000;

export function liveCatalogue(audience: LiveAudience, logger: Logger): Subscriber {
  return {
    name: 'live-catalogue',
    // What terminals missed while they were away, they ask for themselves.
    begins: 'now',
    page: PAGE,
    isPrompt: true,
    async handle(tx, range) {
      const events = await readRange(tx, range, CATALOGUE_EVENT_TYPES);
      const catalogue = changedRecords(events, (event, error) => {
        logger.error(
          { err: error, eventId: event.event_id, eventType: event.event_type },
          'a catalogue event cannot be read; the terminals were not told',
        );
      });
      for (const chunk of chunksOf(catalogue)) audience.tellAll(catalogueMessage(range.to, chunk));
      if (catalogue.length > 0) {
        audience.wakeAll();
        return;
      }
      const own = await readAboutInRange(tx, range, LOCATION_EVENT_TYPES);
      for (const locationId of new Set(own.map(({ location_id }) => location_id))) {
        audience.wakeLocation(locationId);
      }
    },
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
