import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { eventually } from '../test-support/eventually.ts';
import { type TestPostgres, startTestPostgres } from '../test-support/postgres.ts';
import { reserve } from './reservation.ts';

const skuRow = z.object({ sku: z.string() });
const countRow = z.object({ waiting: z.int() });

/** Names whose order by bytes is not that of a dictionary, which passes hyphens by. */
const [FIRST, SECOND] = ['A-2', 'A1'];
const WANTED = [SECOND, FIRST].map((sku) => ({ sku, quantity: 1 }));

describe('reserving in a database that sorts as people do', () => {
  let postgres: TestPostgres;
  let database: Database;

  beforeAll(async () => {
    postgres = await startTestPostgres({ unsafeFast: true });
    const maintenance = await openDatabase({ kind: 'postgres', url: postgres.url });
    await maintenance.execute(
      `CREATE DATABASE shop TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US-u-ka-shifted'`,
    );
    await maintenance.close();
    const url = new URL(postgres.url);
    url.pathname = '/shop';
    database = await openDatabase({ kind: 'postgres', url: url.href });
    await database.execute(
      `INSERT INTO stock (location_id, sku, quantity) VALUES ('SHOP', '${FIRST}', 5), ('SHOP', '${SECOND}', 5)`,
    );
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await postgres.stop();
  });

  it('locks in the order in which stock is moved, so that no two wait for each other', async () => {
    const sorted = await database.query(skuRow, 'SELECT sku FROM stock ORDER BY sku');
    expect(sorted.map(({ sku }) => sku)).toEqual([SECOND, FIRST]);
    expect([SECOND, FIRST].sort()).toEqual([FIRST, SECOND]);

    let reserving: Promise<unknown> = Promise.resolve();
    const free = await database.transaction(async (tx) => {
      // Somebody moves the first of them; who reserves both must wait for it, and hold nothing meanwhile.
      await tx.execute('UPDATE stock SET quantity = quantity WHERE sku = $1', [FIRST]);
      reserving = database.transaction((other) => reserve(other, 'SHOP', WANTED));
      await eventually(async () => {
        const [row] = await database.query(
          countRow,
          `SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock'`,
        );
        expect(row?.waiting).toBe(1);
      });
      return tx.query(skuRow, 'SELECT sku FROM stock WHERE sku = $1 FOR UPDATE SKIP LOCKED', [SECOND]);
    });
    expect(free).toHaveLength(1);
    expect(await reserving).toEqual([]);
  });
});
