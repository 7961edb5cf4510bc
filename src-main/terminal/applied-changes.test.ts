/** The till while its sync thread says that something has come from the server. The thread is one that says nothing else. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pino from 'pino';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { openCursorWriter } from '../store/open-store.ts';
import { clientOf } from '../test-support/terminal-client.ts';
import type { TemporaryFolder } from '../test-support/temporary-folder.ts';
import { PINS, removeTillTemplate, testTillFolder } from '../test-support/test-till.ts';
import { type Terminal, openTerminal } from './terminal.ts';

const SYNC = `
import { parentPort } from 'node:worker_threads';
const change = { skus: 'all', staff: true, settings: true, stock: true };
const timer = setInterval(() => parentPort.postMessage({ kind: 'applied', change }), 20);
parentPort.on('message', ({ kind }) => {
  if (kind !== 'stop') return;
  clearInterval(timer);
  parentPort.close();
});
`;
const CARE = `
import { parentPort } from 'node:worker_threads';
parentPort.on('message', () => parentPort.close());
`;
const COLA = 'SODA-COLA-001';

let temporary: TemporaryFolder;
let folder: string;
let terminal: Terminal | undefined;
let logged: string[];
beforeEach(async () => {
  ({ folder, temporary } = await testTillFolder({ server: { url: 'http://127.0.0.1:1', token: 'a-token' } }));
  logged = [];
});
afterEach(async () => {
  await terminal?.close();
  terminal = undefined;
  temporary.remove();
});
afterAll(removeTillTemplate);

function open() {
  const write = (name: string, source: string): URL => {
    const file = path.join(temporary.path, name);
    writeFileSync(file, source);
    return pathToFileURL(file);
  };
  const opened = openTerminal({
    folder,
    logger: pino({}, { write: (line: string) => void logged.push(line) }),
    threadUrls: { sync: write('sync.mjs', SYNC), care: write('care.mjs', CARE) },
  });
  terminal = opened;
  return clientOf(() => opened);
}

function fromServer(sql: string): void {
  const other = openCursorWriter(folder);
  other.writer.connection.exec(sql);
  other.close();
}

const TOO_DEAR = `UPDATE items SET price = 100000000 WHERE sku = '${COLA}'`;

async function until(met: () => boolean): Promise<void> {
  while (!met()) await sleep(10);
}

test('a price that the open sale cannot bear does not end the till: it is logged, and the sale can be cancelled', async () => {
  const client = open();
  await client.call('session.signIn', { pin: PINS.manager });
  const { orderId } = await client.call('sale.addItem', { sku: COLA, quantity: 9_999 });
  fromServer(`${TOO_DEAR}; UPDATE staff SET role = 'cashier' WHERE user_id = 'sam.okafor'`);
  await until(() => logged.some((line) => line.includes('came from the server')));
  // What else came counts all the same.
  expect((await client.call('status.get', {})).person?.role).toBe('cashier');
  expect((await client.call('sale.cancel', { orderId })).lines).toEqual([]);
});

test('a sale that such a price has caught does not keep the till from starting', async () => {
  const first = open();
  await first.call('session.signIn', { pin: PINS.manager });
  await first.call('sale.addItem', { sku: COLA, quantity: 9_999 });
  await terminal?.close();
  fromServer(TOO_DEAR);
  const client = open();
  await client.call('session.signIn', { pin: PINS.manager });
  expect((await client.call('sale.get', {})).lines).toEqual([]);
  expect(logged.some((line) => line.includes(COLA))).toBe(true);
});
