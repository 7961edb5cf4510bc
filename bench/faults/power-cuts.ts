/**
 * `node bench/faults/power-cuts.ts --rounds N --json`: power cuts of a selling till, and of a server that takes a till's
 * events. Exit code 1 when something that was acknowledged is not there afterwards, or a book does not add up.
 */
import { Command } from 'commander';
import { wholeNumberOption } from '../command-line.ts';
import { seededRandom } from '../random.ts';
import { powerCutsOfServer } from './power-cuts-of-server.ts';
import { powerCutsOfTill } from './power-cuts-of-till.ts';

interface PowerCutsCommand {
  readonly rounds: number;
  readonly serverRounds?: number;
  readonly seed: number;
  readonly json: boolean;
}

await new Command('node bench/faults/power-cuts.ts')
  .description('Cuts the power of a till and of a server, on a disk that forgets what nobody had synced.')
  .option('--rounds <n>', 'cuts of the till', wholeNumberOption, 100)
  .option('--server-rounds <n>', 'cuts of the server; a tenth of the others by default', wholeNumberOption)
  .option('--seed <n>', 'repeats the choices of an earlier run', wholeNumberOption, Date.now() % 1_000_000)
  .option('--json', 'one line of JSON on stdout, progress on stderr', false)
  .action(run)
  .parseAsync();

async function run({ rounds, seed, json, ...given }: PowerCutsCommand): Promise<void> {
  const serverRounds = given.serverRounds ?? Math.ceil(rounds / 10);
  const random = seededRandom(seed);
  const till = await powerCutsOfTill({
    rounds,
    synchronous: 'FULL',
    random,
    onRound: (round, sales) => tell(`till: cut ${round} of ${rounds}, ${sales} sales so far`, round),
  });
  const server = await powerCutsOfServer({
    rounds: serverRounds,
    random,
    onRound: (round, events) =>
      tell(`server: cut ${round} of ${serverRounds}, ${events} events so far`, round),
  });
  const report = { seed, till, server };
  console.log(json ? JSON.stringify(report) : report);
  const flaws = till.lost + server.lost + till.flaws.length + server.flaws.length;
  process.exitCode = flaws === 0 && till.sales > 0 && server.acknowledged > 0 ? 0 : 1;

  function tell(line: string, round: number): void {
    if (round % 10 === 0 || !json) console.error(line);
  }
}
