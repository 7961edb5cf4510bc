import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Database, Queryable } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { openPostgres } from '../database/postgres-database.ts';
import { type TestPostgres, startTestPostgres } from '../test-support/postgres.ts';
import { readAboutInRange, readRange, readRangeAbout } from './log-reader.ts';

const scansRow = z.object({ scans: z.int() });

describe('a long log', () => {
  let cluster: TestPostgres;
  let database: Database;
  beforeAll(async () => {
    cluster = await startTestPostgres({ unsafeFast: true });
    const made = await openDatabase({ kind: 'postgres', url: cluster.url });
    await made.execute(
      `INSERT INTO event_log (tx, event_type, aggregate_id, location_id, payload, metadata, event_id, terminal_id, seq, prev_hash, hash)
       SELECT g / 5, CASE WHEN g % 5 = 0 THEN 'inventory.updated' ELSE 'order.created' END, 'A' || g / 5, 'STORE-001', '{}', '{}',
              gen_random_uuid(), 'T1', g, '', ''
       FROM generate_series(1, 60000) g`,
    );
    await made.execute('ANALYZE event_log');
    await made.close();
    // One connection: what it has read is counted for all, when it says so.
    database = await openPostgres({ url: cluster.url, poolSize: 1 });
  }, 60_000);
  afterAll(async () => {
    await database.close();
    await cluster.stop();
  });

  /** Index entries of the log that were looked at, and rows of it that were read through. */
  async function entriesRead(queryable: Queryable): Promise<number> {
    await queryable.execute('SELECT pg_stat_force_next_flush()');
    const [row] = await queryable.query(
      scansRow,
      `SELECT (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname LIKE 'event_log%')::bigint
              + (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname LIKE 'event_log%')::bigint AS scans`,
    );
    return row?.scans ?? 0;
  }

  it('is read in ranges without reading the rest of it', async () => {
    const range = { from: { tx: 9000, id: 0 }, to: { tx: 9099, id: 1_000_000 } };
    // More often than PostgreSQL plans a statement anew.
    for (let time = 0; time < 8; time += 1) {
      const before = await entriesRead(database);
      expect(await readRange(database, range, ['inventory.updated'])).toHaveLength(100);
      expect(await readAboutInRange(database, range, ['inventory.updated'])).toHaveLength(100);
      expect(await readRangeAbout(database, range, ['inventory.updated'], ['A9001', 'A1'])).toHaveLength(1);
      expect((await entriesRead(database)) - before).toBeLessThanOrEqual(2000);
    }
  });
});
