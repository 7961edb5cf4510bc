/** What a seed is made of: how many tills, how long the trouble lasts, and which kinds of it there are. Drawn first, so that it can be cut down. */
import { between } from '../../random.ts';
import { chance, splitRandom } from './split-random.ts';

export const ALL_TROUBLES = [
  'bad weather',
  'cut off',
  'line breaks',
  'server dies',
  'server put back',
  'till dies',
  'till restarts',
  'clock jumps',
  'server directs',
  'server pauses',
  'shut out',
  'till put back',
  'copied folder',
  'unstorable event',
] as const;
export type Trouble = (typeof ALL_TROUBLES)[number];

export interface Plan {
  readonly seed: number;
  readonly tills: number;
  /** Milliseconds with trouble. */
  readonly troubleMs: number;
  /** Milliseconds between two sales of a till, on average. */
  readonly saleEveryMs: number;
  readonly editEveryMs: number;
  readonly troubles: readonly Trouble[];
  /** Rows of the server's log that a till may be behind before it needs a snapshot. */
  readonly horizon: number;
  /** Longest time that the server takes over one step of a request, in milliseconds. */
  readonly slowness: number;
}

export function planOf(seed: number): Plan {
  const random = splitRandom(seed, 'plan');
  const share = random();
  const drawn = ALL_TROUBLES.filter(() => chance(random, 0.2 + 0.7 * share));
  const plan: Plan = {
    seed,
    tills: between(random, 1, 4) + (chance(random, 0.2) ? 1 : 0),
    troubleMs: between(random, 60, 300) * 1_000,
    saleEveryMs: between(random, 4, 15) * 1_000,
    editEveryMs: between(random, 3, 20) * 1_000,
    troubles: possible(drawn),
    horizon: between(random, 60, 600),
    slowness: chance(random, 0.2) ? between(random, 100, 3_000) : between(random, 2, 20),
  };
  // Long enough for a disk to be put back again and again.
  if (!chance(random, LONG_LIVES)) return plan;
  return { ...plan, tills: Math.min(plan.tills, 2), troubleMs: plan.troubleMs * 5 };
}

const LONG_LIVES = 0.05;

/**
 * Once a server or a till was put back, nothing tells an original from a copy that comes first: who wins is chance then, and
 * the other is refused. The copies of the simulation are those that can be told.
 */
function possible(troubles: readonly Trouble[]): readonly Trouble[] {
  if (!troubles.includes('copied folder')) return troubles;
  return troubles.filter((trouble) => trouble !== 'server put back' && trouble !== 'till put back');
}
