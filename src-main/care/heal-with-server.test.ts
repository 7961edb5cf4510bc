/** The whole of it: a till whose disk failed, healed while its server was away, with a real server and the real engine. */
import { closeSync, openSync, writeSync } from 'node:fs';
import pino from 'pino';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type RunningServer, startServer } from '#server/server.ts';
import { adminClient } from '#server/test-support/admin-client.ts';
import { TEST_DATABASES, type TestDatabase } from '#server/test-support/databases.ts';
import { databaseFile, openReader, openStore } from '../store/open-store.ts';
import { isRecovering } from '../store/recovery.ts';
import { writeTerminalSettings } from '../store/settings-store.ts';
import { clientOf } from '../test-support/terminal-client.ts';
import { SETTINGS, removeTillTemplate, testTillFolder } from '../test-support/test-till.ts';
import type { TemporaryFolder } from '../test-support/temporary-folder.ts';
import { type Terminal, openTerminal } from '../terminal/terminal.ts';
import type { HealReport } from './heal-report.ts';
import { openOrHeal } from './open-or-heal.ts';

// Real processes and files on a machine that others use too: slow is not wrong.
vi.setConfig({ testTimeout: 180_000 });

const ADMIN_KEY = 'a-key-for-tests-only';
const patience = { timeout: 60_000, interval: 50 };

let temporary: TemporaryFolder;
let folder: string;
let home: TestDatabase;
let server: RunningServer;
let terminal: Terminal;
const client = clientOf(() => terminal);
beforeEach(async () => {
  ({ temporary, folder } = await testTillFolder());
  const pglite = TEST_DATABASES.find(({ kind }) => kind === 'pglite');
  if (!pglite) throw new Error('no PGlite among the databases');
  home = await pglite.create();
  server = await start(0);
}, 60_000);
afterEach(async () => {
  await terminal.close();
  await server.close();
  await home.dispose();
  temporary.remove();
});
afterAll(removeTillTemplate);

const start = (port: number) =>
  startServer({ host: '127.0.0.1', port, database: home.choice, admin: { key: ADMIN_KEY } });

/** @returns what was healed, which must be told before anything is sold */
async function openTill(): Promise<readonly HealReport[]> {
  const reports: HealReport[] = [];
  terminal = await openOrHeal(folder, () => openTerminal({ folder, logger: pino({ level: 'silent' }) }), {
    now: () => new Date(),
    onHealed: (report) => reports.push(report),
  });
  await client.call('session.signIn', { pin: '1111' });
  return reports;
}

async function sell(times: number): Promise<void> {
  for (let sale = 0; sale < times; sale += 1) {
    const { orderId, total } = await client.call('sale.addItem', {
      sku: 'WATER-STILL-001',
      quantity: 1 + sale,
    });
    await client.call('sale.beginPayment', {});
    await client.call('sale.tenderCash', { orderId, total, tendered: total });
  }
}

const sync = async () => (await client.call('status.get', {})).sync;
const allSent = () =>
  vi.waitFor(async () => expect(await sync()).toMatchObject({ state: 'live', up: { waiting: 0 } }), patience);
const receipts = async () => (await client.call('receipt.recent', { limit: 50 })).sales;

test('a till that lost its disk has all of it back, has sold meanwhile, and no number came twice', async () => {
  const admin = adminClient(server.url, ADMIN_KEY);
  const store = openStore(folder);
  const token = await admin.enrol('T1', 'STORE-001');
  writeTerminalSettings(store.writer, { ...SETTINGS, server: { url: server.url, token } });
  store.close();
  await openTill();
  await sell(2);
  await client.call('session.signOut', {});
  await client.call('session.signIn', { pin: '2222' });
  await client.call('care.backUp', {});
  await sell(3);
  await allSent();
  const sold = await receipts();
  const { up: before } = await sync();
  await terminal.close();

  // The first page is gone, and nothing of the file can be read. The server is away as well.
  const file = openSync(databaseFile(folder), 'r+');
  writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, 0);
  closeSync(file);
  const { port } = server;
  await server.close();
  expect(await openTill()).toMatchObject([{ fromServer: true, salvaged: 0 }]);
  expect((await sync()).up.lastSeq).toBeLessThan(before.lastSeq);
  await sell(2);
  await vi.waitFor(async () => expect((await sync()).care.healed).toContain('from the backup'), patience);

  server = await start(port);
  await allSent();
  const after = await receipts();
  expect(after).toHaveLength(7);
  const numbers = after.map(({ receiptNumber }) => receiptNumber);
  expect(new Set(numbers).size).toBe(7);
  for (const sale of sold) expect(after).toContainEqual(sale);
  const chain = await admin.get('/api/terminals/T1/verify-chain');
  expect(chain.body).toEqual({ events: (await sync()).up.lastSeq, whole: true });
  expect((await sync()).up.lastSeq).toBe(before.lastSeq + 2 * 5);

  const { stock } = z
    .object({ stock: z.array(z.object({ sku: z.string(), quantity: z.int() })) })
    .parse((await admin.get('/api/stock?location_id=STORE-001')).body);
  const shelf = 50 - (1 + 2) - (1 + 2 + 3) - (1 + 2);
  expect(stock.find(({ sku }) => sku === 'WATER-STILL-001')?.quantity).toBe(shelf);
  // And the till's own figure, which the server tells.
  const opened = openReader(folder);
  const { reader } = opened;
  const ours = reader.prepareRead<[], { readonly quantity: number }>(
    "SELECT quantity FROM stock WHERE sku = 'WATER-STILL-001'",
  );
  await vi.waitFor(() => expect(ours.get()).toEqual({ quantity: shelf }), patience);
  expect(isRecovering(reader)).toBe(false);
  opened.close();
});
