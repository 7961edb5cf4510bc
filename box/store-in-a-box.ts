/** Starts server, printer and till in this order, and stops them in the reverse one, also when a start fails half-way. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type VirtualPrinter, startVirtualPrinter } from '#hardware/virtual/virtual-printer.ts';
import { ServiceError } from './child-service.ts';
import type { BoxFolders } from './data-folder.ts';
import { broughtCounts } from './brought-counts.ts';
import { catalogueLoaded } from './catalogue-loaded.ts';
import { DEMO_LOCATION, DEMO_PRINTER_MODEL, DEMO_TERMINAL } from './demo-shop.ts';
import { changeSyncToken } from '#main/setup/change-sync-token.ts';
import { enrolByCode, enrolTerminal, isEnrolled, readAdminKey } from './enrol.ts';
import { fillServer } from './fill-server.ts';
import { keepServerUp } from './keep-server-up.ts';
import { onNextFreePort } from './next-free-port.ts';
import { startTerminalProcess } from './services.ts';
import { electronIsHere, startInElectron } from './till-window.ts';

/** From the asked port upwards: the till, its server, the printer's page, the printer. */
const SERVER_OFFSET = 1;
const PAGE_OFFSET = 2;
const PRINTER_OFFSET = 3;

/** How the till is shown: a browser opens its link once, Electron has a window of its own. */
export type TillHost =
  | { readonly kind: 'browser'; readonly link: string; readonly exited: Promise<void>; stop(): Promise<void> }
  | { readonly kind: 'electron'; readonly exited: Promise<void>; stop(): Promise<void> };

export interface StoreInABox {
  readonly till: TillHost;
  readonly printer: VirtualPrinter;
  readonly serverUrl: string;
  stop(): Promise<void>;
}

export interface BoxOptions {
  readonly folders: BoxFolders;
  readonly port: number;
  /** Whether a window may be opened. */
  readonly open: boolean;
  /** A stop that is asked for during the start takes effect at its next step. */
  readonly signal: AbortSignal;
  readonly onStep: (step: string) => void;
}

/** @throws {ServiceError} in words for the person; everything that was started is stopped again */
export async function startStoreInABox(options: BoxOptions): Promise<StoreInABox> {
  const { folders, port, signal } = options;
  const onStep = (step: string): void => {
    signal.throwIfAborted();
    options.onStep(step);
  };
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const stopOne of stops.splice(0).reverse()) await stopOne();
  };
  try {
    onStep('Starting the central server (the first start makes its database: a few seconds)');
    const server = await keepServerUp(folders, port + SERVER_OFFSET, options.onStep);
    stops.push(() => server.stop());
    signal.throwIfAborted();
    await fillServer({
      serverUrl: server.url,
      adminKey: readAdminKey(folders.server),
      openingStock: !broughtCounts(folders.terminal),
    });
    const printer = await startPrinter(port);
    stops.push(() => printer.close());
    await setUpOnce(options, server.url, printer.printerPort);
    onStep('Starting the till');
    const till = await startTill(options, server.url, printer.printerPort);
    stops.push(() => till.stop());
    onStep('Loading the catalogue into the till');
    await catalogueLoaded(folders.terminal, signal);
    signal.throwIfAborted();
    return { till, printer, serverUrl: server.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Two ports, found one after the other, so that a taken one is never mistaken for its neighbour. */
async function startPrinter(port: number): Promise<VirtualPrinter> {
  return onNextFreePort(
    port + PAGE_OFFSET,
    (pagePort) =>
      onNextFreePort(
        Math.max(pagePort + 1, port + PRINTER_OFFSET),
        (printerPort) => startVirtualPrinter({ printerPort, pagePort }),
        (error) => isTaken(error) && portOf(error) !== pagePort,
      ),
    isTaken,
  );
}

/** As IT does it: a one-time code from the server, and the till gets everything else from there. */
async function setUpOnce(
  { folders, onStep }: BoxOptions,
  serverUrl: string,
  printerPort: number,
): Promise<void> {
  if (existsSync(folders.terminal)) {
    await enrolAgainIfForgotten(folders, serverUrl);
    return;
  }
  onStep('Setting up the till by an enrolment code');
  await enrolByCode(serverUrl, readAdminKey(folders.server), {
    folder: folders.terminal,
    codeFile: folders.enrolmentCode,
    printer: { host: '127.0.0.1', port: printerPort, model: DEMO_PRINTER_MODEL },
  });
}

/** A server that lost its data does not know the till any more. With a new token the till sends it everything again. */
async function enrolAgainIfForgotten(folders: BoxFolders, serverUrl: string): Promise<void> {
  const adminKey = readAdminKey(folders.server);
  if (await isEnrolled(serverUrl, adminKey, DEMO_TERMINAL)) return;
  const token = await enrolTerminal(serverUrl, adminKey, {
    terminalId: DEMO_TERMINAL,
    locationId: DEMO_LOCATION,
  });
  changeSyncToken(folders.terminal, token);
}

async function startTill(
  { folders, port, open, onStep }: BoxOptions,
  server: string,
  printerPort: number,
): Promise<TillHost> {
  const till = {
    data: folders.terminal,
    server,
    printer: `127.0.0.1:${printerPort}`,
    log: path.join(folders.logs, 'terminal.log'),
  };
  if (open && electronIsHere()) {
    const window = await startInElectron(till, onStep);
    if (window) return { kind: 'electron', ...window };
  }
  const process = await onNextFreePort(
    port,
    (free) => startTerminalProcess({ ...till, port: free }),
    isTaken,
  );
  return { kind: 'browser', link: process.link, exited: process.exited, stop: () => process.stop() };
}

function isTaken(error: unknown): boolean {
  if (error instanceof ServiceError) return error.code === 'port_taken';
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function portOf(error: unknown): unknown {
  return error instanceof Error && 'port' in error ? error.port : undefined;
}
