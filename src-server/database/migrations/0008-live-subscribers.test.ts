import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStandings } from '../../subscribers/position-store.ts';
import { TEST_DATABASES, type TestDatabase } from '../../test-support/databases.ts';
import { migrate } from '../migrate.ts';
import { ALL_MIGRATIONS } from './all-migrations.ts';
import { liveSubscribersMigration } from './0008-live-subscribers.ts';

const before = ALL_MIGRATIONS.filter(({ number }) => number < liveSubscribersMigration.number);

describe.each(TEST_DATABASES)('the live hub of an older server on $kind', ({ create }) => {
  let home: TestDatabase;
  beforeAll(async () => {
    home = await create();
  }, 120_000);
  afterAll(() => home.dispose());

  it('is followed by two subscribers at its place, and leaves no position that stands still', async () => {
    const database = await home.openBare();
    try {
      await migrate(database, before);
      await database.execute(
        `INSERT INTO subscriptions (subscriber, position_tx, position_id) VALUES ('live-hub', 12, 34), ('orders', 5, 6)`,
      );
      await migrate(database, ALL_MIGRATIONS);
      expect(await readStandings(database)).toMatchObject([
        { subscriber: 'live-catalogue', position_tx: 12, position_id: 34 },
        { subscriber: 'live-stock', position_tx: 12, position_id: 34 },
        { subscriber: 'orders', position_tx: 5, position_id: 6 },
      ]);
    } finally {
      await database.close();
    }
  }, 60_000);
});
