/**
 * One life of a few shops, from a seed:
 *
 *     trouble (sales, edits, faults) ──▶ all is well again ──▶ quiet? books compared ──▶ silence ──▶ compared again
 *        invariants after every step        within a deadline                              and nobody talks without end
 */
import { checkBooks, checkCopies, isQuiet, whoIsNotQuiet } from './invariants/after-healing.ts';
import { EachStep } from './invariants/each-step.ts';
import type { Sabotage } from './till/sabotage.ts';
import { startDailyWork } from './world/daily-work.ts';
import { type Plan, planOf } from './world/plan.ts';
import { endTroubles, startTroubles } from './world/troubles.ts';
import { splitRandom } from './world/split-random.ts';
import { World } from './world/world.ts';

const MINUTE = 60_000;
/** From the moment when everything works until both ends have the same books: the longest waits of a till, and a repair. */
const DEADLINE = 15 * MINUTE;
/** For a sale to reach the server, and a price the tills, over good lines: far less than the next look without a reason. */
const PROMPTLY = 5_000;
const SILENCE = 5 * MINUTE;
/** Of a till with nothing to say and nothing to hear, in a minute. */
const MOST_IN_SILENCE = 6;
/** A copied data folder takes the line from its original each time that it asks again, and the original comes back. */
const MOST_BESIDE_A_COPY = 30;

export interface SeedRun {
  readonly plan: Plan;
  /** What was wrong first; null: nothing. */
  readonly violation: string | null;
  readonly events: number;
  readonly steps: number;
  readonly fingerprint: string;
  readonly trace: readonly string[];
}

export interface SeedOptions {
  readonly keepTrace?: boolean;
  readonly sabotage?: Sabotage;
}

export function runSeed(seed: number, options: SeedOptions = {}): Promise<SeedRun> {
  return runPlan(planOf(seed), options);
}

export async function runPlan(
  plan: Plan,
  { keepTrace = false, sabotage = {} }: SeedOptions = {},
): Promise<SeedRun> {
  const world = await World.open({ plan, keepTrace, sabotage });
  try {
    await live(world);
    return {
      plan,
      violation: world.complaints[0] ?? null,
      events: world.tills.reduce((sum, till) => sum + till.events, 0),
      steps: world.steps,
      fingerprint: world.trace.fingerprint(),
      trace: [...world.trace.lines],
    };
  } finally {
    world.close();
  }
}

async function live(world: World): Promise<void> {
  const { plan, time } = world;
  const eachStep = new EachStep(world);
  /** False when something is wrong, which ends the run. */
  const runUntil = async (until: number, isOver: () => boolean = () => false): Promise<boolean> => {
    for (;;) {
      if (world.complaints.length > 0) return false;
      if (isOver()) return true;
      if (!(await world.step(until))) return true;
      eachStep.check();
    }
  };
  let troubled = true;
  for (const till of world.tills) till.boot();
  startDailyWork(world, () => troubled);
  startTroubles(world, () => troubled);
  if (!(await runUntil(plan.troubleMs))) return;
  troubled = false;
  endTroubles(world);

  const inStep = async (within: number): Promise<boolean> => {
    let quiet = false;
    const look = (): void => {
      quiet = world.tills.every((till) => till.runs && !till.inRepair) && isQuiet(world);
      if (!quiet) time.setTimer(look, 500);
    };
    look();
    if (!(await runUntil(time.now() + within, () => quiet))) return false;
    if (!quiet)
      world.complain(`not in step after ${within / 1_000} seconds without trouble: ${whoIsNotQuiet(world)}`);
    return quiet;
  };
  if (!(await inStep(DEADLINE))) return;
  checkBooks(world);
  // And nothing sleeps: what happens now is everywhere at once.
  for (const till of world.tills) till.sell();
  world.server.edit('price', splitRandom(plan.seed, 'last price'));
  if (!(await inStep(PROMPTLY + 20 * plan.slowness))) return;
  checkBooks(world);
  const before = world.everyTill().map(({ traffic }) => traffic.requests + traffic.openings);
  if (!(await runUntil(time.now() + SILENCE))) return;
  for (const [index, till] of world.everyTill().entries()) {
    const said = till.traffic.requests + till.traffic.openings - (before[index] ?? 0);
    const most = world.copies.size === 0 ? MOST_IN_SILENCE : MOST_BESIDE_A_COPY;
    if (said * MINUTE > most * SILENCE)
      world.complain(`${till.name}: ${said} messages in ${SILENCE / MINUTE} minutes of silence`);
  }
  checkBooks(world);
  checkCopies(world);
}
