/**
 * Kills a till in the middle of its sync, and now and then its server: during the snapshot's download and installation, while
 * pages and acknowledgements are written down, while batches are under way. Then lets both live, and compares.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { asker } from '#box/ask-server.ts';
import { enrolTerminal } from '#box/enrol.ts';
import { type TemporaryFolder, temporaryFolder } from '#main/test-support/temporary-folder.ts';
import { type Random, between } from '../random.ts';
import { largeCatalogue } from '../till/large-catalogue.ts';
import { differencesOfLog, headOnServer, serverStock } from './compare-with-server.ts';
import { type FaultProxy, openFaultProxy } from './fault-proxy.ts';
import { judgeStore } from './judge-store.ts';
import { type KillableServer, makeServerData, startKillableServer } from './killable-server.ts';
import { changePrices, fillShop, serverCatalogue } from './shop-on-server.ts';
import { type TillOnLineOptions, openTillOnLine } from './till-on-line.ts';
import { until } from './until.ts';

export interface KillLoopReport {
  readonly tillKills: number;
  readonly serverKills: number;
  readonly sold: number;
  /** What the till was doing with what comes down when it died, and how often. */
  readonly diedWhile: Readonly<Record<string, number>>;
  readonly flaws: readonly string[];
}

export interface KillLoopOptions {
  readonly rounds: number;
  /** Every so many rounds the server dies as well, before the till. */
  readonly serverEvery: number;
  readonly random: Random;
}

const TERMINAL = { terminalId: 'T1', locationId: 'STORE-001' } as const;
const ITEMS = 3_000;
const ITEMS_OF_TILL = 40;
/** At what the kills are aimed: at the snapshot, until it is in, and then at the pages. */
const FIRST_AIMS = ['loading', 'installing', 'loading', 'installing', 'current'] as const;
const LATER_AIM = 'pulling on';
/** Words of the till in the state that is aimed at. */
const MOST_WORDS = 4;
/** Behind the last of them, so that it dies in what follows as well. */
const LONGEST_DELAY_MS = 150;
/** Between two changes of prices. */
const LONGEST_REST_MS = 80;
/** A state that has passed, or does not come: it dies all the same. */
const LONGEST_LIFE_MS = 6_000;

export async function killLoop(options: KillLoopOptions): Promise<KillLoopReport> {
  const temporary = temporaryFolder();
  const cleanUp: (() => Promise<void>)[] = [async () => temporary.remove()];
  try {
    return await killAndCompare(options, await openStage(temporary, options.random, cleanUp));
  } finally {
    for (const step of cleanUp.reverse()) await step();
  }
}

interface Stage {
  readonly proxy: FaultProxy;
  readonly till: TillOnLineOptions;
  readonly server: KillableServer;
  restartServer(): Promise<void>;
}

const ITEMS_OF_SHOP = [...largeCatalogue(ITEMS)];

async function openStage(
  temporary: TemporaryFolder,
  random: Random,
  cleanUp: (() => Promise<void>)[],
): Promise<Stage> {
  const data = temporary.join('server');
  await makeServerData(data);
  let server = await startKillableServer(data);
  cleanUp.push(() => server.kill());
  await fillShop(asker(server.url, server.adminKey), ITEMS_OF_SHOP);
  const token = await enrolTerminal(server.url, server.adminKey, TERMINAL);
  const proxy = await openFaultProxy(server.url, random);
  cleanUp.push(() => proxy.close());
  return {
    proxy,
    till: {
      ...TERMINAL,
      folder: temporary.join('till'),
      url: proxy.url,
      token,
      down: true,
      items: ITEMS_OF_TILL,
    },
    get server() {
      return server;
    },
    async restartServer() {
      server = await startKillableServer(data);
    },
  };
}

