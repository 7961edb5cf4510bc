/** One power cut of a selling till: it dies at a random moment, and its disk forgets what nobody had synced. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Random, between } from '../random.ts';
import { readTillBooks } from '../torture/till-books.ts';
import { loseUnsynced } from './lose-unsynced.ts';
import { layerEnvironment } from './unsynced-layer.ts';

export interface TillUnderPower {
  /** Data folder of a till that was set up, with a printer so that receipts are queued. */
  readonly folder: string;
  readonly library: string;
  /** FULL is how Holdfast opens its store; NORMAL is the sabotage. */
  readonly synchronous: 'FULL' | 'NORMAL';
  readonly random: Random;
  /** All that was ever acknowledged on this folder: order → total. Grows. */
  readonly acknowledged: Map<string, number>;
}

export interface TillCut {
  /** Sales that were acknowledged before this cut. */
  readonly sales: number;
  /** Changes that nothing had synced when the power went. */
  readonly unsynced: number;
  /** Acknowledged sales that are not there any more. */
  readonly lost: number;
  /** What else must not be, in words; why the store cannot be opened, too. */
  readonly flaws: readonly string[];
}

const MOST_SALES = 60;
const LONGEST_DELAY_MS = 6;
const SHARE_OF_TORN = 0.5;

export async function cutTillPower(till: TillUnderPower): Promise<TillCut> {
  const { folder, random, acknowledged } = till;
  const journal = path.join(path.dirname(folder), 'unsynced');
  const sales = await sellAndDie(till, journal);
  // Either the disk had written back nothing by itself, or some of it, in an order of its own.
  const { unsynced } = loseUnsynced(folder, journal, random() < SHARE_OF_TORN ? random : undefined);
  return { sales, unsynced, ...judge(folder, acknowledged) };
}

const lineSchema = z.union([
  z.object({ tendered: z.string() }),
  z.object({ sold: z.string(), total: z.int() }),
]);

async function sellAndDie(
  { folder, library, synchronous, random, acknowledged }: TillUnderPower,
  journal: string,
): Promise<number> {
  const script = path.join(import.meta.dirname, 'sell-until-killed.ts');
  const child = spawn(process.execPath, [script, folder, synchronous], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...layerEnvironment({ library, watched: folder, journal }) },
  });
  const closed = once(child, 'close');
  const killAt = between(random, 1, MOST_SALES);
  let sales = 0;
  for await (const text of createInterface({ input: child.stdout })) {
    const line = lineSchema.parse(JSON.parse(text));
    if (!('sold' in line)) continue;
    acknowledged.set(line.sold, line.total);
    sales += 1;
    // What it still says before it is dead was said, and counts.
    if (sales === killAt) void sleep(random() * LONGEST_DELAY_MS).then(() => child.kill('SIGKILL'));
  }
  const [code, signal] = (await closed) as [number | null, NodeJS.Signals | null];
  if (signal !== 'SIGKILL') throw new Error(`The selling till ended by itself: ${String(signal ?? code)}`);
  return sales;
}

function judge(folder: string, acknowledged: ReadonlyMap<string, number>): Pick<TillCut, 'lost' | 'flaws'> {
  try {
    // Opens the store as the till does, so it is also the quick_check.
    const books = readTillBooks(folder);
    const orders = new Map(books.orders.map(({ orderId, total }) => [orderId, total]));
    const lost = [...acknowledged].filter(([orderId, total]) => orders.get(orderId) !== total).length;
    return { lost, flaws: [...books.flaws, ...(books.chainWhole ? [] : ['the chain is broken'])] };
  } catch (error) {
    return { lost: acknowledged.size, flaws: [`the store cannot be opened: ${String(error)}`] };
  }
}
