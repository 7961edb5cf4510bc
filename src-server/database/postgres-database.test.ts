import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type TestPostgres, startTestPostgres } from '../test-support/postgres.ts';
import { classifyFailure } from './database-failure.ts';
import { openPostgres } from './postgres-database.ts';

const setting = z.object({ synchronous_commit: z.string() });

describe('PostgreSQL', () => {
  let cluster: TestPostgres;
  beforeAll(async () => {
    cluster = await startTestPostgres({ unsafeFast: true });
  }, 60_000);
  afterAll(async () => {
    await cluster.stop();
  });

  it('waits for the disk even where the database was told not to', async () => {
    const url = await cluster.createDatabase('careless');
    const first = await openPostgres({ url });
    await first.execute('ALTER DATABASE careless SET synchronous_commit = off');
    await first.close();
    const second = await openPostgres({ url });
    expect(await second.query(setting, 'SHOW synchronous_commit')).toEqual([{ synchronous_commit: 'off' }]);
    const inside = await second.transaction((tx) => tx.query(setting, 'SHOW synchronous_commit'));
    expect(inside).toEqual([{ synchronous_commit: 'on' }]);
    await second.close();
  });

  it('survives the end of its server, and goes on when it is back', async () => {
    const lost: Error[] = [];
    const database = await openPostgres({ url: cluster.url, onIdleError: (error) => lost.push(error) });
    await database.execute('SELECT 1');
    await cluster.crash();
    const failure = await database.execute('SELECT 1').then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(classifyFailure(failure)).toBe('unavailable');
    await cluster.start();
    expect(await database.execute('SELECT 1')).toBe(1);
    await database.close();
  });

  it('says so when there is no server', async () => {
    const url = 'postgres://postgres@127.0.0.1:1/none';
    await expect(openPostgres({ url })).rejects.toMatchObject({ code: 'database_unreachable' });
  });
});
