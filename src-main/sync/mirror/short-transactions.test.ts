import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Store, createStore } from '../../store/open-store.ts';
import { type TemporaryFolder, temporaryFolder } from '../../test-support/temporary-folder.ts';
import { ShortTransactions } from './short-transactions.ts';

let temporary: TemporaryFolder;
let store: Store;
let now: number;
let pauses: number[];
beforeEach(() => {
  temporary = temporaryFolder();
  store = createStore(temporary.join('till'));
  now = 0;
  pauses = [];
});
afterEach(() => {
  store.close();
  temporary.remove();
});

const pace = {
  monotonicMs: () => now,
  pause: (ms: number) => {
    pauses.push(ms);
    now += ms;
  },
};

/** Records of so many milliseconds each, in a transaction of the size that is asked for. */
async function write(short: ShortTransactions, msEach: number): Promise<number> {
  const count = short.size;
  await short.runRecords(count, () => {
    expect(store.writer.connection.inTransaction).toBe(true);
    now += count * msEach;
  });
  return count;
}

test('hold the lock for about ten milliseconds, however long a record takes', async () => {
  const short = new ShortTransactions(store.writer, pace, false);
  for (const msEach of [0.02, 0.2, 0.005]) {
    for (let round = 0; round < 12; round += 1) await write(short, msEach);
    expect((await write(short, msEach)) * msEach).toBeCloseTo(10, 0);
  }
});

test('leave it free for as long as they held it, less what the caller did meanwhile', async () => {
  const short = new ShortTransactions(store.writer, pace, false);
  const hold = (ms: number) =>
    short.run(() => {
      now += ms;
    });
  await hold(12);
  expect(pauses).toEqual([]);
  now += 5;
  await hold(3);
  expect(pauses).toEqual([7]);
  now += 3;
  await hold(1);
  expect(pauses).toEqual([7]);
});

test('do not count the time that another writer had', async () => {
  const short = new ShortTransactions(store.writer, pace, false);
  const { writer } = store;
  const waited = new ShortTransactions(
    {
      ...writer,
      transaction: (work) => {
        now += 500;
        return writer.transaction(work);
      },
    },
    pace,
    false,
  );
  for (const one of [short, waited]) await write(one, 0.1);
  expect(waited.size).toBe(short.size);
});

test('are large and without a pause where nobody else needs the lock', async () => {
  const short = new ShortTransactions(store.writer, pace, true);
  expect(await write(short, 0.1)).toBe(20_000);
  expect(await write(short, 0.1)).toBe(20_000);
  expect(pauses).toEqual([]);
});

test('that fail leave nothing', async () => {
  const short = new ShortTransactions(store.writer, pace, false);
  await expect(
    short.run(() => {
      store.writer.connection.exec("INSERT INTO counters (name, value) VALUES ('half', 1)");
      throw new Error('In its middle.');
    }),
  ).rejects.toThrow('In its middle.');
  expect(store.writer.connection.prepare('SELECT * FROM counters').all()).toEqual([]);
});
