/**
 * Two server processes on one PostgreSQL and one Redis. Tills send sales, channels order and refund, a warehouse moves
 * bottles, terminals listen, while the servers, Redis and PostgreSQL are killed. Then all heals, and the books of
 * everybody are compared: what the drivers know, log, order book, stock, Stripe, and what listeners were told.
 */
import { seededRandom } from '../random.ts';
import { type Comparison, compareBooks } from './compare/compare-books.ts';
import { fillStores } from './fill-stores.ts';
import { heal } from './heal.ts';
import { type Ledger, newLedger } from './ledger.ts';
import { KILLS, type Kill, planKills } from './plan-kills.ts';
import { playRound, shareOf } from './play-round.ts';
import { hireStaff } from './staff.ts';
import { openStores } from './stores.ts';
import { type ErrorKind, newVerdict } from './verdict.ts';

export interface TortureOptions {
  readonly rounds: number;
  readonly sales: number;
  readonly terminals: number;
  readonly seed: number;
  readonly onProgress: (what: string) => void;
  /** Ends the torture early, with everything cleaned up. */
  readonly signal: AbortSignal;
}

export interface TortureReport extends Readonly<Record<ErrorKind, number>> {
  readonly rounds: number;
  /** Rung up at the tills. */
  readonly sales: number;
  /** Completed orders of the channels. */
  readonly orders: number;
  /** Refused for want of bottles, or by the bank. */
  readonly orders_refused: number;
  readonly refunds: number;
  /** Events in all chains, at the end. */
  readonly events: number;
  readonly kills: Readonly<Record<Kill, number>>;
  /** Stock records that listeners had missed at the end, before the next change made them good. */
  readonly live_missed: number;
  readonly seed: number;
  readonly seconds: number;
  /** In words; also why the torture could not be finished. */
  readonly flaws: readonly string[];
}

/** One order of a channel for so many sales at the tills. */
const SALES_AN_ORDER = 10;

/** Rejects never: what goes wrong on the way is a flaw of the report. */
export async function torture(options: TortureOptions): Promise<TortureReport> {
  const started = performance.now();
  const ledger = newLedger();
  const kills = Object.fromEntries(KILLS.map((kill) => [kill, 0])) as Record<Kill, number>;
  const cleanUp: (() => Promise<void>)[] = [];
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  let outcome: Outcome | undefined;
  try {
    const endAll = (reason: unknown) => ending.abort(reason);
    outcome = await killAndCompare({ ...options, signal }, endAll, ledger, kills, cleanUp);
  } catch (error) {
    ledger.flaws.add(`the torture was not finished: ${sentenceOf(error)}`);
  }
  for (const step of cleanUp.reverse()) {
    await step().catch((error: unknown) => ledger.flaws.add(`not cleaned up: ${sentenceOf(error)}`));
  }
  const { counts, flaws } = outcome?.verdict ?? newVerdict();
  const orders = [...ledger.orders.values()];
  return {
    rounds: options.rounds,
    sales: ledger.sales.size,
    orders: orders.filter(({ outcome }) => outcome?.kind === 'completed').length,
    orders_refused: orders.filter(({ outcome }) => outcome?.kind === 'refused').length,
    refunds: orders.reduce((sum, { refunds }) => sum + refunds.length, 0),
    events: outcome?.events ?? 0,
    kills,
    ...counts,
    lost: outcome === undefined ? ledger.forgottenEvents : counts.lost,
    live_missed: outcome?.liveMissed ?? 0,
    seed: options.seed,
    seconds: Math.round((performance.now() - started) / 1000),
    flaws: [...ledger.flaws, ...flaws],
  };
}

interface Outcome extends Comparison {
  readonly liveMissed: number;
}

async function killAndCompare(
  { rounds, sales, terminals, seed, onProgress, signal }: TortureOptions,
  endAll: (reason: unknown) => void,
  ledger: Ledger,
  kills: Record<Kill, number>,
  cleanUp: (() => Promise<void>)[],
): Promise<Outcome> {
  const random = seededRandom(seed);
  const plan = planKills(rounds, random);
  const onFlaw = (what: string) => void ledger.flaws.add(what);
  const stores = await openStores({ random: seededRandom(seed + 1), cleanUp, onFlaw });
  signal.throwIfAborted();
  const access = await fillStores(stores, ledger);
  const staff = await hireStaff({ stores, access, terminals, seed, ledger, signal, cleanUp });
  for (const [round, kill] of plan.entries()) {
    signal.throwIfAborted();
    const share = (whole: number) => shareOf(whole, rounds, round);
    const orders = share(Math.ceil(sales / SALES_AN_ORDER));
    await playRound({ stores, staff, kill, sales: share(sales), orders, random, signal, endAll });
    kills[kill] += 1;
    onProgress(
      `round ${round + 1} of ${rounds}: ${kill}, ${ledger.sales.size} sales, ${ledger.orders.size} orders so far`,
    );
  }
  onProgress('healing');
  const { liveMissed } = await heal({ stores, staff, ledger, random, signal });
  onProgress('comparing the books');
  return { ...(await compareBooks(stores, staff, ledger)), liveMissed };
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}
