/** A till's event log of real sales: what a busy store has waiting after a long day without a line. */
import type { EventRecord } from '#domain/events/event-record.ts';
import type { Store } from '#main/store/open-store.ts';
import { saleCommitter } from '#main/store/sale-committer.ts';
import { writeStaff } from '#main/store/staff-store.ts';
import { sqliteOutbox } from '#main/sync/sqlite-outbox.ts';
import { fillStore } from '../till/bench-catalogue.ts';
import { saleOf } from '../till/sale-of.ts';

const ITEMS = 2_000;

export interface TillLog {
  readonly store: Store;
  readonly events: readonly EventRecord[];
}

/** At least `count` events in whole sales of five lines; exactly `count` are answered. */
export function writeTillLog(folder: string, count: number): TillLog {
  const { store, items } = fillStore(folder, ITEMS);
  writeStaff(store.writer, { userId: 'bench', name: 'Bench', role: 'cashier', pinHash: '-' });
  const commit = saleCommitter(store.writer);
  const outbox = sqliteOutbox(store.writer);
  for (let sale = 0; outbox.head().seq < count; sale += 1) {
    commit(saleOf(store, items, sale));
  }
  const events = outbox.read(1, { maxEvents: count, maxBytes: Number.MAX_SAFE_INTEGER });
  store.writer.connection.prepare('DELETE FROM event_log WHERE seq > ?').run(count);
  return { store, events };
}
