/** A random hour on a bad line, in seconds: one fault after the other, each ended by the next. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Random, between, pick } from '../random.ts';
import type { FaultProxy } from './fault-proxy.ts';

type Fault = (proxy: FaultProxy, random: Random) => Promise<unknown> | undefined;

const FAULTS: Readonly<Record<string, Fault>> = {
  'answers lost behind the commit': (proxy) => proxy.loseNextAnswer(),
  'connections reset': async (proxy) => proxy.resetAll(),
  'connections ended': async (proxy) => proxy.hangUpAll(),
  'tiny pieces': async (proxy, random) => proxy.set({ largestPiece: between(random, 1, 400) }),
  'a thin line': async (proxy, random) => proxy.set({ bytesPerSecond: between(random, 20_000, 400_000) }),
  'nothing goes up': async (proxy) => proxy.set({ stalled: 'up' }),
  'nothing comes down': async (proxy) => proxy.set({ stalled: 'down' }),
  'nothing goes either way': async (proxy) => proxy.set({ stalled: 'both' }),
  'nobody gets in': async (proxy) => {
    await proxy.setNewcomers('refused');
    proxy.resetAll();
  },
  'nobody is answered': async (proxy) => {
    await proxy.setNewcomers('ignored');
    proxy.resetAll();
  },
};

export const FAULT_NAMES: readonly string[] = Object.keys(FAULTS);

const LONGEST_FAULT_MS = 350;
/** In fine weather in between something must get through, or only the first batch would be tried over and over. */
const LONGEST_LULL_MS = 250;

/** @returns how often each fault was; the line is fine afterwards */
export async function badWeather(
  proxy: FaultProxy,
  random: Random,
  faults: number,
  meanwhile: () => void | Promise<void>,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (let fault = 0; fault < faults; fault += 1) {
    await meanwhile();
    const name = pick(random, FAULT_NAMES);
    counts.set(name, (counts.get(name) ?? 0) + 1);
    const patience = sleep(between(random, 20, LONGEST_FAULT_MS));
    // A lost answer needs one that comes: without one within the time, the next fault has its turn.
    await Promise.race([FAULTS[name]?.(proxy, random), patience]);
    if (name !== 'answers lost behind the commit') await patience;
    await proxy.heal();
    await sleep(between(random, 0, LONGEST_LULL_MS));
  }
  return counts;
}
