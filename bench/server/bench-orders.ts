/**
 * `POST /api/orders` of two lines with the payment simulator: one client after the other, then sixteen at once. Beside it the
 * least that such an order can cost here: two durable commits of one row over the same driver (it is two transactions).
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { median, percentile, rounded } from '../statistics.ts';
import { type BenchShop, SKUS } from './bench-shop.ts';

const WARM_UP = 50;
const ONE_BY_ONE = 500;
const AT_ONCE = 16;
const TOGETHER = 1_600;

export interface OrderFigures {
  readonly orders_p50_ms: number;
  readonly orders_p99_ms: number;
  readonly two_commits_p50_ms: number;
  /** `orders_p50_ms` ÷ `two_commits_p50_ms` */
  readonly orders_ratio: number;
  readonly orders_per_s: number;
  readonly orders_at_once_p99_ms: number;
}

export async function benchOrders(
  shop: BenchShop,
  locations: readonly string[],
  databaseUrl: string,
): Promise<OrderFigures> {
  let number = 0;
  const order = async (): Promise<number> => {
    number += 1;
    const body = {
      location_id: locations[number % locations.length],
      channel: 'web',
      items: [0, 1].map((line) => ({ sku: SKUS[(number * 7 + line) % SKUS.length], quantity: 1 })),
      payment: { provider: 'simulator' },
    };
    const started = performance.now();
    await shop.post('/api/orders', body, `bench-order-${number}`);
    return performance.now() - started;
  };
  for (let run = 0; run < WARM_UP; run += 1) await order();
  const alone: number[] = [];
  for (let run = 0; run < ONE_BY_ONE; run += 1) alone.push(await order());
  const commits = await twoCommits(databaseUrl);
  await sleep(500);
  const together: number[] = [];
  const started = performance.now();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let run = 0; run < TOGETHER / AT_ONCE; run += 1) together.push(await order());
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  return {
    orders_p50_ms: rounded(median(alone)),
    orders_p99_ms: rounded(percentile(alone, 0.99)),
    two_commits_p50_ms: rounded(median(commits)),
    orders_ratio: rounded(median(alone) / median(commits)),
    orders_per_s: rounded(TOGETHER / seconds),
    orders_at_once_p99_ms: rounded(percentile(together, 0.99)),
  };
}

async function twoCommits(url: string): Promise<number[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('CREATE TABLE bare_commits (n INT)');
    const times: number[] = [];
    for (let run = 0; run < ONE_BY_ONE; run += 1) {
      const started = performance.now();
      for (let commit = 0; commit < 2; commit += 1)
        await client.query('INSERT INTO bare_commits VALUES ($1)', [run]);
      times.push(performance.now() - started);
    }
    return times;
  } finally {
    await client.end();
  }
}
