/**
 * `node bench/faults/care-kills.ts --lives N --json`: kills a till in the middle of an archive run, a backup, a healing, and the install
 * of a snapshot. Exit code 1 when something is wrong afterwards.
 */
import { Command } from 'commander';
import { wholeNumberOption } from '../command-line.ts';
import { seededRandom } from '../random.ts';
import { JOB_NAMES } from './care-jobs.ts';
import { type JobKills, killJobs } from './kill-jobs.ts';

interface CareKillsCommand {
  readonly lives: number;
  readonly seed: number;
  readonly json: boolean;
}

await new Command('node bench/faults/care-kills.ts')
  .description('Kills a till, and cuts its power, in the middle of what it does beside selling.')
  .option(
    '--lives <n>',
    'of each job: half of them killed, half of them cut, and a tenth killed by time',
    wholeNumberOption,
    50,
  )
  .option('--seed <n>', 'repeats the choices of an earlier run', wholeNumberOption, Date.now() % 1_000_000)
  .option('--json', 'one line of JSON on stdout', false)
  .action(run)
  .parseAsync();

async function run({ lives, seed, json }: CareKillsCommand): Promise<void> {
  const random = seededRandom(seed);
  const [half, tenth] = [Math.ceil(lives / 2), Math.ceil(lives / 10)];
  const jobs: JobKills[] = [];
  for (const job of JOB_NAMES) {
    jobs.push(await killJobs({ job, swept: half, powerCuts: half, timed: tenth, random }));
    console.error(`${job}: ${jobs.at(-1)?.kills ?? 0} kills, ${jobs.at(-1)?.flaws.length ?? 0} flaws`);
  }
  console.log(json ? JSON.stringify({ seed, jobs }) : jobs);
  process.exitCode = jobs.every(({ flaws, kills }) => flaws.length === 0 && kills > 0) ? 0 : 1;
}
