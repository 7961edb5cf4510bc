/**
 * Rings sales through the API while the till's process, and in other rounds the server's, is killed with SIGKILL at
 * random moments. Then heals, waits until the outbox is empty, and compares three books: what the driver was told,
 * what the till has, what the server has.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startVirtualPrinter } from '#hardware/virtual/virtual-printer.ts';
import { DEMO_LOCATION, DEMO_TERMINAL, demoFiles, setUpDemoTill } from '#box/demo-shop.ts';
import { enrolTerminal, readAdminKey } from '#box/enrol.ts';
import { freePort } from '#box/next-free-port.ts';
import {
  type ServerProcess,
  type TerminalProcess,
  startServerProcess,
  startTerminalProcess,
} from '#box/services.ts';
import { type TillClient, connectTill } from '#box/till-client.ts';
import { readCatalogueCsv } from '#main/importing/read-catalogue-csv.ts';
import { readStaff } from '#main/setup/shop-files.ts';
import { type Random, between, seededRandom } from '../random.ts';
import { type Ledger, ringSales } from './ring-sales.ts';
import { type ServerBooks, readServerBooks } from './server-books.ts';
import { type TillBooks, readTillBooks } from './till-books.ts';

export interface TortureOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly onRound: (round: number, victim: Victim, sales: number) => void;
}

export interface TortureReport {
  readonly rounds: number;
  readonly sales: number;
  /** Acknowledged sales that the till or the server does not have, or has with another total. */
  readonly lost: number;
  /** Orders that are there more than once. */
  readonly duplicated: number;
  readonly chain_breaks: number;
  /** Stock figures in which till and server differ. */
  readonly stock_errors: number;
  readonly seed: number;
  readonly kills: { readonly terminal: number; readonly server: number };
  /** Everything else that must not be, in words. */
  readonly flaws: readonly string[];
}

type Victim = 'terminal' | 'server';

/** A kill falls somewhere in this time: in the start, in the first sale, or in the middle of many. */
const LONGEST_ROUND_MS = 1_200;
const HEAL_DEADLINE_MS = 120_000;

