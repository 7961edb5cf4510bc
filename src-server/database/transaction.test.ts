import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import type { Database } from './database.ts';

describe.each(TEST_DATABASES)('a transaction on $kind', ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  beforeAll(async () => {
    home = await create();
    database = await home.open();
    await database.execute('CREATE TABLE written (value INTEGER)');
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await home.dispose();
  });

  it('never says that it committed what was rolled back, though its work swallowed the failure', async () => {
    const work = database.transaction(async (tx) => {
      await tx.execute('INSERT INTO written VALUES (1)');
      await tx.execute('SELECT 1/0').catch(() => undefined);
    });
    await expect(work).rejects.toThrow('rolled back instead of committed');
    expect(await database.execute('SELECT 1 FROM written')).toBe(0);
  });
});
