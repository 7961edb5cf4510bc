import { type Random, seededRandom } from '../../random.ts';

/**
 * A generator for each actor of a seed: what one of them draws more or less, because a fault was switched off or a till left
 * out, changes nothing for the others. Shrinking depends on it.
 */
export function splitRandom(seed: number, actor: string): Random {
  // FNV-1a
  let hash = 0x811c9dc5;
  for (const char of `${seed}/${actor}`) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return seededRandom(hash);
}

/** A wait until something that comes at random, `mean` apart. */
export function exponential(random: Random, mean: number): number {
  return Math.ceil(-mean * Math.log(1 - random()));
}

/** True in `share` of all cases. */
export function chance(random: Random, share: number): boolean {
  return random() < share;
}
