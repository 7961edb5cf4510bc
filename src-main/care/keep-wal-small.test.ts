import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Store, openCareWriter, openReader, openStore } from '../store/open-store.ts';
import { growHistory } from '../test-support/grow-history.ts';
import { removeTillTemplate, testTillFolder } from '../test-support/test-till.ts';
import type { TemporaryFolder } from '../test-support/temporary-folder.ts';
import { type WalKeeper, walKeeper } from './keep-wal-small.ts';

// Real processes and files on a machine that others use too: slow is not wrong.
vi.setConfig({ testTimeout: 60_000 });

const MB = 1024 * 1024;
/** What is written between two looks of the keeper. */
const BETWEEN_LOOKS = 100;

let temporary: TemporaryFolder;
let store: Store;
let care: ReturnType<typeof openCareWriter>;
let wal: WalKeeper;
beforeEach(async () => {
  const made = await testTillFolder();
  temporary = made.temporary;
  store = openStore(made.folder);
  care = openCareWriter(made.folder);
  wal = walKeeper(care.writer.connection);
});
afterEach(() => {
  care.close();
  store.close();
  temporary.remove();
});
afterAll(removeTillTemplate);

const sell = () => growHistory(store, 10, '2026-11-24T12:00:00.000Z');

/** @param beside happens with each sale @returns the largest that the WAL was */
function sellMany(
  sales: number,
  keeper: Pick<WalKeeper, 'look'> | null,
  beside: (sale: number) => void = () => undefined,
) {
  let largest = 0;
  for (let sale = 0; sale < sales; sale += 1) {
    sell();
    beside(sale);
    if (sale % BETWEEN_LOOKS === 0) {
      keeper?.look();
      largest = Math.max(largest, wal.bytes());
    }
  }
  return largest;
}

test('without it the WAL of a day grows on, and no sale makes a checkpoint', () => {
  const grown = sellMany(1_500, null);
  expect(grown).toBeGreaterThan(12 * MB);
  expect(grown).toBeLessThan(64 * MB);
});

test('thousands of sales in a row keep it at a few megabytes', () => {
  expect(sellMany(3_000, wal)).toBeLessThan(10 * MB);
});

test('a reader that takes its time, again and again, holds it up only as long as it reads', () => {
  const slow = openReader(store.folder);
  const query = slow.reader.prepareRead<[], { seq: number }>('SELECT seq FROM event_log ORDER BY seq');
  let release = (): unknown => undefined;
  const largest = sellMany(3_000, wal, (sale) => {
    // Reads for three hundred sales, rests for a hundred.
    if (sale % 400 === 0) {
      const reading = query.iterate();
      reading.next();
      release = () => reading.return?.();
    }
    if (sale % 400 === 300) release();
  });
  release();
  slow.close();
  expect(largest).toBeLessThan(16 * MB);
});

test('is cut back to nothing when nobody sells any more, but never while somebody reads', () => {
  sellMany(50, null);
  const slow = openReader(store.folder);
  const reading = slow.reader.prepareRead('SELECT seq FROM event_log').iterate();
  reading.next();
  sell();
  wal.look();
  wal.look();
  expect(wal.bytes()).toBeGreaterThan(0);
  // Whoever sells waits for none of it.
  sell();
  reading.return?.();
  wal.look();
  wal.look();
  expect(wal.bytes()).toBe(0);
  expect(care.writer.connection.pragma('busy_timeout', { simple: true })).toBe(5_000);
  slow.close();
});