export async function torture({ rounds, seed, onRound }: TortureOptions): Promise<TortureReport> {
  const random = seededRandom(seed);
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-torture-'));
  const printer = await startVirtualPrinter({ printerPort: 0, pagePort: 0 });
  const shop = await openShop(folder, printer.printerPort);
  const ledger: Ledger = { acknowledged: new Map(), unanswered: new Map() };
  const kills = { terminal: 0, server: 0 };
  try {
    for (let round = 1; round <= rounds; round += 1) {
      const victim: Victim = round % 2 === 1 ? 'terminal' : 'server';
      await playRound(shop, victim, random, ledger);
      kills[victim] += 1;
      onRound(round, victim, ledger.acknowledged.size);
    }
    await heal(shop, ledger, random);
    const server = await readServerBooks(
      shop.server.url,
      readAdminKey(shop.serverData),
      DEMO_TERMINAL,
      DEMO_LOCATION,
    );
    await shop.terminal.stop();
    const till = readTillBooks(shop.tillData);
    return { rounds, sales: ledger.acknowledged.size, seed, kills, ...compare(ledger, till, server) };
  } finally {
    await shop.terminal.stop();
    await shop.server.stop();
    await printer.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Shop {
  readonly serverData: string;
  readonly tillData: string;
  readonly serverPort: number;
  readonly skus: readonly string[];
  readonly pin: string;
  server: ServerProcess;
  terminal: TerminalProcess;
  restartServer(): Promise<void>;
  restartTerminal(): Promise<void>;
}

async function openShop(folder: string, printerPort: number): Promise<Shop> {
  const serverData = path.join(folder, 'server');
  const tillData = path.join(folder, 'till');
  const serverPort = await freePort();
  const launchServer = () =>
    startServerProcess({ data: serverData, port: serverPort, log: path.join(folder, 'server.log') });
  const launchTerminal = () =>
    startTerminalProcess({ data: tillData, port: 0, log: path.join(folder, 'till.log') });
  const server = await launchServer();
  const token = await enrolTerminal(server.url, readAdminKey(serverData), {
    terminalId: DEMO_TERMINAL,
    locationId: DEMO_LOCATION,
  });
  await setUpDemoTill({
    folder: tillData,
    server: { url: server.url, token },
    printer: { host: '127.0.0.1', port: printerPort },
  });
  const { rows } = await readCatalogueCsv(demoFiles.catalogue, () => undefined);
  const shop: Shop = {
    serverData,
    tillData,
    serverPort,
    skus: rows.filter(({ item }) => item.active).map(({ item }) => item.sku),
    pin: readStaff(demoFiles.staff)[0]?.pin ?? '',
    server,
    terminal: await launchTerminal(),
    async restartServer() {
      shop.server = await launchServer();
    },
    async restartTerminal() {
      shop.terminal = await launchTerminal();
    },
  };
  return shop;
}

async function playRound(shop: Shop, victim: Victim, random: Random, ledger: Ledger): Promise<void> {
  const till = await signIn(shop);
  const killAfter = between(random, 0, LONGEST_ROUND_MS);
  let over = false;
  const ringing = ringSales(till, shop.skus, random, ledger, () => over);
  await sleep(killAfter);
  if (victim === 'terminal') {
    await shop.terminal.kill();
    await ringing;
    till.close();
    await shop.restartTerminal();
    return;
  }
  // Selling goes on while the server is away, and while it comes back.
  await shop.server.kill();
  await shop.restartServer();
  over = true;
  await ringing;
  till.close();
  // The link opened its session once; a new round needs a new one.
  await shop.terminal.stop();
  await shop.restartTerminal();
}

async function signIn(shop: Shop): Promise<TillClient> {
  const till = await connectTill(shop.terminal.link);
  await till.call('session.signIn', { pin: shop.pin });
  return till;
}

/** Both up, every unanswered tender asked about again, and quiet until the outbox is empty. */
async function heal(shop: Shop, ledger: Ledger, random: Random): Promise<void> {
  const till = await signIn(shop);
  await ringSales(till, shop.skus, random, ledger, () => true);
  const deadline = performance.now() + HEAL_DEADLINE_MS;
  for (;;) {
    const { sync } = await till.call('status.get', {});
    if (sync.waiting === 0 && sync.state === 'live') break;
    if (performance.now() > deadline) throw new Error(`Not healed: ${JSON.stringify(sync)}`);
    await sleep(50);
  }
  till.close();
}

type Comparison = Pick<TortureReport, 'lost' | 'duplicated' | 'chain_breaks' | 'stock_errors' | 'flaws'>;

function compare({ acknowledged, unanswered }: Ledger, till: TillBooks, server: ServerBooks): Comparison {
  const flaws = [...till.flaws];
  const tillOrders = new Map(till.orders.map((order) => [order.orderId, order.total]));
  const serverOrders = new Map(server.orders.map((order) => [order.orderId, order.total]));
  let lost = 0;
  for (const { orderId, total } of acknowledged.values()) {
    if (tillOrders.get(orderId) !== total || serverOrders.get(orderId) !== total) lost += 1;
  }
  const duplicated =
    till.orders.length -
    tillOrders.size +
    server.orders.length -
    serverOrders.size +
    server.completed.length -
    new Set(server.completed).size;
  for (const orderId of tillOrders.keys()) {
    if (!acknowledged.has(orderId) && !unanswered.has(orderId)) flaws.push(`${orderId} was never tendered`);
  }
  if (tillOrders.size !== serverOrders.size)
    flaws.push(`till has ${tillOrders.size} orders, server ${serverOrders.size}`);
  if (till.lastSeq !== server.lastSeq)
    flaws.push(`till wrote ${till.lastSeq} events, server has ${server.lastSeq}`);
  if (till.unprocessed !== 0) flaws.push(`${till.unprocessed} events still wait`);
  const skus = new Set([...till.stock.keys(), ...server.stock.keys()]);
  const stockErrors = [...skus].filter((sku) => (till.stock.get(sku) ?? 0) !== (server.stock.get(sku) ?? 0));
  return {
    lost,
    duplicated,
    chain_breaks: (till.chainWhole ? 0 : 1) + (server.chainWhole ? 0 : 1),
    stock_errors: stockErrors.length,
    flaws,
  };
}
