import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { underSchemaLock } from '../database/migrate.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { eventSource } from '../test-support/sale-events.ts';
import { insertEvents } from './insert-events.ts';
import { alignLogClock } from './log-clock.ts';
import { makeMonths } from './months.ts';
import { BEGINNING } from './log-reader.ts';
import { readAllBehind } from '../test-support/read-all.ts';
import { movePosition, beginAt, positionOf } from '../subscribers/position-store.ts';

const partitionRow = z.object({ partition: z.string(), event_id: z.string() });

describe.each(TEST_DATABASES)('the months of the log on $kind', ({ create }) => {
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

  const append = (source: ReturnType<typeof eventSource>) => {
    const events = source.sale(1);
    return database.transaction(async (tx) => {
      await insertEvents(tx, events);
      return events.map(({ eventId }) => eventId);
    });
  };
  const partitions = () =>
    database.query(partitionRow, 'SELECT tableoid::regclass::text AS partition, event_id FROM event_log');

  it('takes an event of this month into the partition of this month', async () => {
    const ids = await append(eventSource('M1'));
    const month = `event_log_${new Date().toISOString().slice(0, 7).replace('-', '_')}`;
    const found = (await partitions()).filter(({ event_id }) => ids.includes(event_id));
    expect(new Set(found.map(({ partition }) => partition))).toEqual(new Set([month]));
  });

  it('moves what came before its month was made, and makes a month once', async () => {
    const ids = await append(eventSource('M2'));
    await database.execute(
      `UPDATE event_log SET received_at = '2031-05-03T12:00:00Z' WHERE terminal_id = 'M2'`,
    );
    const where = async () =>
      new Set(
        (await partitions())
          .filter(({ event_id }) => ids.includes(event_id))
          .map(({ partition }) => partition),
      );
    expect(await where()).toEqual(new Set(['event_log_default']));
    for (let time = 0; time < 2; time += 1) {
      await underSchemaLock(database, (tx) => makeMonths(tx, new Date('2031-05-20T00:00:00Z')));
      expect(await where()).toEqual(new Set(['event_log_2031_05']));
    }
  });

  it('refuses the same event id, and the same number of a terminal, twice in a month', async () => {
    const source = eventSource('M3');
    const [event] = source.sale(1);
    if (event === undefined) throw new Error('no event');
    const insert = (record: typeof event) => database.transaction((tx) => insertEvents(tx, [record]));
    await insert(event);
    await expect(insert({ ...event, seq: 900 })).rejects.toMatchObject({ code: '23505' });
    const [other] = eventSource('M3').sale(1);
    if (other === undefined) throw new Error('no event');
    await expect(insert(other)).rejects.toMatchObject({ code: '23505' });
  });

  it('puts new events behind old ones after a restore into a PostgreSQL whose numbers begin again', async () => {
    await append(eventSource('M4'));
    const subscriber = {
      name: 'restored',
      types: [],
      begins: 'with_history' as const,
      handle: () => Promise.resolve(),
    };
    await database.execute('UPDATE event_log SET tx = tx + 5000000');
    await beginAt(database, subscriber);
    const events = await readAllBehind(database, BEGINNING);
    // All of it lies in the future of this PostgreSQL.
    expect(events).toEqual([]);
    await database.close();
    database = await home.open();
    const old = await readAllBehind(database, BEGINNING);
    const last = old.at(-1);
    if (last === undefined) throw new Error('nothing is readable');
    const position = await positionOf(database, 'restored');
    await movePosition(database, 'restored', position, { tx: last.tx, id: last.id });
    const ids = await append(eventSource('M5'));
    const fresh = await readAllBehind(database, await positionOf(database, 'restored'));
    expect(fresh.map(({ event_id }) => event_id)).toEqual(ids);
    await underSchemaLock(database, async (tx) => {
      expect(await alignLogClock(tx)).toBe(0);
    });
  });
});
