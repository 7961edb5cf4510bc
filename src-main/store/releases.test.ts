/** What each release has left on the disks of tills: opened by this version, and sent to a real server to the last event. */
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { EventRecord } from '#domain/events/event-record.ts';
import { inventoryUpdatedDataSchema } from '#domain/events/event-wire.ts';
import { type RunningServer, startServer } from '#server/server.ts';
import { adminClient } from '#server/test-support/admin-client.ts';
import { TEST_DATABASES, type TestDatabase } from '#server/test-support/databases.ts';
import { connectTerminal, handshake } from '#server/test-support/terminal-client.ts';
import { writeTerminalSettings } from './settings-store.ts';
import { sqliteOutbox } from '../sync/sqlite-outbox.ts';
import { openTerminal } from '../terminal/terminal.ts';
import { makeRelease } from '../test-support/make-release.ts';
import { type TemporaryFolder, temporaryFolder } from '../test-support/temporary-folder.ts';
import { clientOf } from '../test-support/terminal-client.ts';
import { SETTINGS } from '../test-support/test-till.ts';
import { migrations } from './migrations/index.ts';
import { versionOf } from './migrate.ts';
import { databaseFile, openStore } from './open-store.ts';

// Real processes and files on a machine that others use too: slow is not wrong.
vi.setConfig({ testTimeout: 120_000 });

const ADMIN_KEY = 'a-key-for-tests-only';
const FOLDER = path.join(import.meta.dirname, 'releases');
const wide = { maxEvents: 10_000, maxBytes: 100_000_000 };

/** Read without this version's code: as the release left it. */
interface Left {
  readonly orders: readonly string[];
  readonly cart: string;
  readonly head: { readonly seq: number; readonly hash: string };
  readonly acked: number;
}

function leftIn(file: string): Left {
  const connection = new Database(file, { readonly: true });
  const left = {
    orders: connection.prepare<[], string>('SELECT receipt_number FROM orders ORDER BY id').pluck().all(),
    cart: String(connection.prepare("SELECT cart ->> '$.orderId' FROM open_cart").pluck().get()),
    head: z
      .object({ seq: z.int(), hash: z.string() })
      .parse(connection.prepare('SELECT seq, hash FROM event_log ORDER BY seq DESC LIMIT 1').get()),
    acked: Number(connection.prepare('SELECT acked_through FROM sync_cursor').pluck().get()),
  };
  connection.close();
  return left;
}

let temporary: TemporaryFolder;
beforeAll(() => {
  temporary = temporaryFolder();
});
afterAll(() => {
  temporary.remove();
});

async function startRealServer(): Promise<{ server: RunningServer; home: TestDatabase }> {
  const pglite = TEST_DATABASES.find(({ kind }) => kind === 'pglite');
  if (!pglite) throw new Error('no PGlite among the databases');
  const home = await pglite.create();
  const admin = { key: ADMIN_KEY };
  return { home, server: await startServer({ host: '127.0.0.1', port: 0, database: home.choice, admin }) };
}

const stored = readdirSync(FOLDER).map(
  (name) =>
    [
      name.replace('.db.gz', ''),
      () => Promise.resolve(gunzipSync(readFileSync(path.join(FOLDER, name)))),
    ] as const,
);

describe.each([...stored, ['this one', makeRelease] as const])(
  'a till of release %s',
  (release, databaseOf) => {
    let folder: string;
    let left: Left;
    beforeAll(async () => {
      folder = temporary.join(release);
      mkdirSync(folder);
      writeFileSync(databaseFile(folder), await databaseOf());
      left = leftIn(databaseFile(folder));
    }, 60_000);

    test('had sales, an open one, and an outbox of which the server has a part', () => {
      expect(left.orders.length).toBeGreaterThan(3);
      expect(left.cart).not.toBe('null');
      expect(left.acked).toBeGreaterThan(0);
      expect(left.acked).toBeLessThan(left.head.seq);
    });

    test('is brought to this version by opening it, with everything that it had', () => {
      const store = openStore(folder);
      expect(versionOf(store.writer.connection)).toBe(migrations.at(-1)?.version);
      const outbox = sqliteOutbox(store.writer);
      expect([outbox.head(), outbox.ackedThrough()]).toEqual([left.head, left.acked]);
      // A movement knows its event from now on.
      const apart = `
      SELECT count(*) FROM stock_movements AS m FULL JOIN (SELECT * FROM event_log WHERE event_type = 'inventory.updated') AS e
      USING (seq) WHERE (m.sku, m.change, m.reference_id) IS NOT (e.payload ->> 'sku', e.payload ->> 'change', e.payload ->> 'reference_id')`;
      expect(store.writer.connection.prepare(apart).pluck().get()).toBe(0);
      store.close();
      expect(leftIn(databaseFile(folder))).toEqual(left);
    });

    test('shows its open sale and its receipts, and sends the rest to its server', async () => {
      const { home, server } = await startRealServer();
      const admin = adminClient(server.url, ADMIN_KEY);
      const events = await joinServer(folder, server, await admin.enrol('T1', 'STORE-001'), left.acked);
      const terminal = openTerminal({ folder, logger: pino({ level: 'silent' }) });
      try {
        const client = clientOf(() => terminal);
        await client.call('session.signIn', { pin: '1111' });
        expect((await client.call('sale.get', {})).orderId).toBe(left.cart);
        const { sales } = await client.call('receipt.recent', { limit: 50 });
        expect(sales.map(({ receiptNumber }) => receiptNumber).reverse()).toEqual(left.orders);
        await vi.waitFor(
          async () => {
            const { sync } = await client.call('status.get', {});
            expect(sync.up).toMatchObject({ waiting: 0, ackedThrough: left.head.seq });
          },
          { timeout: 60_000, interval: 50 },
        );
        const chain = await admin.get('/api/terminals/T1/verify-chain');
        expect(chain.body).toEqual({ events: left.head.seq, whole: true });
        const { stock } = stockSchema.parse((await admin.get('/api/stock?location_id=STORE-001')).body);
        expect(new Map(stock.map(({ sku, quantity }) => [sku, quantity]))).toEqual(movedBy(events));
      } finally {
        await terminal.close();
        await server.close();
        await home.dispose();
      }
    });
  },
);

const stockSchema = z.object({ stock: z.array(z.object({ sku: z.string(), quantity: z.int() })) });

/** A server that has of the till's events what the till holds for acknowledged, and nothing else. */
async function joinServer(
  folder: string,
  server: RunningServer,
  token: string,
  acked: number,
): Promise<readonly EventRecord[]> {
  const store = openStore(folder);
  const events = sqliteOutbox(store.writer).read(1, wide);
  writeTerminalSettings(store.writer, { ...SETTINGS, server: { url: server.url, token } });
  store.close();
  const line = await connectTerminal(server.url, handshake('T1', token));
  expect(await line.push({ terminalId: 'T1', from: 1, events: events.slice(0, acked) })).toMatchObject({
    ok: true,
    ackedThrough: acked,
  });
  line.close();
  return events;
}

/** What the shelf must hold after all of these events. */
function movedBy(events: readonly EventRecord[]): ReadonlyMap<string, number> {
  const stock = new Map<string, number>();
  for (const { eventType, payload } of events) {
    if (eventType !== 'inventory.updated') continue;
    const { sku, change } = inventoryUpdatedDataSchema.parse(JSON.parse(payload));
    stock.set(sku, (stock.get(sku) ?? 0) + change);
  }
  return stock;
}
