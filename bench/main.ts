/** `npm run bench -- --json`. The keys are documented in docs/benchmarks.md and stay as they are. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { Command } from 'commander';
import { wholeNumberOption } from './command-line.ts';
import { benchReplay } from './replay/bench-replay.ts';
import { benchCatalogue, fillStore } from './till/bench-catalogue.ts';
import { benchCommit } from './till/bench-commit.ts';

interface BenchCommand {
  readonly items: number;
  readonly events: number;
  readonly json: boolean;
}

await new Command('npm run bench --')
  .description(
    'Measures the till and the sync against bare SQLite and PostgreSQL, each as a ratio within one run.',
  )
  .option('--items <n>', 'size of the catalogue', wholeNumberOption, 100_000)
  .option('--events <n>', 'size of the backlog', wholeNumberOption, 20_000)
  .option('--json', 'one line of JSON on stdout, progress on stderr', false)
  .action(run)
  .parseAsync();

async function run({ items, events, json }: BenchCommand): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-bench-'));
  try {
    step(`a till with ${items} items`);
    const till = fillStore(path.join(folder, 'till'), items);
    const catalogue = benchCatalogue(till.store, till.items);
    step('durable commits');
    till.store.writer.connection.pragma('wal_checkpoint(TRUNCATE)');
    const bare = path.join(folder, 'bare');
    cpSync(till.store.folder, bare, { recursive: true });
    const commit = benchCommit(till.store, till.items, bare);
    till.store.close();
    step(`a backlog of ${events} events`);
    const replay = await benchReplay(events);
    const report = { node: process.version, cpus: cpus().length, ...catalogue, ...commit, ...replay };
    console.log(json ? JSON.stringify(report) : report);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function step(name: string): void {
  console.error(`… ${name}`);
}