async function killAndCompare(
  { rounds, serverEvery, random }: KillLoopOptions,
  stage: Stage,
): Promise<KillLoopReport> {
  const sold = new Set<string>();
  const flaws = new Set<string>();
  const diedWhile: Record<string, number> = {};
  let serverKills = 0;
  // A line on which a download takes a moment.
  stage.proxy.set({ largestPiece: 8_000, bytesPerSecond: 1_000_000 });
  for (let round = 1; round <= rounds; round += 1) {
    const killServer = round % serverEvery === 0;
    const at = FIRST_AIMS[round - 1] ?? LATER_AIM;
    // Not before the snapshot is in: each change would make another one.
    const pricesChange = round > FIRST_AIMS.length && !killServer;
    const words = await liveAndDie(stage, { at, random, killServer, pricesChange });
    for (const order of words.sold) sold.add(order);
    diedWhile[words.down] = (diedWhile[words.down] ?? 0) + 1;
    if (killServer) {
      serverKills += 1;
      await stage.restartServer();
      const head = await headOnServer(stage.server, TERMINAL.terminalId);
      if (head < words.acked) flaws.add(`the server acknowledged ${words.acked} and came back with ${head}`);
      stage.proxy.leadTo(stage.server.url);
    }
    const found = judgeStore(stage.till.folder, {
      sold,
      acked: words.acked,
      itemCounts: [ITEMS_OF_TILL, ITEMS],
    });
    for (const flaw of found) flaws.add(`round ${round}: ${flaw}`);
  }
  await stage.proxy.heal();
  for (const flaw of await healedDifferences(stage)) flaws.add(flaw);
  return { tillKills: rounds, serverKills, sold: sold.size, diedWhile, flaws: [...flaws] };
}

const wordSchema = z.union([z.object({ sold: z.string() }), z.object({ acked: z.int(), down: z.string() })]);

interface Words {
  readonly sold: readonly string[];
  readonly acked: number;
  readonly down: string;
}

interface Aim {
  readonly at: string;
  readonly random: Random;
  /** Before the till dies. */
  readonly killServer: boolean;
  /** While it lives, again and again: so there are pages to die in. */
  readonly pricesChange: boolean;
}

async function liveAndDie(stage: Stage, { at, random, killServer, pricesChange }: Aim): Promise<Words> {
  const { till, server } = stage;
  const words = between(random, 1, MOST_WORDS);
  const script = path.join(import.meta.dirname, 'sync-until-killed.ts');
  const child = spawn(process.execPath, [script, JSON.stringify(till)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const sold: string[] = [];
  let [acked, down, heard] = [0, 'idle', 0];
  let dying: Promise<void> | undefined;
  // The last words of both still come, and count.
  const die = (): void => {
    dying ??= (killServer ? server.kill() : sleep(random() * LONGEST_DELAY_MS)).then(
      () => void child.kill('SIGKILL'),
    );
  };
  const lifeEnds = setTimeout(die, LONGEST_LIFE_MS);
  const changing = pricesChange ? changeUntil(stage, random, () => dying !== undefined) : undefined;
  for await (const text of createInterface({ input: child.stdout })) {
    const word = wordSchema.parse(JSON.parse(text));
    if ('sold' in word) sold.push(word.sold);
    else ({ acked, down } = word);
    if (down === at) heard += 1;
    if (heard === words) die();
  }
  clearTimeout(lifeEnds);
  await changing;
  const [code, signal] = (await closed) as [number | null, NodeJS.Signals | null];
  if (signal !== 'SIGKILL') throw new Error(`The till ended by itself: ${String(signal ?? code)}`);
  return { sold, acked, down };
}

async function changeUntil(stage: Stage, random: Random, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await changePrices(askOf(stage), ITEMS_OF_SHOP, random);
    await sleep(random() * LONGEST_REST_MS);
  }
}

async function healedDifferences(stage: Stage): Promise<string[]> {
  const till = openTillOnLine(stage.till);
  try {
    await until('the till is drained and current', () => {
      const { up, down } = till.status();
      return up.state === 'live' && up.ackedThrough === till.written() && down.state === 'current';
    });
    const flaws = await differencesOfLog(stage.server, TERMINAL.terminalId, till.events());
    const catalogue = await serverCatalogue(askOf(stage));
    const stock = await serverStock(stage.server, TERMINAL.locationId);
    if (!isSame(till.catalogue(), catalogue)) flaws.push('the catalogues differ');
    if (!isSame(till.stock(), stock)) flaws.push('the stocks differ');
    return flaws;
  } finally {
    till.close();
  }
}

function isSame(left: ReadonlyMap<string, unknown>, right: ReadonlyMap<string, unknown>): boolean {
  const sorted = (map: ReadonlyMap<string, unknown>) =>
    JSON.stringify([...map].sort(([one], [other]) => (one < other ? -1 : 1)));
  return sorted(left) === sorted(right);
}

function askOf({ server }: Stage) {
  return asker(server.url, server.adminKey);
}
