import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { parkEvent } from '../subscribers/dead-letters.ts';
import { movePosition, positionOf, beginAt } from '../subscribers/position-store.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { eventSource } from '../test-support/sale-events.ts';
import { insertEvents } from './insert-events.ts';
import { BEGINNING, findPage } from './log-reader.ts';
import { readFollowedEvents } from './read-log.ts';

describe.each(TEST_DATABASES)('the events of a terminal on $kind', ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    home = await create();
    database = await home.open();
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await home.dispose();
  });

  const processed = async () =>
    (await readFollowedEvents(database, 'T1', 0, 100)).map((event) => event.processed);
  const take = async (name: string, events: number) => {
    const from = await positionOf(database, name);
    await movePosition(database, name, from, (await findPage(database, from, events)).to);
  };

  it('are processed when every subscriber is past them, and none has them among its dead letters', async () => {
    const events = eventSource('T1').sale(1).slice(0, 3);
    await database.transaction((tx) => insertEvents(tx, events));
    expect((await findPage(database, BEGINNING, 100)).size).toBe(3);
    expect(await processed()).toEqual([false, false, false]);
    for (const name of ['first', 'second'])
      await beginAt(database, { name, begins: 'with_history', handle: () => Promise.resolve() });
    await take('first', 3);
    expect(await processed()).toEqual([false, false, false]);
    await take('second', 2);
    expect(await processed()).toEqual([true, true, false]);
    const [parked] = events;
    if (parked === undefined) throw new Error('no event');
    await database.transaction((tx) => parkEvent(tx, 'second', parked.eventId, 'unreadable'));
    await take('second', 1);
    expect(await processed()).toEqual([false, true, true]);
  });
});
