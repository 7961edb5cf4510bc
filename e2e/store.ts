/**
 * A whole store for one test: server and till in processes of their own, a virtual printer in this one, and a
 * fresh data folder. Tests start from the services' ready lines, never from a sleep.
 */
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test as base, expect } from '@playwright/test';
import { DEMO_LOCATION, DEMO_TERMINAL, setUpDemoTill } from '#box/demo-shop.ts';
import { enrolTerminal, readAdminKey } from '#box/enrol.ts';
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
}

/** The database of a server that has never been used: making one takes three seconds, copying it a fraction. */
let unusedServer: string | undefined;

async function unusedServerData(): Promise<string> {
  if (unusedServer !== undefined && existsSync(unusedServer)) return unusedServer;
  const folder = path.join(mkdtempSync(path.join(tmpdir(), 'holdfast-e2e-template-')), 'server');
  const server = await startServerProcess({ data: folder, port: 0, log: `${folder}.log` });
  await server.stop();
  process.once('exit', () => rmSync(path.dirname(folder), { recursive: true, force: true }));
  unusedServer = folder;
  return folder;
}

async function openStore(): Promise<TestStore> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-e2e-'));
  const serverData = path.join(folder, 'server');
  const tillData = path.join(folder, 'till');
  cpSync(await unusedServerData(), serverData, { recursive: true });
  const printer = await startVirtualPrinter({ printerPort: 0, pagePort: 0 });
  const serverPort = await freePort();
  const launchServer = () =>
    startServerProcess({ data: serverData, port: serverPort, log: path.join(folder, 'server.log') });
  const launchTill = () =>
    startTerminalProcess({ data: tillData, port: 0, log: path.join(folder, 'till.log') });
  const server = await launchServer();
  const token = await enrolTerminal(server.url, readAdminKey(serverData), {
    terminalId: DEMO_TERMINAL,
    locationId: DEMO_LOCATION,
  });
  await setUpDemoTill({
    folder: tillData,
    server: { url: server.url, token },
    printer: { host: '127.0.0.1', port: printer.printerPort },
  });
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
    ask: async (query) => {
      const response = await fetch(new URL(query, server.url), {
        headers: { authorization: `Bearer ${readAdminKey(serverData)}` },
      });
      expect(response.ok, `${query}: ${response.status}`).toBe(true);
      const body: unknown = await response.json();
      return body;
    },
  };
  return store;
}

async function closeStore(store: TestStore): Promise<void> {
  await store.till.stop();
  await store.stopServer();
  await store.printer.close();
  rmSync(store.folder, { recursive: true, force: true });
}

export const test = base.extend<{ store: TestStore }>({
  store: async ({}, use) => {
    const store = await openStore();
    await use(store);
    await closeStore(store);
  },
});

export { expect };
