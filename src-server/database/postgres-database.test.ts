import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type TestPostgres, startTestPostgres } from '../test-support/postgres.ts';
import { startFreezingProxy } from '../test-support/freezing-proxy.ts';
import type { Queryable } from './database.ts';
import { classifyFailure } from './database-failure.ts';
import { openPostgres } from './postgres-database.ts';

const oneRow = z.object({ one: z.int() });
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

  it('gives up a connection on which nothing is answered any more, and takes another', async () => {
    const proxy = await startFreezingProxy(Number(new URL(cluster.url).port));
    const url = new URL(cluster.url);
    url.port = String(proxy.port);
    const database = await openPostgres({ url: url.href, answerWithinMs: 300 });
    const ask = (sent: Queryable) => sent.query(oneRow, 'SELECT $1::int AS one', [1]);
    expect(await database.transaction(ask)).toEqual([{ one: 1 }]);
    for (const attempt of [() => database.transaction(ask), () => ask(database)]) {
      proxy.freeze();
      const failure = await attempt().catch((error: unknown) => error);
      expect(classifyFailure(failure)).toBe('unavailable');
      expect(await attempt()).toEqual([{ one: 1 }]);
    }
    await database.close();
    await proxy.close();
  });

  it('lets no process that hangs in a transaction keep its locks', async () => {
    const hanging = await openPostgres({ url: cluster.url, idleAtMostMs: 200 });
    const living = await openPostgres({ url: cluster.url });
    const { promise: locked, resolve: lock } = Promise.withResolvers<void>();
    const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
    const hung = hanging
      .transaction(async (tx) => {
        await tx.execute('SELECT pg_advisory_xact_lock(1)');
        lock();
        await woken;
        await tx.execute('SELECT 1');
      })
      .catch((error: unknown) => error);
    await locked;
    await living.transaction((tx) => tx.execute('SELECT pg_advisory_xact_lock(1)'));
    wake();
    expect(classifyFailure(await hung)).toBe('unavailable');
    expect(await hanging.execute('SELECT 1')).toBe(1);
    await hanging.close();
    await living.close();
  });

  it('says so when there is no server', async () => {
    const url = 'postgres://postgres@127.0.0.1:1/none';
    await expect(openPostgres({ url })).rejects.toMatchObject({ code: 'database_unreachable' });
  });
});
