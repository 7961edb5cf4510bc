/**
 * Rings sales through the API while the till's process, and in other rounds the server's, is killed with SIGKILL at
 * random moments. Then heals, waits until the outbox is empty, and compares three books: what the driver was told,
 * what the till has, what the server has.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO_LOCATION, DEMO_TERMINAL } from '#box/demo-shop.ts';
import { type TillClient, connectTill } from '#box/till-client.ts';
import { type Random, between, seededRandom } from '../random.ts';
import { type Comparison, compareBooks } from './compare-books.ts';
import { type Ledger, newLedger } from './ledger.ts';
import { ringSales } from './ring-sales.ts';
import { readServerBooks, readServerHead } from './server-books.ts';
import { type Shop, openShop } from './shop.ts';
import { readTillBooks } from './till-books.ts';

export interface TortureOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly onRound: (round: number, victim: Victim, sales: number) => void;
  /** Ends the torture early, with everything cleaned up. */
  readonly signal: AbortSignal;
}

export interface TortureReport {
  readonly rounds: number;
  readonly sales: number;
  /** Acknowledged sales and events that the till or the server does not have. */
  readonly lost: number;
  /** Orders and events of an order that are there more than once. */
  readonly duplicated: number;
  readonly chain_breaks: number;
  /** Stock figures in which till and server differ. */
  readonly stock_errors: number;
  readonly seed: number;
  readonly kills: { readonly terminal: number; readonly server: number };
  /** Everything else that must not be, in words; also why the torture could not be finished. */
  readonly flaws: readonly string[];
}

type Victim = 'terminal' | 'server';

/** A kill falls somewhere in this time: in the start, in the first sale, or in the middle of many. */
const LONGEST_ROUND_MS = 1_200;
/** Nothing is acknowledged when nothing was sold, or while the till waits to connect again. */
const LONGEST_WAIT_FOR_ACKNOWLEDGEMENT_MS = 2_000;
const OFFLINE_DEADLINE_MS = 30_000;
const HEAL_DEADLINE_MS = 120_000;

/** Rejects never: what goes wrong on the way is a flaw of the report. */
export async function torture(options: TortureOptions): Promise<TortureReport> {
  const { rounds, seed } = options;
  const ledger = newLedger();
  const kills = { terminal: 0, server: 0 };
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-torture-'));
  const cleanUp = [async () => rmSync(folder, { recursive: true, force: true })];
  let comparison: Comparison | undefined;
  try {
    const shop = await openShop(folder, cleanUp);
    comparison = await killAndCompare(shop, options, ledger, kills);
  } catch (error) {
    ledger.flaws.add(`the torture was not finished: ${String(error)}`);
  }
  for (const step of cleanUp.reverse()) {
    await step().catch((error: unknown) => ledger.flaws.add(`not cleaned up: ${String(error)}`));
  }
  const uncompared = {
    lost: ledger.forgottenEvents,
    duplicated: 0,
    chain_breaks: 0,
    stock_errors: 0,
    flaws: [],
  };
  const { flaws, ...figures } = comparison ?? uncompared;
  const sales = ledger.acknowledged.size;
  return { rounds, sales, seed, kills, ...figures, flaws: [...ledger.flaws, ...flaws] };
}

async function killAndCompare(
  shop: Shop,
  { rounds, seed, onRound, signal }: TortureOptions,
  ledger: Ledger,
  kills: Record<Victim, number>,
): Promise<Comparison> {
  const random = seededRandom(seed);
  for (let round = 1; round <= rounds; round += 1) {
    signal.throwIfAborted();
    const victim: Victim = round % 2 === 1 ? 'terminal' : 'server';
    await playRound(shop, victim, random, ledger);
    kills[victim] += 1;
    onRound(round, victim, ledger.acknowledged.size);
  }
  await heal(shop, ledger, random, signal);
  const server = await readServerBooks(serverOf(shop), DEMO_TERMINAL, DEMO_LOCATION);
  await shop.terminal.stop();
  return compareBooks(ledger, readTillBooks(shop.tillData), server);
}

async function playRound(shop: Shop, victim: Victim, random: Random, ledger: Ledger): Promise<void> {
  const till = await signIn(shop);
  const killAfter = between(random, 0, LONGEST_ROUND_MS);
  const atAcknowledgement = random() < 0.5;
  let over = false;
  let failure: { readonly error: unknown } | undefined;
  // Caught where it is made: a rejection that nobody awaits yet would end this process and leave the others running.
  const ringing = ringSales(till, shop.skus, random, ledger, () => over).catch((error: unknown) => {
    failure = { error };
  });
  try {
    await sleep(killAfter);
    if (victim === 'terminal') await shop.terminal.kill();
    else {
      if (atAcknowledgement)
        await Promise.race([shop.gate.nextAcknowledgement(), sleep(LONGEST_WAIT_FOR_ACKNOWLEDGEMENT_MS)]);
      // Selling goes on while the server is away, and while it comes back.
      await killServer(shop, till, ledger);
    }
  } finally {
    over = true;
    await ringing;
    till.close();
  }
  if (failure) throw failure.error;
  // The link opened its session once; a new round needs a new one.
  await shop.terminal.stop();
  await shop.restartTerminal();
}

/** What the dead server has acknowledged must be there when it comes back, before the till can send it again. */
async function killServer(shop: Shop, till: TillClient, ledger: Ledger): Promise<void> {
  shop.gate.shut();
  await shop.server.kill();
  const acknowledged = await lastWordOfServer(till);
  await shop.restartServer();
  const head = await readServerHead(serverOf(shop), DEMO_TERMINAL);
  if (head < acknowledged) {
    ledger.forgottenEvents += acknowledged - head;
    ledger.flaws.add(`the server acknowledged event ${acknowledged} and came back with ${head}`);
  }
  shop.gate.open(shop.server.url);
}

/** The till's cursor once it has noticed that the server is gone: then every answer that came is in it. */
async function lastWordOfServer(till: TillClient): Promise<number> {
  const deadline = performance.now() + OFFLINE_DEADLINE_MS;
  for (;;) {
    const { sync } = await till.call('status.get', {});
    if (sync.state !== 'live' && sync.state !== 'catching_up') return sync.up.ackedThrough;
    if (performance.now() > deadline) throw new Error('The till does not notice that its server is gone');
    await sleep(10);
  }
}

function serverOf({ server, adminKey }: Shop): { readonly url: string; readonly adminKey: string } {
  return { url: server.url, adminKey };
}

async function signIn(shop: Shop): Promise<TillClient> {
  const till = await connectTill(shop.terminal.link);
  await till.call('session.signIn', { pin: shop.pin });
  return till;
}

/** Both up, every unanswered tender asked about again, and quiet until the outbox is empty. */
async function heal(shop: Shop, ledger: Ledger, random: Random, signal: AbortSignal): Promise<void> {
  const till = await signIn(shop);
  try {
    await ringSales(till, shop.skus, random, ledger, () => true);
    const deadline = performance.now() + HEAL_DEADLINE_MS;
    for (;;) {
      const { sync } = await till.call('status.get', {});
      if (sync.up.waiting === 0 && sync.state === 'live') break;
      if (performance.now() > deadline) throw new Error(`Not healed: ${JSON.stringify(sync)}`);
      await sleep(50, undefined, { signal });
    }
  } finally {
    till.close();
  }
}
