/** `npm run bench:sync -- --json`. The keys are documented in docs/benchmarks.md and stay as they are. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { Command, Option } from 'commander';
import { startTestPostgres } from '#server/test-support/postgres.ts';
import { wholeNumberOption } from '../command-line.ts';
import { writeTillLog } from '../replay/till-log.ts';
import { rounded } from '../statistics.ts';
import { baselines } from './baselines.ts';
import { benchColdLoad } from './cold-load.ts';
import type { Backlog, Contender } from './contender.ts';
import { digestOf } from './digest.ts';
import { holdfast } from './holdfast.ts';
import { installPeers } from './install-peers.ts';
import { pouchdb } from './pouchdb.ts';
import { benchMemory } from './memory.ts';
import { coldLoadReport, memoryReport, ratiosOf, sideBySideReport } from './report.ts';
import { rxdb } from './rxdb.ts';
import { measureSideBySide } from './side-by-side.ts';

const SIDE_BY_SIDE = ['holdfast', 'pouchdb', 'rxdb', 'baselines'] as const;
const PARTS = [...SIDE_BY_SIDE, 'cold-load', 'memory'] as const;
type Part = (typeof PARTS)[number];

interface SyncCommand {
  readonly events: number;
  readonly rounds: number;
  readonly peerBatch: number;
  readonly only?: readonly Part[];
  readonly json: boolean;
}

await new Command('npm run bench:sync --')
  .description(
    'Replicates the same events by Holdfast, PouchDB and RxDB, beside bare baselines of the same run.',
  )
  .option('--events <n>', 'how many', wholeNumberOption, 100_000)
  .option('--rounds <n>', 'of which the median is taken', wholeNumberOption, 3)
  .option('--peer-batch <n>', 'records in a batch of PouchDB and RxDB', wholeNumberOption, 500)
  .addOption(new Option('--only <parts...>', 'not all of it').choices(PARTS))
  .option('--json', 'one line of JSON on stdout, progress on stderr', false)
  .action(run)
  .parseAsync();

async function run({ only = PARTS, json, ...options }: SyncCommand): Promise<void> {
  const isWanted = (part: Part) => only.includes(part);
  const sideBySide = SIDE_BY_SIDE.some(isWanted) ? await compare(options, isWanted) : {};
  if (isWanted('cold-load')) step('cold load');
  const coldLoad = isWanted('cold-load') ? coldLoadReport(await benchColdLoad()) : {};
  if (isWanted('memory')) step('memory: ten thousand events, a hundred thousand, a million');
  const memory = isWanted('memory') ? memoryReport(await benchMemory()) : {};
  const report = {
    node: process.version,
    cpus: cpus().length,
    ...sideBySide,
    ...coldLoad,
    ...memory,
  };
  console.log(json ? JSON.stringify(report) : report);
}

async function compare(
  { events: count, rounds, peerBatch }: Omit<SyncCommand, 'only' | 'json'>,
  isWanted: (part: Part) => boolean,
): Promise<Record<string, number | null>> {
  if (isWanted('pouchdb') || isWanted('rxdb')) {
    step('installing the peers, when they are not');
    installPeers();
  }
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-bench-sync-'));
  const postgres = await startTestPostgres();
  try {
    step(`making ${count} events`);
    const backlog = makeBacklog(folder, count);
    const contenders: readonly Contender[] = [
      ...(isWanted('holdfast') ? [holdfast(folder, postgres, backlog)] : []),
      ...(isWanted('pouchdb') ? [pouchdb(folder, backlog, peerBatch)] : []),
      ...(isWanted('rxdb') ? [rxdb('websocket', backlog, peerBatch), rxdb('http', backlog, peerBatch)] : []),
    ];
    const measured = await measureSideBySide({
      backlog,
      contenders,
      baselines: isWanted('baselines') ? baselines(postgres, backlog.events) : [],
      rounds,
      step,
    });
    return {
      sync_events: count,
      sync_event_bytes: rounded(backlog.bytes / count),
      ...sideBySideReport(measured),
      ...ratiosOf(measured),
    };
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeBacklog(folder: string, count: number): Backlog {
  const till = path.join(folder, 'till');
  const { store, events } = writeTillLog(till, count);
  store.writer.connection.pragma('wal_checkpoint(TRUNCATE)');
  store.close();
  const recordsFile = path.join(folder, 'records.ndjson');
  const text = `${events.map((event) => JSON.stringify(event)).join('\n')}\n`;
  writeFileSync(recordsFile, text);
  return {
    events,
    till,
    recordsFile,
    digest: digestOf(events.map(({ seq, hash }) => ({ seq, hash }))),
    bytes: Buffer.byteLength(text),
  };
}

function step(name: string): void {
  console.error(`… ${name}`);
}
