import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { errorCode } from '../database/database-failure.ts';
import { underSchemaLock } from '../database/migrate.ts';
import { openDatabase } from '../database/open-database.ts';
import { eventSource } from '../test-support/sale-events.ts';
import { type TestPostgres, startTestPostgres } from '../test-support/postgres.ts';
import { readAllBehind } from '../test-support/read-all.ts';
import { insertEvents } from './insert-events.ts';
import { BEGINNING } from './log-reader.ts';
import { makeMonths } from './months.ts';

/** Somebody at work in a transaction of the database, until `end` is called. */
async function during(database: Database, sql: string): Promise<{ end: () => Promise<void> }> {
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const work = database.transaction(async (tx) => {
    await tx.execute(sql);
    begin();
    await ended;
  });
  await begun;
  return {
    async end() {
      end();
      await work;
    },
  };
}

describe('months that are made while the log is in use', () => {
  let cluster: TestPostgres;
  let database: Database;
  beforeAll(async () => {
    cluster = await startTestPostgres({ unsafeFast: true });
    database = await openDatabase({ kind: 'postgres', url: cluster.url });
  }, 60_000);
  afterAll(async () => {
    await database.close();
    await cluster.stop();
  });

  const appendStrays = async (terminalId: string, receivedAt: string) => {
    const events = eventSource(terminalId).sale(1);
    await database.transaction((tx) => insertEvents(tx, events));
    await database.execute('UPDATE event_log SET received_at = $2 WHERE terminal_id = $1', [
      terminalId,
      receivedAt,
    ]);
    return events.map(({ eventId }) => eventId);
  };

  it('hides no event from whoever reads while events move into their month', async () => {
    const ids = await appendStrays('M1', '2031-05-03T12:00:00Z');
    let reading: Promise<readonly { readonly event_id: string }[]> | undefined;
    await underSchemaLock(database, async (tx) => {
      await makeMonths(tx, new Date('2031-05-20T00:00:00Z'));
      reading = readAllBehind(database, BEGINNING);
      // Long enough for the reader to wait for a lock.
      await tx.execute('SELECT pg_sleep(0.3)');
    });
    expect((await reading)?.map(({ event_id }) => event_id)).toEqual(ids);
  });

  it('gives way to who reads the log for long, so that sales do not queue up behind both', async () => {
    const dump = await during(database, 'SELECT count(*) FROM event_log');
    const made = await underSchemaLock(database, (tx) =>
      makeMonths(tx, new Date('2032-05-20T00:00:00Z')),
    ).catch(errorCode);
    expect(made).toBe('55P03');
    const sale = eventSource('M2').sale(1);
    await database.transaction((tx) => insertEvents(tx, sale));
    await dump.end();
    await underSchemaLock(database, (tx) => makeMonths(tx, new Date('2032-05-20T00:00:00Z')));
    expect(await database.execute(`SELECT 1 FROM event_log_2032_05`)).toBe(0);
  });

  it('lets a server start although somebody reads the log for long', async () => {
    await database.execute('DROP TABLE event_log_default');
    await database.execute('CREATE TABLE event_log_default PARTITION OF event_log DEFAULT');
    const thisMonth = `event_log_${new Date().toISOString().slice(0, 7).replace('-', '_')}`;
    await database.execute('DELETE FROM event_log');
    await database.execute(`DROP TABLE ${thisMonth}`);
    const dump = await during(database, 'SELECT count(*) FROM event_log');
    const second = await openDatabase({ kind: 'postgres', url: cluster.url });
    const sale = eventSource('M3').sale(1);
    await second.transaction((tx) => insertEvents(tx, sale));
    expect(await second.execute('SELECT 1 FROM event_log_default')).toBe(sale.length);
    await second.close();
    await dump.end();
  });
});
