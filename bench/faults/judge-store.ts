/** What must be true of a till's store whenever its process has died, read from the disk. */
import { openStore } from '#main/store/open-store.ts';
import { sqliteOutbox } from '#main/sync/sqlite-outbox.ts';
import { GENESIS_HASH } from '#domain/events/event-record.ts';
import { findChainBreak } from '#sync/protocol/hash-chain.ts';

export interface StoreExpectations {
  /** Orders that the dead process said were committed. */
  readonly sold: ReadonlySet<string>;
  /** What it had heard from the server. */
  readonly acked: number;
  /** How many items there may be: those of before and those of after, and nothing in between. */
  readonly itemCounts: readonly number[];
}

/** Opens the store as the till does, with its quick_check. @returns in words what is wrong */
export function judgeStore(folder: string, { sold, acked, itemCounts }: StoreExpectations): string[] {
  const store = openStore(folder);
  try {
    const { connection } = store.writer;
    const outbox = sqliteOutbox(store.writer);
    const events = outbox.read(1, { maxEvents: 1_000_000, maxBytes: Number.MAX_SAFE_INTEGER });
    const orders = new Set(connection.prepare<[], string>('SELECT order_id FROM orders').pluck().all());
    const items = connection.prepare<[], number>('SELECT count(*) FROM items').pluck().get() ?? 0;
    const searchable = connection.prepare<[], number>('SELECT count(*) FROM items_fts').pluck().get() ?? 0;
    const flaws: string[] = [];
    if (findChainBreak({ seq: 0, hash: GENESIS_HASH }, events)) flaws.push('the chain is broken');
    if (events.length !== outbox.head().seq) flaws.push('events are missing');
    const lost = [...sold].filter((order) => !orders.has(order));
    if (lost.length > 0) flaws.push(`${lost.length} committed orders are lost`);
    if (outbox.ackedThrough() > outbox.head().seq) flaws.push('the cursor is ahead of the log');
    if (outbox.ackedThrough() < acked) flaws.push('an acknowledgement was taken back');
    if (!itemCounts.includes(items)) flaws.push(`half a catalogue: ${items} items`);
    if (searchable !== items) flaws.push(`${searchable} of ${items} items can be searched for`);
    return flaws;
  } finally {
    store.close();
  }
}
