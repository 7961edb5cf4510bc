/** A share of the sales and orders, and a kill in the middle of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../random.ts';
import { carryOutKill } from './carry-out-kill.ts';
import { drawBargain } from './draw-order.ts';
import type { Kill } from './plan-kills.ts';
import type { Staff } from './staff.ts';
import type { Stores } from './stores.ts';

export interface RoundOptions {
  readonly stores: Stores;
  readonly staff: Staff;
  readonly kill: Kill;
  /** Of all tills together. */
  readonly sales: number;
  /** Of all channels together. */
  readonly orders: number;
  readonly random: Random;
  readonly signal: AbortSignal;
  /** Aborts the signal: without a server that comes back the others would wait for ever. */
  readonly endAll: (reason: unknown) => void;
}

/** A sale each two and a half milliseconds, of all tills together: about what two processors can still follow. */
const MS_A_SALE = 2.5;
const SHORTEST_ROUND_MS = 800;
/** Of the terminals whose line breaks once a round, whatever else dies. */
const SHARE_OF_BROKEN_LINES = 0.3;
const BACK_WITHIN_MS = 60_000;

/** Resolves when all is up, everybody has done their share, and the tills are connected again. */
export async function playRound(options: RoundOptions): Promise<void> {
  const { stores, staff, kill, sales, orders, random, signal, endAll } = options;
  const { tills, channels, warehouse } = staff;
  const ms = Math.max(SHORTEST_ROUND_MS, sales * MS_A_SALE);
  const bargain = drawBargain(random);
  const breakLines = async () => {
    for (const till of tills) {
      if (random() >= SHARE_OF_BROKEN_LINES) continue;
      await sleep((ms * random()) / tills.length, undefined, { signal });
      till.breakLine();
    }
  };
  await allDone(
    [
      ...tills.map((till, index) => till.ring(shareOf(sales, tills.length, index), ms, signal)),
      ...channels.map((channel, index) => channel.trade(shareOf(orders, channels.length, index), bargain)),
      warehouse.work(Math.max(2, Math.round(orders / 5)), ms),
      breakLines(),
      carryOutKill(kill, { stores, staff, random, withinMs: ms, signal }),
    ],
    endAll,
  );
  await connectedAgain(staff, signal);
}

/** Nothing is under way any more when it settles, also when something failed. */
async function allDone(work: readonly Promise<void>[], endAll: (reason: unknown) => void): Promise<void> {
  for (const one of work) one.catch(endAll);
  const settled = await Promise.allSettled(work);
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
}

/** The next kill must hit traffic, not terminals that are still waiting to come back. */
async function connectedAgain({ tills }: Staff, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + BACK_WITHIN_MS;
  for (;;) {
    const away = tills.filter((till) => !['live', 'catching_up'].includes(till.status().state));
    if (away.length === 0) return;
    if (performance.now() > deadline) throw new Error(`Not back: ${JSON.stringify(away[0]?.status())}`);
    await sleep(20, undefined, { signal });
  }
}

/** Of a whole number, dealt to so many: all shares together are the whole. */
export function shareOf(whole: number, parts: number, part: number): number {
  return Math.floor(((part + 1) * whole) / parts) - Math.floor((part * whole) / parts);
}
