/**
 * Power cuts of a server with its embedded database, while a till sends it what it sells: what the server has acknowledged
 * must be there when it comes back, before the till can send it again.
 */
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { enrolTerminal } from '#box/enrol.ts';
import { type TemporaryFolder, temporaryFolder } from '#main/test-support/temporary-folder.ts';
import { type Random, between } from '../random.ts';
import { differencesOfLog, headOnServer } from './compare-with-server.ts';
import { type FaultProxy, openFaultProxy } from './fault-proxy.ts';
import { type KillableServer, makeServerData, startKillableServer } from './killable-server.ts';
import { loseUnsynced } from './lose-unsynced.ts';
import { type TillOnLine, openTillOnLine } from './till-on-line.ts';
import { compileLayer, layerEnvironment } from './unsynced-layer.ts';
import { until } from './until.ts';

export interface ServerPowerCuts {
  readonly rounds: number;
  /** Events that the till had an acknowledgement for before a cut. */
  readonly acknowledged: number;
  readonly unsynced: number;
  /** Acknowledged events that the server did not have when it came back. */
  readonly lost: number;
  readonly flaws: readonly string[];
}

export interface ServerPowerCutOptions {
  readonly rounds: number;
  readonly random: Random;
  /** The sabotage: a disk that says "synced" and is not. */
  readonly deaf?: boolean;
  readonly onRound?: (round: number, acknowledged: number) => void;
}

const TERMINAL = { terminalId: 'T1', locationId: 'STORE-001' } as const;
const MOST_ACKNOWLEDGEMENTS = 12;
const LONGEST_DELAY_MS = 12;
const SHARE_OF_TORN = 0.5;

export async function powerCutsOfServer(options: ServerPowerCutOptions): Promise<ServerPowerCuts> {
  const temporary = temporaryFolder();
  const cleanUp: (() => Promise<void>)[] = [async () => temporary.remove()];
  try {
    return await cutAndCompare(options, await openStage(options, temporary, cleanUp));
  } finally {
    for (const step of cleanUp.reverse()) await step();
  }
}

interface Stage {
  readonly data: string;
  readonly journal: string;
  readonly proxy: FaultProxy;
  readonly till: TillOnLine;
  readonly server: KillableServer;
  restart(): Promise<void>;
}

async function openStage(
  { random, deaf = false }: ServerPowerCutOptions,
  temporary: TemporaryFolder,
  cleanUp: (() => Promise<void>)[],
): Promise<Stage> {
  const library = compileLayer(temporary.path);
  const data = temporary.join('disk', 'server');
  const journal = temporary.join('unsynced');
  mkdirSync(temporary.join('disk'));
  await makeServerData(data);
  const start = () => startKillableServer(data, layerEnvironment({ library, watched: data, journal, deaf }));
  let server = await start();
  cleanUp.push(() => server.kill());
  const token = await enrolTerminal(server.url, server.adminKey, TERMINAL);
  const proxy = await openFaultProxy(server.url, random);
  cleanUp.push(() => proxy.close());
  const till = openTillOnLine({ folder: temporary.join('till'), ...TERMINAL, url: proxy.url, token });
  cleanUp.push(async () => till.close());
  return {
    data,
    journal,
    proxy,
    till,
    get server() {
      return server;
    },
    async restart() {
      server = await start();
    },
  };
}

async function cutAndCompare(
  { rounds, random, deaf = false, onRound = () => undefined }: ServerPowerCutOptions,
  stage: Stage,
): Promise<ServerPowerCuts> {
  const { till, proxy, data, journal } = stage;
  let [acknowledged, unsynced, lost] = [0, 0, 0];
  for (let round = 1; round <= rounds; round += 1) {
    await sellUntilKilled(stage, random);
    acknowledged = till.ackedThrough();
    // A disk that lies would leave a torn database that nobody can open; losing all of it leaves an old one.
    const torn = !deaf && random() < SHARE_OF_TORN;
    unsynced += loseUnsynced(data, journal, torn ? random : undefined).unsynced;
    await stage.restart();
    // The new process has a port of its own, which the till does not know yet.
    lost += Math.max(0, acknowledged - (await headOnServer(stage.server, till.terminalId)));
    proxy.leadTo(stage.server.url);
    onRound(round, acknowledged);
  }
  const flaws = lost > 0 ? [] : await drained(stage);
  return { rounds, acknowledged, unsynced, lost, flaws };
}

async function sellUntilKilled({ till, server }: Stage, random: Random): Promise<void> {
  await until('the till is connected', () => till.status().up.offlineSince === null);
  let acknowledgements = between(random, 1, MOST_ACKNOWLEDGEMENTS);
  for (let known = till.ackedThrough(); acknowledgements > 0;) {
    till.sell(1);
    await sleep(1);
    const now = till.ackedThrough();
    if (now !== known) acknowledgements -= 1;
    known = now;
  }
  till.sell(between(random, 1, 3));
  await sleep(random() * LONGEST_DELAY_MS);
  await server.kill();
  // Then every answer that came is in its cursor.
  await until('the till notices', () => till.status().up.offlineSince !== null);
}

async function drained({ till, server }: Stage): Promise<readonly string[]> {
  const written = till.events();
  await until('the till is drained', () => till.ackedThrough() === written.length);
  return differencesOfLog(server, till.terminalId, written);
}
