/**
 * A whole store for one test: server and till in processes of their own, a virtual printer in this one, and a
 * fresh data folder. Tests start from the services' ready lines, never from a sleep.
 */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as base, expect } from '@playwright/test';
import { z } from 'zod';
import { DEMO_LOCATION, DEMO_PRINTER_MODEL, DEMO_TERMINAL, setUpDemoTill } from '#box/demo-shop.ts';
import { asker } from '#box/ask-server.ts';
import { enrolByCode, enrolTerminal, readAdminKey } from '#box/enrol.ts';
import { fillServer } from '#box/fill-server.ts';
import { freePort } from '#box/next-free-port.ts';
import {
  type ServerProcess,
  type TerminalProcess,
  startServerProcess,
  startTerminalProcess,
} from '#box/services.ts';
import { type VirtualPrinter, startVirtualPrinter } from '#hardware/virtual/virtual-printer.ts';

export interface TestStore {
  readonly folder: string;
  readonly serverData: string;
  readonly tillData: string;
  readonly printer: VirtualPrinter;
  /** null while stopped */
  server: ServerProcess | null;
  till: TerminalProcess;
  startServer(): Promise<void>;
  stopServer(): Promise<void>;
  restartTill(): Promise<void>;
  /** An authorised GET of the server's API, parsed as JSON. */
  readonly ask: (query: string) => Promise<unknown>;
  /** Another price for an item, on the server. */
  readonly setPrice: (sku: string, dollars: number) => Promise<void>;
}

/**
 * - `from files`: the till was set up before it had a server, as those of 0.1.0; the server keeps nothing but its events
 * - `from server`: the server keeps the shop, and the till was enrolled by a code
 */
export type SetUp = 'from files' | 'from server';

/** Databases of servers that no till has seen: making one takes three seconds, copying it a fraction. */
const templates = new Map<SetUp, string>();

async function serverTemplate(setUp: SetUp): Promise<string> {
  const made = templates.get(setUp);
  if (made !== undefined && existsSync(made)) return made;
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'holdfast-e2e-template-')), 'server');
  const server = await startServerProcess({ data: folder, port: 0, log: `${folder}.log` });
  if (setUp === 'from server') {
    await fillServer({ serverUrl: server.url, adminKey: readAdminKey(folder), openingStock: true });
  }
  await server.stop();
  process.once('exit', () => rmSync(path.dirname(folder), { recursive: true, force: true }));
  templates.set(setUp, folder);
  return folder;
}

const versionSchema = z.object({ version: z.int() });

async function openStore(setUp: SetUp): Promise<TestStore> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-e2e-'));
  const serverData = path.join(folder, 'server');
  const tillData = path.join(folder, 'till');
  cpSync(await serverTemplate(setUp), serverData, { recursive: true });
  const printer = await startVirtualPrinter({ printerPort: 0, pagePort: 0 });
  const serverPort = await freePort();
  const launchServer = () =>
    startServerProcess({ data: serverData, port: serverPort, log: path.join(folder, 'server.log') });
  const launchTill = () =>
    startTerminalProcess({ data: tillData, port: 0, log: path.join(folder, 'till.log') });
  const server = await launchServer();
  await makeTill(setUp, { folder, tillData, url: server.url, adminKey: readAdminKey(serverData), printer });
  const request = asker(server.url, readAdminKey(serverData));
  const store: TestStore = {
    folder,
    serverData,
    tillData,
    printer,
    server,
    till: await launchTill(),
    async startServer() {
      store.server = await launchServer();
    },
    async stopServer() {
      await store.server?.stop();
      store.server = null;
    },
    async restartTill() {
      store.till = await launchTill();
    },
    ask: (query) => request({ method: 'GET', path: query }),
    async setPrice(sku, price) {
      const { version } = versionSchema.parse(await request({ method: 'GET', path: `/api/items/${sku}` }));
      await request({ method: 'PUT', path: `/api/items/${sku}`, body: { sku, price }, version });
    },
  };
  return store;
}

interface NewTill {
  readonly folder: string;
  readonly tillData: string;
  readonly url: string;
  readonly adminKey: string;
  readonly printer: VirtualPrinter;
}

async function makeTill(setUp: SetUp, { folder, tillData, url, adminKey, printer }: NewTill): Promise<void> {
  const place = { host: '127.0.0.1', port: printer.printerPort };
  if (setUp === 'from server') {
    await enrolByCode(url, adminKey, {
      folder: tillData,
      codeFile: path.join(folder, 'code'),
      printer: { ...place, model: DEMO_PRINTER_MODEL },
    });
    return;
  }
  const token = await enrolTerminal(url, adminKey, { terminalId: DEMO_TERMINAL, locationId: DEMO_LOCATION });
  await setUpDemoTill({ folder: tillData, server: { url, token }, printer: place });
}

async function closeStore(store: TestStore): Promise<void> {
  await store.till.stop();
  await store.stopServer();
  await store.printer.close();
  rmSync(store.folder, { recursive: true, force: true });
}

export const test = base.extend<{ setUp: SetUp; store: TestStore }>({
  setUp: ['from files', { option: true }],
  store: async ({ setUp }, use) => {
    const store = await openStore(setUp);
    await use(store);
    await closeStore(store);
  },
});

export { expect };
