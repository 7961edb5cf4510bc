/** The till's stores as the engine gets them, with the ledger told of what they committed, also when the till died right behind the commit. */
import { PROVISIONAL_FROM } from '#main/store/recovery.ts';
import type { Mirror } from '#sync/down/mirror.ts';
import type { Outbox } from '#sync/outbox.ts';
import type { ModelServer } from '../model/server.ts';
import type { Settling } from '../world/settle.ts';
import type { SimulatedTill } from './till.ts';

export function watchedOutbox(outbox: Outbox, till: SimulatedTill): Outbox {
  return {
    ...outbox,
    restore(events, at) {
      // What waits for its number and comes back with one stands in the figures of the stock already.
      const waiting = new Set(
        till.disk
          .look<{ readonly event_id: string }>(
            'SELECT event_id FROM event_log WHERE seq > ?',
            PROVISIONAL_FROM,
          )
          .map(({ event_id }) => event_id),
      );
      try {
        outbox.restore(events, at);
      } finally {
        const last = events.at(-1)?.seq ?? 0;
        if (till.disk.look('SELECT 1 FROM event_log WHERE seq = ?', last).length > 0) {
          till.note(`gets ${events.length} of its events back`);
          till.ledger.restored(events.filter(({ eventId }) => !waiting.has(eventId)));
        }
      }
    },
  };
}

export function watchedMirror(
  mirror: Mirror,
  till: SimulatedTill,
  { server, settling }: { readonly server: ModelServer; readonly settling: Settling },
): Mirror {
  const isAt = (cursor: string): boolean =>
    till.disk.look('SELECT 1 FROM down_cursor WHERE cursor = ?', cursor).length > 0;
  return {
    ...mirror,
    applyPage(page, at) {
      try {
        mirror.applyPage(page, at);
      } finally {
        if (isAt(page.to)) {
          till.note(`has a page to ${page.to.split('.')[0] ?? ''}`);
          till.ledger.toldStock(page.stock, page.stock_through);
        }
      }
    },
    async install(offer, options) {
      const told = server.snapshots.whatWasTold(offer.path);
      try {
        await settling.track(mirror.install(offer, options));
      } finally {
        if (told && isAt(offer.cursor)) {
          till.note(`has the snapshot at ${offer.cursor.split('.')[0] ?? ''}`);
          till.ledger.toldAllStock(told.stock, told.heads[till.terminalId] ?? 0);
        }
      }
    },
  };
}
