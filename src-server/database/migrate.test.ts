import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import type { Database } from './database.ts';
import { migrate } from './migrate.ts';
import { ALL_MIGRATIONS } from './migrations/all-migrations.ts';

const table = z.object({ name: z.string().nullable() });

describe.each(TEST_DATABASES)('migrations on $kind', ({ create }) => {
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

  const exists = async (name: string) => {
    const [row] = await database.query(table, 'SELECT to_regclass($1)::text AS name', [name]);
    return row?.name === name;
  };
  const next = (statements: string[]) => [
    ...ALL_MIGRATIONS,
    { number: ALL_MIGRATIONS.length + 1, name: 'next', statements },
  ];

  it('are numbered without gaps', () => {
    expect(ALL_MIGRATIONS.map(({ number }) => number)).toEqual(ALL_MIGRATIONS.map((_, index) => index + 1));
  });

  it('run once, also when several servers start together', async () => {
    await Promise.all(Array.from({ length: 4 }, () => migrate(database, ALL_MIGRATIONS)));
    expect(await exists('event_log')).toBe(true);
  });

  it('leave nothing of a step that fails', async () => {
    await expect(migrate(database, next(['CREATE TABLE half (a INT)', 'SELECT 1 / 0']))).rejects.toThrow(
      /zero/,
    );
    expect(await exists('half')).toBe(false);
  });

  it('refuse a database of a later version, and one whose steps were edited', async () => {
    await migrate(database, next(['CREATE TABLE later (a INT)']));
    await expect(migrate(database, ALL_MIGRATIONS)).rejects.toMatchObject({ code: 'schema_mismatch' });
    await expect(migrate(database, next(['CREATE TABLE other (a INT)']))).rejects.toMatchObject({
      code: 'schema_mismatch',
    });
    await migrate(database, next(['CREATE TABLE later (a INT)']));
  });
});
