/** Many lives, one after the other: first those that went wrong once, then new ones. */
import { readRegressions } from './regressions.ts';
import { type SeedRun, runPlan } from './run-seed.ts';
import { type Plan, planOf } from './world/plan.ts';

export interface SimulationOptions {
  readonly plans: Iterable<Plan>;
  /** Told of each life that went wrong. */
  readonly onViolation: (run: SeedRun) => void;
  readonly onProgress: (what: string) => void;
  /** Looked at before each life. */
  readonly goesOn: () => boolean;
}

export interface SimulationReport {
  readonly seeds: number;
  /** Written at tills, in all lives. */
  readonly events: number;
  readonly violations: number;
  /** Things that happened, in all lives: after each of them the invariants were looked at. */
  readonly steps: number;
  readonly failed: readonly Plan[];
}

const TELL_EVERY = 50;

export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  let [seeds, events, steps] = [0, 0, 0];
  const failed: Plan[] = [];
  for (const plan of options.plans) {
    if (!options.goesOn()) break;
    const run = await runPlan(plan);
    seeds += 1;
    events += run.events;
    steps += run.steps;
    if (run.violation !== null) {
      failed.push(plan);
      options.onViolation(run);
    }
    if (seeds % TELL_EVERY === 0) options.onProgress(`${seeds} lives, ${events} events`);
  }
  return { seeds, events, violations: failed.length, steps, failed };
}

/** Lives that went wrong once, and then `count` seeds from `first` on; without end when there is no count. */
export function* plansFrom(first: number, count: number): Generator<Plan> {
  for (const { plan } of readRegressions()) yield plan;
  for (let seed = first; seed < first + count; seed += 1) yield planOf(seed);
}
