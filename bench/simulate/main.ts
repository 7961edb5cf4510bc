/** `npm run simulate -- --seeds N --json`. Exit code 1 when an invariant did not hold. `docs/simulation.md` says what is simulated. */
import { Command } from 'commander';
import { wholeNumberOption } from '../command-line.ts';
import { readPlan } from './regressions.ts';
import { type SeedRun, runPlan } from './run-seed.ts';
import { shrink } from './shrink.ts';
import { plansFrom, simulate } from './simulate.ts';
import { planOf } from './world/plan.ts';

interface SimulateCommand {
  readonly seeds?: number;
  readonly from: number;
  readonly seconds?: number;
  readonly seed?: number;
  readonly plan?: string;
  readonly trace: boolean;
  readonly shrink: boolean;
  readonly json: boolean;
}

const DEFAULT_SEEDS = 500;

await new Command('npm run simulate --')
  .description(
    'Tills, a server and a network in one process and in simulated time, with everything that can go wrong.',
  )
  .option('--seeds <n>', `how many lives (${DEFAULT_SEEDS} unless --seconds is given)`, wholeNumberOption)
  .option('--from <n>', 'the first seed', wholeNumberOption, 1)
  .option('--seconds <n>', 'goes on for so long', wholeNumberOption)
  .option('--seed <n>', 'one life only, as it was', wholeNumberOption)
  .option('--plan <json>', 'one life only, after the plan that a failing one was printed with')
  .option('--trace', 'with --seed or --plan: everything that happens, line by line', false)
  .option('--shrink', 'with --seed or --plan: looks for a shorter life that goes wrong too', false)
  .option('--json', 'one line of JSON on stdout, the rest on stderr', false)
  .action((command: SimulateCommand) =>
    (command.seed ?? command.plan) === undefined ? runMany(command) : runOne(command),
  )
  .parseAsync();

async function runMany({ seeds, from, seconds, json }: SimulateCommand): Promise<void> {
  const count = seeds ?? (seconds === undefined ? DEFAULT_SEEDS : Number.POSITIVE_INFINITY);
  const end = seconds === undefined ? Number.POSITIVE_INFINITY : performance.now() + seconds * 1_000;
  const { failed, ...report } = await simulate({
    plans: plansFrom(from, count),
    goesOn: () => performance.now() < end,
    onProgress: (what) => console.error(what),
    onViolation: tell,
  });
  console.log(json ? JSON.stringify({ ...report, failed: failed.map(({ seed }) => seed) }) : report);
  process.exitCode = report.violations === 0 && report.seeds > 0 ? 0 : 1;
}

async function runOne(command: SimulateCommand): Promise<void> {
  const plan = command.plan === undefined ? planOf(command.seed ?? 1) : readPlan(command.plan);
  let run = await runPlan(plan, { keepTrace: command.trace });
  if (command.shrink && run.violation !== null) run = await shrink(run, { keepTrace: command.trace });
  if (command.trace) for (const line of run.trace) console.error(line);
  if (run.violation !== null) tell(run);
  const { events, steps, fingerprint } = run;
  const report = { seeds: 1, events, violations: run.violation === null ? 0 : 1, steps, fingerprint };
  console.log(command.json ? JSON.stringify(report) : report);
  process.exitCode = run.violation === null ? 0 : 1;
}

function tell({ plan, violation }: SeedRun): void {
  console.error(`seed ${plan.seed}: ${violation ?? 'nothing wrong'}`);
  const again = planOf(plan.seed);
  const how =
    JSON.stringify(again) === JSON.stringify(plan)
      ? `--seed ${plan.seed}`
      : `--plan '${JSON.stringify(plan)}'`;
  console.error(
    `  again: npm run simulate -- ${how} --trace     shorter: npm run simulate -- ${how} --shrink`,
  );
}
