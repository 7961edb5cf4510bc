import { expect, test } from 'vitest';
import { readPlan, readRegressions } from './regressions.ts';
import { runPlan } from './run-seed.ts';
import { shrink } from './shrink.ts';
import { plansFrom, simulate } from './simulate.ts';
import { planOf } from './world/plan.ts';

test.each(readRegressions())('does not go wrong again: $why', async ({ plan }) => {
  expect((await runPlan(plan)).violation).toBeNull();
});

test('lives what went wrong once first, then the seeds, and counts', async () => {
  const regressions = readRegressions().map(({ plan }) => plan);
  const plans = [...plansFrom(7, 3)];
  expect(plans).toEqual([...regressions, planOf(7), planOf(8), planOf(9)]);
  const report = await simulate({
    plans: plans.slice(-3),
    onViolation: ({ violation }) => expect(violation).toBeNull(),
    onProgress: () => undefined,
    goesOn: () => true,
  });
  expect(report).toMatchObject({ seeds: 3, violations: 0, failed: [] });
  expect(report.events).toBeGreaterThan(100);
});

test('stops when it is told to', async () => {
  let left = 2;
  const goesOn = () => left-- > 0;
  const options = {
    plans: plansFrom(1, Number.POSITIVE_INFINITY),
    onViolation: () => undefined,
    onProgress: () => undefined,
  };
  expect((await simulate({ ...options, goesOn })).seeds).toBe(2);
});

test('makes a failing life shorter, and prints a plan that fails in the same way', async () => {
  const sabotage = { syncMode: 'NORMAL' } as const;
  let run = await runPlan(planOf(1), { sabotage });
  for (let seed = 2; run.violation === null; seed += 1) run = await runPlan(planOf(seed), { sabotage });
  const shorter = await shrink(run, { sabotage });
  expect(shorter.violation).not.toBeNull();
  expect(shorter.plan.troubles.length).toBeLessThan(run.plan.troubles.length);
  expect(shorter.steps).toBeLessThan(run.steps);
  const again = await runPlan(readPlan(JSON.stringify(shorter.plan)), { sabotage });
  expect([again.violation, again.fingerprint]).toEqual([shorter.violation, shorter.fingerprint]);
});
