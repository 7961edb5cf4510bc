/** What dies in which round. */
import { type Random, pick } from '../random.ts';

export const KILLS = [
  'server_a',
  'server_b',
  'both_servers',
  'redis',
  'postgres',
  'postgres_after_acknowledgement',
] as const;
export type Kill = (typeof KILLS)[number];

/** In a random order, each kind once before one of them comes again. */
export function planKills(rounds: number, random: Random): Kill[] {
  const plan: Kill[] = [];
  let left: Kill[] = [];
  while (plan.length < rounds) {
    if (left.length === 0) left = [...KILLS];
    const kill = pick(random, left);
    left = left.filter((one) => one !== kill);
    plan.push(kill);
  }
  return plan;
}
