/** Lives that went wrong once. They are run before all others, each time. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ALL_TROUBLES, type Plan } from './world/plan.ts';

const planSchema = z.strictObject({
  seed: z.int().min(0),
  tills: z.int().min(1).max(9),
  troubleMs: z.int().min(1),
  saleEveryMs: z.int().min(1),
  editEveryMs: z.int().min(1),
  troubles: z.array(z.enum(ALL_TROUBLES)),
  horizon: z.int().min(1),
  slowness: z.int().min(1),
});

const regressionsSchema = z.array(
  z.strictObject({
    /** What was wrong then, and what has mended it. */
    why: z.string().min(1),
    plan: planSchema,
  }),
);
export type Regression = z.infer<typeof regressionsSchema>[number];

export function readRegressions(): readonly Regression[] {
  const text = readFileSync(new URL('./regressions.json', import.meta.url), 'utf8');
  return regressionsSchema.parse(JSON.parse(text));
}

/** As it is given to `--plan`, and kept in `regressions.json`. @throws {z.ZodError} */
export function readPlan(text: string): Plan {
  return planSchema.parse(JSON.parse(text));
}
