/**
 * A till whose database was put back from a backup has not its whole history until the server has given it back. It sells
 * meanwhile, also when the server is away: what it sells is kept behind all numbers of the history, so that it cannot take a
 * number that the server knows for another event. No such event has been sent, so that its number is nobody's yet:
 * when the history is whole, they get the numbers and hashes that continue it. Their event ids stay.
 */
import { z } from 'zod';
import { instantSchema } from '#domain/identifiers.ts';
import type { EventRecord } from '#domain/events/event-record.ts';
import { type ChainHead, chainEvent } from '#sync/protocol/hash-chain.ts';
import { prepareChainBase } from './chain-base.ts';
import { EVENT_COLUMNS } from './event-columns.ts';
import type { ReadHandle, WriteHandle } from './handles.ts';
import { prepareSetting, removeSetting, writeSetting } from './setting-rows.ts';

/** Events behind this number wait for their own. A till that sold a thousand times a day gets there in a hundred thousand years. */
export const PROVISIONAL_FROM = 1_000_000_000_000;

const KEY = 'recovering';

const recoverySchema = z.object({ since: instantSchema }).nullable();

/** The last event of the history, or where it begins: never a provisional one. */
export function prepareHead(store: ReadHandle): () => ChainHead {
  const base = prepareChainBase(store);
  const last = store.prepareRead<[], ChainHead>(
    `SELECT seq, hash FROM event_log WHERE seq <= ${PROVISIONAL_FROM} ORDER BY seq DESC LIMIT 1`,
  );
  return () => last.get() ?? base();
}

/** What the next event is chained to. Inside the appending transaction, or it may be taken already. */
export function prepareAppendHead(store: ReadHandle): () => ChainHead {
  const head = prepareHead(store);
  const recovering = prepareRecovering(store);
  const last = store.prepareRead<[], ChainHead>('SELECT seq, hash FROM event_log ORDER BY seq DESC LIMIT 1');
  return () => {
    const end = last.get() ?? head();
    return end.seq <= PROVISIONAL_FROM && recovering() ? { seq: PROVISIONAL_FROM, hash: end.hash } : end;
  };
}

/** How many events wait for their number. */
export function prepareUnnumbered(store: ReadHandle): () => number {
  const counted = store
    .prepareRead<[], number>(`SELECT count(*) FROM event_log WHERE seq > ${PROVISIONAL_FROM}`)
    .pluck();
  return () => counted.get() ?? 0;
}

function prepareRecovering(store: ReadHandle): () => boolean {
  const recovery = prepareSetting(store, KEY, recoverySchema, null);
  return () => recovery() !== null;
}

export function isRecovering(store: ReadHandle): boolean {
  return prepareRecovering(store)();
}

export function setRecovering(store: WriteHandle, since: string): void {
  writeSetting(store, KEY, recoverySchema.parse({ since }));
}

/**
 * The history is whole: what was sold meanwhile continues it. One transaction; a till that was not recovering is left as it is.
 * To be called when everything that the server has of this terminal is in the log, and before anything is sent.
 */
export function setRecovered(store: WriteHandle): void {
  store.transaction(() => {
    if (!isRecovering(store)) return;
    giveNumbers(store);
    removeSetting(store, KEY);
  });
}

function giveNumbers(store: WriteHandle): void {
  const { connection } = store;
  const provisional = store
    .prepareRead<[], EventRecord>(
      `SELECT ${EVENT_COLUMNS} FROM event_log WHERE seq > ${PROVISIONAL_FROM} ORDER BY seq`,
    )
    .all();
  const renumber = connection.prepare('UPDATE event_log SET seq = ?, prev_hash = ?, hash = ? WHERE seq = ?');
  const renumberMovement = connection.prepare('UPDATE stock_movements SET seq = ? WHERE seq = ?');
  let head = prepareHead(store)();
  for (const { prevHash: _before, hash: _old, ...event } of provisional) {
    const record = chainEvent({ ...event, seq: head.seq + 1 }, head.hash);
    renumber.run(record.seq, record.prevHash, record.hash, event.seq);
    renumberMovement.run(record.seq, event.seq);
    head = record;
  }
}
