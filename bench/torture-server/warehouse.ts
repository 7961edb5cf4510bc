/** Brings deliveries and moves bottles between the shops, through the API. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, between, pick } from '../random.ts';
import { type FinalAnswer, type KeyedRequest, askUntilAnswered } from './ask-until-answered.ts';
import type { Ledger } from './ledger.ts';
import { LOCATIONS, skusOf } from './wares.ts';

export interface WarehouseOptions {
  readonly apiKey: string;
  readonly urls: readonly string[];
  readonly random: Random;
  readonly ledger: Ledger;
  readonly signal: AbortSignal;
}

export interface Warehouse {
  /** So many deliveries or transfers, one after the other, within about this time. */
  work(movements: number, overMs: number): Promise<void>;
  /** One unit of each of these items to each location, in calm. */
  topUp(skus: readonly string[]): Promise<void>;
}

const SHELF = skusOf('shelf');
const SCARCE = skusOf('scarce');
const SHARE_OF_TRANSFERS = 0.2;
const SHARE_OF_SCARCE = 0.3;
const ITEMS_A_DELIVERY = 5;

export function warehouse(options: WarehouseOptions): Warehouse {
  const { apiKey, random, ledger, signal } = options;
  const asking = { ...options, onDefect: (what: string) => void ledger.flaws.add(what) };

  const postOf = (path: string, body: object): KeyedRequest => ({
    method: 'POST',
    path,
    key: apiKey,
    body,
    idempotencyKey: randomUUID(),
  });

  async function ask(
    request: KeyedRequest,
    settle: (answer: FinalAnswer) => void,
    calm = false,
  ): Promise<void> {
    const answer = await askUntilAnswered(request, { ...asking, calm });
    settle(answer);
    if (answer.uncertain) ledger.openQuestions.push({ request, settle });
  }

  async function deliver(
    locationId: string,
    units: ReadonlyMap<string, number>,
    calm = false,
  ): Promise<void> {
    const request = postOf('/api/stock/movements', {
      location_id: locationId,
      reason: 'restock',
      reference_id: 'DELIVERY',
      movements: [...units].map(([sku, change]) => ({ sku, change })),
    });
    const settle = (answer: FinalAnswer) => {
      if (answer.kind === 'refused') ledger.flaws.add(`a delivery was refused: ${answer.code}`);
      else for (const [sku, change] of units) ledger.stock.move(locationId, sku, change);
    };
    await ask(request, settle, calm);
  }

  async function transfer(): Promise<void> {
    const from = pick(random, LOCATIONS);
    const to = pick(
      random,
      LOCATIONS.filter((location) => location !== from),
    );
    const sku = pick(random, SHELF);
    const quantity = between(random, 1, 12);
    const request = postOf('/api/stock/transfers', {
      from_location_id: from,
      to_location_id: to,
      reference_id: 'TRANSFER',
      items: [{ sku, quantity }],
    });
    await ask(request, (answer) => {
      if (answer.kind === 'success') {
        ledger.stock.move(from, sku, -quantity);
        ledger.stock.move(to, sku, quantity);
      } else if (answer.code !== 'out_of_stock') ledger.flaws.add(`a transfer was refused: ${answer.code}`);
    });
  }

  /** What runs out, as far as anybody outside can know. */
  function lowest(locationId: string, skus: readonly string[]): readonly string[] {
    const stock = ledger.stock.of(locationId);
    return skus.toSorted((a, b) => (stock.get(a) ?? 0) - (stock.get(b) ?? 0)).slice(0, ITEMS_A_DELIVERY);
  }

  return {
    async work(movements, overMs) {
      for (let done = 0; done < movements; done += 1) {
        if (random() < SHARE_OF_TRANSFERS) await transfer();
        else {
          const scarce = random() < SHARE_OF_SCARCE;
          const location = pick(random, LOCATIONS);
          const skus = lowest(location, scarce ? SCARCE : SHELF);
          const units = new Map(
            skus.map((sku) => [sku, scarce ? between(random, 1, 6) : between(random, 24, 180)]),
          );
          await deliver(location, units);
        }
        await sleep(overMs / movements, undefined, { signal });
      }
    },
    async topUp(skus) {
      for (const location of LOCATIONS) await deliver(location, new Map(skus.map((sku) => [sku, 1])), true);
    },
  };
}
