/** Starts server, till and virtual printer, keeps the server up, and stops all of it in order. */
import path from 'node:path';
import { existsSync } from 'node:fs';
import { startVirtualPrinter, type VirtualPrinter } from '#hardware/virtual/virtual-printer.ts';
import type { ImportProgress } from '#main/importing/import-catalogue.ts';
import { ServiceError } from './child-service.ts';
import type { BoxFolders } from './data-folder.ts';
import { DEMO_LOCATION, DEMO_TERMINAL, setUpDemoTill } from './demo-shop.ts';
import { enrolTerminal, readAdminKey } from './enrol.ts';
import { onNextFreePort } from './next-free-port.ts';
import {
  type ServerProcess,
  type TerminalProcess,
  startServerProcess,
  startTerminalProcess,
} from './services.ts';

/** From the asked port upwards: the till, its server, the printer's page, the printer. */
const SERVER_OFFSET = 1;
const PAGE_OFFSET = 2;
const PRINTER_OFFSET = 3;
const SERVER_RESTART_MS = 1_000;

export interface StoreInABox {
  readonly terminal: TerminalProcess;
  readonly printer: VirtualPrinter;
  readonly serverUrl: string;
  /** Resolves when the till's process ended although nobody asked. */
  readonly terminalDied: Promise<void>;
  stop(): Promise<void>;
}

export interface BoxOptions {
  readonly folders: BoxFolders;
  readonly port: number;
  readonly onStep: (step: string) => void;
  readonly onImport: (progress: ImportProgress) => void;
}

export async function startStoreInABox({
  folders,
  port,
  onStep,
  onImport,
}: BoxOptions): Promise<StoreInABox> {
  onStep('Starting the central server (the first start makes its database: a few seconds)');
  const server = await keepServerUp(folders, port + SERVER_OFFSET, onStep);
  try {
    const printer = await onNextFreePort(
      port + PRINTER_OFFSET,
      (printerPort) =>
        onNextFreePort(
          port + PAGE_OFFSET,
          (pagePort) => startVirtualPrinter({ printerPort, pagePort }),
          (error) => isTaken(error) && portOf(error) !== printerPort,
        ),
      isTaken,
    );
    const printerAddress = { host: '127.0.0.1', port: printer.printerPort };
    try {
      if (!existsSync(folders.terminal)) {
        onStep('Setting up the till and its demo catalogue');
        const token = await enrolTerminal(server.url, readAdminKey(folders.server), {
          terminalId: DEMO_TERMINAL,
          locationId: DEMO_LOCATION,
        });
        await setUpDemoTill({
          folder: folders.terminal,
          server: { url: server.url, token },
          printer: printerAddress,
          onProgress: onImport,
        });
      }
      onStep('Starting the till');
      const terminal = await onNextFreePort(
        port,
        (free) =>
          startTerminalProcess({
            data: folders.terminal,
            port: free,
            server: server.url,
            printer: `${printerAddress.host}:${printerAddress.port}`,
            log: path.join(folders.logs, 'terminal.log'),
          }),
        isTaken,
      );
      return {
        terminal,
        printer,
        serverUrl: server.url,
        terminalDied: terminal.exited,
        async stop() {
          await terminal.stop();
          await server.stop();
          await printer.close();
        },
      };
    } catch (error) {
      await printer.close();
      throw error;
    }
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** A server that dies is started again on its port; the till sells on meanwhile and catches up. */
async function keepServerUp(folders: BoxFolders, firstPort: number, onStep: (step: string) => void) {
  const launch = (port: number) =>
    startServerProcess({ data: folders.server, port, log: path.join(folders.logs, 'server.log') });
  let current: ServerProcess = await onNextFreePort(firstPort, launch, isTaken);
  const { url } = current;
  let stopping = false;
  watch(current);

  function watch(server: ServerProcess): void {
    void server.exited.then(() => {
      if (!stopping) setTimeout(() => void restart(), SERVER_RESTART_MS);
    });
  }

  async function restart(): Promise<void> {
    if (stopping) return;
    onStep('The central server ended; starting it again. The till sells on.');
    try {
      current = await launch(Number(new URL(url).port));
      if (stopping) await current.stop();
      else watch(current);
    } catch {
      setTimeout(() => void restart(), SERVER_RESTART_MS);
    }
  }

  return {
    url,
    async stop() {
      stopping = true;
      await current.stop();
    },
  };
}

function isTaken(error: unknown): boolean {
  if (error instanceof ServiceError) return error.code === 'port_taken';
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function portOf(error: unknown): unknown {
  return error instanceof Error && 'port' in error ? error.port : undefined;
}
