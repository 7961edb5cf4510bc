/** What must be true of a till that died in one of the jobs of its care: before anything is done again, and when it has been done. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { type EventRecord, GENESIS_HASH } from '#domain/events/event-record.ts';
import { inventoryUpdatedDataSchema } from '#domain/events/event-wire.ts';
import { backupFolder, listBackups, unpackBackup } from '#main/care/backup-files.ts';
import { checkedHead } from '#main/care/check-copy.ts';
import { PART } from '#main/store/durable-file.ts';
import type { Store } from '#main/store/open-store.ts';
import { sqliteOutbox } from '#main/sync/sqlite-outbox.ts';
import { findChainBreak } from '#sync/protocol/hash-chain.ts';
import { NEW_CURSOR, NEW_ITEMS, NEW_QUANTITY, OLD_ITEMS, OLD_QUANTITY, type Sold } from './care-till.ts';

/** What is known to have been kept. */
export interface Kept {
  /** seq → hash */
  readonly events: Map<number, string>;
  readonly orders: Set<string>;
  /** Up to there the server has it, and its snapshot's figures. */
  readonly ackedThrough: number;
  /** Names of finished ones. */
  readonly backups: Set<string>;
}

export function keptBy(store: Store, backups: Iterable<string>): Kept {
  const outbox = sqliteOutbox(store.writer);
  const orders = store.writer.connection.prepare<[], string>('SELECT order_id FROM orders').pluck().all();
  return {
    events: new Map(wholeHistory(store).map(({ seq, hash }) => [seq, hash])),
    orders: new Set(orders),
    ackedThrough: outbox.ackedThrough(),
    backups: new Set(backups),
  };
}

export function keepSale({ events, orders }: Kept, { sold, seq, hash }: Sold): void {
  orders.add(sold);
  events.set(seq, hash);
}

function wholeHistory({ writer }: Store): readonly EventRecord[] {
  return sqliteOutbox(writer).read(1, { maxEvents: 1_000_000, maxBytes: Number.MAX_SAFE_INTEGER });
}

/** @returns in words what is wrong with the history, the orders, the outbox and the stock */
export function judgeBooks(store: Store, kept: Kept): string[] {
  const flaws: string[] = [];
  const outbox = sqliteOutbox(store.writer);
  const { connection } = store.writer;
  const events = wholeHistory(store);
  const head = outbox.head();
  if (findChainBreak({ seq: 0, hash: GENESIS_HASH }, events)) flaws.push('the chain is broken');
  if (events.length !== head.seq) flaws.push(`${events.length} of ${head.seq} events are there`);
  if (new Set(events.map(({ eventId }) => eventId)).size !== events.length) flaws.push('an event is doubled');
  const lost = [...kept.events].filter(([seq, hash]) => events[seq - 1]?.hash !== hash);
  if (lost.length > 0) flaws.push(`${lost.length} events are lost or altered`);
  const orders = new Set(connection.prepare<[], string>('SELECT order_id FROM orders').pluck().all());
  const missing = [...kept.orders].filter((order) => !orders.has(order));
  if (missing.length > 0) flaws.push(`${missing.length} committed orders are lost`);
  if (outbox.ackedThrough() > kept.ackedThrough) flaws.push('the cursor is ahead of what was acknowledged');
  const unsent = connection
    .prepare<[number], number>('SELECT count(*) FROM event_log WHERE seq > ? AND processed = 0')
    .pluck()
    .get(kept.ackedThrough);
  if (unsent !== head.seq - kept.ackedThrough)
    flaws.push(`${unsent ?? 0} of ${head.seq - kept.ackedThrough} unsent events are in the outbox`);
  return [...flaws, ...judgeCatalogue(store, events, kept)];
}

/** All of the old one or all of the new one, and the stock that belongs to it. */
function judgeCatalogue({ writer }: Store, events: readonly EventRecord[], { ackedThrough }: Kept): string[] {
  const { connection } = writer;
  const isNew = connection.prepare('SELECT cursor FROM down_cursor').pluck().get() === NEW_CURSOR;
  const number = (sql: string): number => Number(connection.prepare(sql).pluck().get());
  const [items, quantity, after, version] = isNew
    ? ([NEW_ITEMS, NEW_QUANTITY, ackedThrough, 1] as const)
    : ([OLD_ITEMS, OLD_QUANTITY, 0, 0] as const);
  const name = isNew ? 'the new catalogue' : 'the old catalogue';
  const counts = {
    items: number('SELECT count(*) FROM items'),
    'items of its version': number(`SELECT count(*) FROM items WHERE version = ${version}`),
    barcodes: number('SELECT count(*) FROM barcodes JOIN items USING (sku)'),
    'items that search finds': number(
      'SELECT count(*) FROM items JOIN items_fts ON items_fts.rowid = items.id',
    ),
    'figures of stock': number('SELECT count(*) FROM stock JOIN items USING (sku)'),
  };
  const flaws = Object.entries(counts).flatMap(([what, count]) =>
    count === items ? [] : [`${name} has ${count} ${what} instead of ${items}`],
  );
  const moved = movedBehind(events, after);
  const figures = connection.prepare<[], { sku: string; quantity: number }>(
    'SELECT sku, quantity FROM stock',
  );
  const wrong = figures.all().filter((row) => row.quantity !== quantity + (moved.get(row.sku) ?? 0));
  return wrong.length === 0 ? flaws : [...flaws, `${wrong.length} figures of stock in ${name} are wrong`];
}

function movedBehind(events: readonly EventRecord[], after: number): ReadonlyMap<string, number> {
  const moved = new Map<string, number>();
  for (const { eventType, payload } of events.slice(after)) {
    if (eventType !== 'inventory.updated') continue;
    const { sku, change } = inventoryUpdatedDataSchema.parse(JSON.parse(payload));
    moved.set(sku, (moved.get(sku) ?? 0) + change);
  }
  return moved;
}

/** Whatever has the name of a backup is one, and no newer one has gone that was finished. */
export async function judgeBackups(folder: string, { events, backups }: Kept): Promise<string[]> {
  const found = listBackups(backupFolder(folder));
  const flaws: string[] = [];
  const newestFinished = [...backups].sort().at(-1);
  if (newestFinished !== undefined && (found[0]?.name ?? '') < newestFinished)
    flaws.push(`the newest finished backup ${newestFinished} is gone`);
  for (const { name, seq } of found) {
    try {
      const head = await headOfBackup(path.join(backupFolder(folder), name), `${folder}-unpacked.db`);
      if (head.seq !== seq || events.get(seq) !== head.hash) flaws.push(`${name} is of another history`);
    } catch (error) {
      flaws.push(`${name} is no backup: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return flaws;
}

async function headOfBackup(backup: string, unpacked: string) {
  await unpackBackup(backup, unpacked);
  const connection = new Database(unpacked, { readonly: true });
  try {
    return checkedHead(connection);
  } finally {
    connection.close();
  }
}

/** What a job that was cut off may leave for a while, and one that was done must not. The till is closed. */
export function leftovers(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const all = new Set(names);
  return names.filter(
    (name) =>
      name.includes(PART) ||
      name.startsWith('healing') ||
      name.endsWith('.healed') ||
      (name.endsWith('.sha256') && !all.has(name.slice(0, -'.sha256'.length))),
  );
}

export function spareTables({ writer }: Store): string[] {
  return writer.connection
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND (name LIKE 'old\\_%' ESCAPE '\\' OR name LIKE 'next\\_%' ESCAPE '\\')",
    )
    .pluck()
    .all();
}
