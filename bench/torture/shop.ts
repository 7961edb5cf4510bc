/** A store of real processes in a folder of its own: server, gate, printer and one till with the demo catalogue. */
import path from 'node:path';
import { startVirtualPrinter } from '#hardware/virtual/virtual-printer.ts';
import { DEMO_LOCATION, DEMO_TERMINAL, demoFiles, setUpDemoTill } from '#box/demo-shop.ts';
import { enrolTerminal, readAdminKey } from '#box/enrol.ts';
import {
  type ServerProcess,
  type TerminalProcess,
  startServerProcess,
  startTerminalProcess,
} from '#box/services.ts';
import { readCatalogueCsv } from '#main/importing/read-catalogue-csv.ts';
import { readStaff } from '#main/setup/shop-files.ts';
import { type ServerGate, openServerGate } from './server-gate.ts';

export interface Shop {
  readonly adminKey: string;
  readonly tillData: string;
  readonly gate: ServerGate;
  readonly skus: readonly string[];
  readonly pin: string;
  readonly server: ServerProcess;
  readonly terminal: TerminalProcess;
  /** The gate is left as it is. */
  restartServer(): Promise<void>;
  restartTerminal(): Promise<void>;
}

/** @param cleanUp gets a step for everything as soon as it runs, so that a failure half-way leaves nothing behind */
export async function openShop(folder: string, cleanUp: (() => Promise<void>)[]): Promise<Shop> {
  const serverData = path.join(folder, 'server');
  const tillData = path.join(folder, 'till');
  const printer = await startVirtualPrinter({ printerPort: 0, pagePort: 0 });
  cleanUp.push(() => printer.close());
  const gate = await openServerGate();
  cleanUp.push(() => gate.close());

  const launchServer = () =>
    startServerProcess({ data: serverData, port: 0, log: path.join(folder, 'server.log') });
  let server = await launchServer();
  cleanUp.push(() => server.stop());
  gate.open(server.url);
  const adminKey = readAdminKey(serverData);
  const token = await enrolTerminal(server.url, adminKey, {
    terminalId: DEMO_TERMINAL,
    locationId: DEMO_LOCATION,
  });
  await setUpDemoTill({
    folder: tillData,
    server: { url: gate.url, token },
    printer: { host: '127.0.0.1', port: printer.printerPort },
  });
  const { rows } = await readCatalogueCsv(demoFiles.catalogue, () => undefined);

  const launchTerminal = () =>
    startTerminalProcess({ data: tillData, port: 0, log: path.join(folder, 'till.log') });
  let terminal = await launchTerminal();
  cleanUp.push(() => terminal.stop());
  return {
    adminKey,
    tillData,
    gate,
    skus: rows.filter(({ item }) => item.active).map(({ item }) => item.sku),
    pin: readStaff(demoFiles.staff)[0]?.pin ?? '',
    get server() {
      return server;
    },
    get terminal() {
      return terminal;
    },
    async restartServer() {
      server = await launchServer();
    },
    async restartTerminal() {
      terminal = await launchTerminal();
    },
  };
}
