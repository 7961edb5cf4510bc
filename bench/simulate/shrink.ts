/** Makes a failing life shorter: leaves out what it fails without, and ends it earlier. Actors draw for themselves, so what stays does what it did. */
import { type SeedOptions, type SeedRun, runPlan } from './run-seed.ts';
import type { Plan } from './world/plan.ts';

/** @returns the smallest run found that is wrong too, perhaps in another way; `run` itself when nothing can go */
export async function shrink(run: SeedRun, options: SeedOptions = {}): Promise<SeedRun> {
  let smallest = run;
  for (let shrunk = true; shrunk;) {
    shrunk = false;
    for (const plan of smallerPlans(smallest.plan)) {
      const other = await runPlan(plan, options);
      if (other.violation === null) continue;
      smallest = other;
      shrunk = true;
      break;
    }
  }
  return smallest;
}

function smallerPlans(plan: Plan): readonly Plan[] {
  return [
    ...plan.troubles.map((gone) => ({
      ...plan,
      troubles: plan.troubles.filter((trouble) => trouble !== gone),
    })),
    ...(plan.tills > 1 ? [{ ...plan, tills: plan.tills - 1 }] : []),
    ...(plan.troubleMs > 2_000
      ? [0.5, 0.8, 0.95].map((share) => ({ ...plan, troubleMs: Math.floor(plan.troubleMs * share) }))
      : []),
  ];
}
