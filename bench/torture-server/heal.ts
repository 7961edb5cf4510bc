/** After the last kill: until nothing is under way any more, each step with a deadline. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Random } from '../random.ts';
import { askApiOnce } from './ask-api.ts';
import { askUntilAnswered } from './ask-until-answered.ts';
import type { Ledger } from './ledger.ts';
import { stockText } from './live-listener.ts';
import type { Staff } from './staff.ts';
import type { Stores } from './stores.ts';
import { ITEMS, LOCATIONS } from './wares.ts';

export interface HealOptions {
  readonly stores: Stores;
  readonly staff: Staff;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly signal: AbortSignal;
}

export interface Healed {
  /** Items of which a connected listener knew no more than an old state. They are made good by the next change. */
  readonly liveMissed: number;
}

const EMPTY_WITHIN_MS = 180_000;
const TOLD_WITHIN_MS = 5_000;
/** A message between the processes may get lost, but not in quiet times. */
const TOP_UPS = 2;

export async function heal(options: HealOptions): Promise<Healed> {
  await outboxesEmpty(options);
  await settleOpenQuestions(options);
  await subscribersDone(options);
  return { liveMissed: await tellListeners(options) };
}

async function outboxesEmpty({ staff, signal }: HealOptions): Promise<void> {
  await until('the servers have all that the tills wrote', EMPTY_WITHIN_MS, signal, async () => {
    const waiting = staff.tills.filter((till) => {
      const { state, ackedThrough } = till.status();
      return state !== 'live' || ackedThrough < till.head().seq;
    });
    return waiting.map((till) => `${till.terminalId}: ${JSON.stringify(till.status())}`)[0];
  });
}

/** Refusals behind an attempt of which nobody knows: asked once more, now that nothing is under way. */
async function settleOpenQuestions({ stores, ledger, random, signal }: HealOptions): Promise<void> {
  for (const { request, settle } of ledger.openQuestions.splice(0)) {
    const onDefect = (what: string) => void ledger.flaws.add(what);
    settle(await askUntilAnswered(request, { urls: stores.urls, random, signal, onDefect, calm: true }));
  }
}

const subscribersSchema = z.object({
  subscribers: z.array(z.object({ subscriber: z.string(), waiting: z.int() })),
});

async function subscribersDone({ stores, signal }: HealOptions): Promise<void> {
  await until('the subscribers have read the whole log', EMPTY_WITHIN_MS, signal, async () => {
    const { subscribers } = subscribersSchema.parse(await read(stores, 0, '/api/subscribers'));
    return subscribers.filter(({ waiting }) => waiting > 0).map((one) => JSON.stringify(one))[0];
  });
}

/**
 * One more change of each item: what a listener has missed while Redis was away is made good by it, as the protocol
 * says. If not, it is left to the comparison of the books.
 */
async function tellListeners(options: HealOptions): Promise<number> {
  const { stores, staff, signal } = options;
  const missed = await staleRecords(stores, staff);
  for (let topUp = 0; topUp < TOP_UPS; topUp += 1) {
    await staff.warehouse.topUp(ITEMS.map(({ sku }) => sku));
    const deadline = performance.now() + TOLD_WITHIN_MS;
    while (performance.now() < deadline) {
      if ((await staleRecords(stores, staff)).length === 0) {
        await subscribersDone(options);
        return missed.length;
      }
      await sleep(50, undefined, { signal });
    }
  }
  await subscribersDone(options);
  return missed.length;
}

const stockSchema = z.object({
  stock: z.array(z.object({ sku: z.string(), quantity: z.int(), reserved: z.int() })),
});
export type StockOnServer = z.infer<typeof stockSchema>['stock'];

export async function readStockOf(
  stores: Stores,
  server: number,
  locationId: string,
): Promise<StockOnServer> {
  return stockSchema.parse(await read(stores, server, `/api/stock?location_id=${locationId}`)).stock;
}

/** What listeners know differently from the table, in words. */
export async function staleRecords(stores: Stores, { listeners }: Staff): Promise<string[]> {
  const stale: string[] = [];
  for (const location of LOCATIONS) {
    const stock = await readStockOf(stores, 0, location);
    for (const listener of listeners.filter(({ locationId }) => locationId === location)) {
      const view = listener.view();
      for (const { sku, quantity, reserved } of stock) {
        const known = view.get(sku) ?? 'nothing';
        const true_ = stockText(quantity, reserved);
        if (known !== true_) stale.push(`${listener.name} knows ${known} of ${sku}, and it is ${true_}`);
      }
    }
  }
  return stale;
}

export function read({ urls, adminKey }: Stores, server: number, path: string): Promise<unknown> {
  return askApiOnce(urls[server] ?? '', { method: 'GET', path, key: adminKey });
}

/** @param missing what is not yet as it should be; undefined when it is */
async function until(
  what: string,
  withinMs: number,
  signal: AbortSignal,
  missing: () => Promise<string | undefined>,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const left = await missing();
    if (left === undefined) return;
    if (performance.now() > deadline) throw new Error(`Not in time: ${what} (${left})`);
    await sleep(50, undefined, { signal });
  }
}
