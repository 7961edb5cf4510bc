/** `npm run bench:server -- --json`. The keys are documented in docs/benchmarks.md and stay as they are. */
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { startTestPostgres } from '#server/test-support/postgres.ts';
import { startTestRedis } from '#server/test-support/redis.ts';
import { wholeNumberOption } from '../command-line.ts';
import { writeTillLog } from '../replay/till-log.ts';
import { benchFanOut } from './bench-fan-out.ts';
import { benchIngest } from './bench-ingest.ts';
import { benchMemory } from './bench-memory.ts';
import { benchOrders } from './bench-orders.ts';
import { openBenchShop } from './bench-shop.ts';

interface BenchCommand {
  readonly events: number;
  readonly memoryEvents: number;
  readonly json: boolean;
}

const LOCATIONS = ['SHOP-1', 'SHOP-2', 'SHOP-3', 'SHOP-4'];

await new Command('npm run bench:server --')
  .description('Measures the central server on a PostgreSQL and a Redis of its own, beside bare baselines.')
  .option('--events <n>', 'size of the backlog for the ingest rate', wholeNumberOption, 60_000)
  .option('--memory-events <n>', 'events until the memory is looked at again', wholeNumberOption, 1_000_000)
  .option('--json', 'one line of JSON on stdout, progress on stderr', false)
  .action(run)
  .parseAsync();

async function run({ events: count, memoryEvents, json }: BenchCommand): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-bench-server-'));
  const postgres = await startTestPostgres();
  const redis = await startTestRedis();
  try {
    step(`ingest of ${count} events`);
    const { store, events } = writeTillLog(path.join(folder, 'till'), count);
    store.close();
    const ingest = await benchIngest(events, postgres);
    const shopDatabase = await postgres.createDatabase('shop');
    const shop = await openBenchShop(folder, shopDatabase, redis.url, LOCATIONS);
    try {
      step('orders');
      const orders = await benchOrders(shop, LOCATIONS, shopDatabase);
      step('fan-out');
      const fanOut = await benchFanOut(shop, 'SHOP-1');
      step(`memory over ${memoryEvents} events`);
      const memory = await benchMemory(memoryEvents, await postgres.createDatabase('memory'));
      const report = {
        node: process.version,
        cpus: cpus().length,
        ...ingest,
        ...orders,
        ...fanOut,
        ...memory,
      };
      console.log(json ? JSON.stringify(report) : report);
    } finally {
      await shop.stop();
    }
  } finally {
    await redis.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function step(name: string): void {
  console.error(`… ${name}`);
}
