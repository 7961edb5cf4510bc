/** `npm run torture:server -- --rounds N --json`. Exit code 1 when anything was lost, doubled, broken or left over. */
import { Command } from 'commander';
import { wholeNumberOption } from '../command-line.ts';
import { torture } from './torture.ts';
import { ERRORS } from './verdict.ts';

interface TortureCommand {
  readonly rounds: number;
  readonly sales: number;
  readonly terminals: number;
  readonly seed: number;
  readonly json: boolean;
}

await new Command('npm run torture:server --')
  .description(
    'Kills servers, Redis and PostgreSQL while tills and channels sell, then proves that every book agrees.',
  )
  .option('--rounds <n>', 'how many kills', wholeNumberOption, 20)
  .option(
    '--sales <n>',
    'sales at the tills; a tenth as many orders of the channels',
    wholeNumberOption,
    20_000,
  )
  .option('--terminals <n>', 'simulated tills', wholeNumberOption, 20)
  .option('--seed <n>', 'repeats the choices of an earlier run', wholeNumberOption, Date.now() % 1_000_000)
  .option('--json', 'one line of JSON on stdout, progress on stderr', false)
  .action(run)
  .parseAsync();

async function run({ json, ...options }: TortureCommand): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => interrupted.abort(new Error(signal)));
  }
  // An error that nobody expects must not leave the processes running.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => interrupted.abort(error));
  }
  const report = await torture({
    ...options,
    signal: interrupted.signal,
    onProgress: (what) => console.error(what),
  });
  console.log(json ? JSON.stringify(report) : report);
  const errors = ERRORS.reduce((sum, kind) => sum + report[kind], 0);
  const proven = report.sales > 0 && report.orders > 0 && errors === 0 && report.flaws.length === 0;
  process.exitCode = proven ? 0 : 1;
}
