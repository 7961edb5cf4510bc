/** `npm run torture -- --rounds N --json`. Exit code 1 when anything was lost, doubled or broken. */
import { Command } from 'commander';
import { wholeNumberOption } from '../command-line.ts';
import { torture } from './torture.ts';

interface TortureCommand {
  readonly rounds: number;
  readonly seed: number;
  readonly json: boolean;
}

await new Command('npm run torture --')
  .description('Kills till and server while sales are rung, then proves that nothing was lost or doubled.')
  .option('--rounds <n>', 'how many kills', wholeNumberOption, 50)
  .option('--seed <n>', 'repeats the choices of an earlier run', wholeNumberOption, Date.now() % 1_000_000)
  .option('--json', 'one line of JSON on stdout, progress on stderr', false)
  .action(run)
  .parseAsync();

async function run({ rounds, seed, json }: TortureCommand): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => interrupted.abort(new Error(signal)));
  }
  const report = await torture({
    rounds,
    seed,
    signal: interrupted.signal,
    onRound: (round, victim, sales) => {
      if (round % 10 === 0 || !json)
        console.error(`round ${round} of ${rounds}: ${victim} killed, ${sales} sales so far`);
    },
  });
  console.log(json ? JSON.stringify(report) : report);
  const { lost, duplicated, chain_breaks: breaks, stock_errors: stockErrors, flaws, sales } = report;
  const proven = sales > 0 && lost + duplicated + breaks + stockErrors + flaws.length === 0;
  process.exitCode = proven ? 0 : 1;
}
