import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { openPostgres } from '../database/postgres-database.ts';
import { type TestPostgres, startTestPostgres } from '../test-support/postgres.ts';
import { countLocationRows, endCursor, lastLocationRow, readLocationRows } from './location-log.ts';

const readRow = z.object({ read: z.int() });

describe('the log of two hundred locations', () => {
  let cluster: TestPostgres;
  let database: Database;
  beforeAll(async () => {
    cluster = await startTestPostgres({ unsafeFast: true });
    const made = await openDatabase({ kind: 'postgres', url: cluster.url });
    await made.execute(
      `INSERT INTO event_log (tx, event_type, aggregate_id, location_id, payload, metadata, event_id, terminal_id, seq, prev_hash, hash)
       SELECT g / 5, 'inventory.updated', 'A', CASE g % 1000 WHEN 999 THEN 'ALL' ELSE 'STORE-' || g % 200 END, '{}', '{}',
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

  async function rowsRead(): Promise<number> {
    await database.execute('SELECT pg_stat_force_next_flush()');
    const [row] = await database.query(
      readRow,
      `SELECT (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname LIKE 'event_log%')::bigint
              + (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname LIKE 'event_log%')::bigint AS read`,
    );
    return row?.read ?? 0;
  }

  it('is read for one of them without reading those of the others', async () => {
    const start = { tx: 6000, id: 0 };
    // More often than PostgreSQL plans a statement anew.
    for (let time = 0; time < 8; time += 1) {
      const before = await rowsRead();
      const rows = await readLocationRows(database, 'STORE-7', start, 50);
      expect(rows).toHaveLength(50);
      expect(new Set(rows.map(({ location_id }) => location_id))).toEqual(new Set(['STORE-7', 'ALL']));
      expect(await countLocationRows(database, 'STORE-7', start, 20)).toBe(40);
      expect(await lastLocationRow(database, 'STORE-7')).toMatchObject({ tx: 12_000 - 1 });
      expect((await endCursor(database)).kind).toBe('behind');
      expect((await rowsRead()) - before).toBeLessThanOrEqual(500);
    }
  });
});
