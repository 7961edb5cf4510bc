/** Transactions that commit in another order than they began, on PostgreSQL: PGlite has one session, and no such thing. */
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { draftOfCatalogueEvent } from '#domain/events/catalogue-events.ts';
import { canonicalJson } from '#domain/events/canonical-json.ts';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { type DownShop, type DownTill, downShop } from '../test-support/down-shop.ts';
import { type TestPostgres, startTestPostgres } from '../test-support/postgres.ts';
import { eventSource } from '../test-support/sale-events.ts';
import { type TillMirror, pageOf } from '../test-support/till-mirror.ts';

/** A transaction with a new item, whose end the test decides. */
interface OpenWriter {
  readonly sku: string;
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

describe('the way down while others write', () => {
  let cluster: TestPostgres;
  let database: Database;
  let shop: DownShop;
  let till: DownTill;
  let writers: pg.Client[] = [];

  beforeAll(async () => {
    cluster = await startTestPostgres({ unsafeFast: true });
    database = await openDatabase({ kind: 'postgres', url: cluster.url });
    shop = downShop(database);
    till = await shop.enrol('SHOP');
    await shop.makeCode('WINE');
  }, 60_000);
  afterAll(async () => {
    for (const writer of writers) await writer.end();
    await database.close();
    await cluster.stop();
  });

  async function write(): Promise<OpenWriter> {
    const client = new pg.Client({ connectionString: cluster.url });
    await client.connect();
    writers.push(client);
    const sku = shop.newKey('SKU');
    const draft = draftOfCatalogueEvent({
      type: 'product.created',
      version: 1,
      item: shop.itemOf(sku, 'WINE', 9.99),
    });
    const event = eventSource(shop.newKey('W').replace('-', '')).next(draft.eventType, sku, draft.data);
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO event_log (tx, terminal_id, location_id, seq, event_id, event_type, aggregate_id, payload, prev_hash, hash)
       SELECT shift + pg_current_xact_id()::text::bigint, $1, 'ALL', 1, $2, $3, $4, $5, '', '' FROM log_clock`,
      [event.terminalId, event.eventId, event.eventType, sku, canonicalJson(draft.data)],
    );
    await client.query(
      `INSERT INTO items (sku, name, merchandise_code, cost, price, case_size, active, deposit, reorder_point, version, updated_at)
       VALUES ($1, $2, 'WINE', 150, 999, 12, TRUE, 0, 0, 1, NOW())`,
      [sku, `Item ${sku}`],
    );
    return {
      sku,
      commit: async () => void (await client.query('COMMIT')),
      rollback: async () => void (await client.query('ROLLBACK')),
    };
  }

  it('waits for an earlier writer that commits later', async () => {
    const mirror = await shop.mirror('SHOP');
    const slow = await write();
    const quick = await write();
    await quick.commit();
    const page = pageOf(await shop.pull(till, mirror.cursor));
    // Not told, and not passed: who asks again later gets it.
    expect(page).toMatchObject({ to: mirror.cursor, more: false, items: [] });
    await slow.commit();
    const next = pageOf(await shop.pull(till, page.to));
    expect(next.items.map(({ sku }) => sku)).toEqual([slow.sku, quick.sku]);
  });

  it('passes nothing by, from wherever one starts, in whatever order writers begin and end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            step: fc.constantFrom('begin', 'begin', 'commit', 'rollback', 'pull', 'snapshot'),
            which: fc.nat(7),
            limit: fc.integer({ min: 1, max: 3 }),
          }),
          { minLength: 5, maxLength: 25 },
        ),
        async (steps) => {
          const mirrors: TillMirror[] = [await shop.mirror('SHOP')];
          const open: OpenWriter[] = [];
          for (const { step, which, limit } of steps) {
            if (step === 'begin') {
              if (open.length < 6) open.push(await write());
            } else if (step === 'snapshot') mirrors.push(await shop.mirror('SHOP'));
            else if (step === 'pull') {
              const mirror = mirrors[which % mirrors.length];
              if (mirror !== undefined) await shop.follow(till, mirror, { limit, rowsAPage: 2 });
            } else {
              const [writer] = open.splice(which % Math.max(open.length, 1), 1);
              await writer?.[step]();
            }
          }
          for (const writer of open) await writer.commit();
          const whole = (await shop.mirror('SHOP')).view();
          for (const mirror of mirrors) {
            await shop.follow(till, mirror);
            expect(mirror.view()).toEqual(whole);
          }
          for (const writer of writers.splice(0)) await writer.end();
          writers = [];
        },
      ),
      { numRuns: 20 },
    );
  }, 120_000);
});
