/** What till and server hold at most while a backlog goes up: of ten thousand events, of a hundred thousand, and of a million. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { enrolTerminal, readAdminKey } from '#box/enrol.ts';
import { startServerProcess } from '#box/services.ts';
import { saleCommitter } from '#main/store/sale-committer.ts';
import { writeStaff } from '#main/store/staff-store.ts';
import { sqliteOutbox } from '#main/sync/sqlite-outbox.ts';
import { SMALL_YOUNG_GENERATION } from '#main/threads/young-generation.ts';
import { type TestPostgres, startTestPostgres } from '#server/test-support/postgres.ts';
import { rounded } from '../statistics.ts';
import { fillStore } from '../till/bench-catalogue.ts';
import { saleOf } from '../till/sale-of.ts';
import { BENCH_TERMINAL } from './bench-terminal.ts';
import { peakMb } from './process-memory.ts';
import { startEnd } from './start-end.ts';

const TILL = path.join(import.meta.dirname, 'holdfast-till.ts');
const FEW = 10_000;
/** Both ends have been at full work for some seconds: what is held beyond that grows with the backlog. */
const SOME = 100_000;
const MANY = 1_000_000;
const LIMIT_MS = 600_000;

export interface MemoryFigures {
  readonly fewEvents: number;
  readonly manyEvents: number;
  /** Peaks of the whole process, in MB. */
  readonly tillFewMb: number;
  readonly tillSomeMb: number;
  readonly tillManyMb: number;
  readonly serverFewMb: number;
  readonly serverSomeMb: number;
  readonly serverManyMb: number;
  /** many / some */
  readonly tillRatio: number;
  readonly serverRatio: number;
  readonly manyEventsPerSecond: number;
}

export async function benchMemory(many = MANY): Promise<MemoryFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-memory-'));
  const postgres = await startTestPostgres();
  try {
    const few = await drain(path.join(folder, 'few'), postgres, FEW);
    const some = await drain(path.join(folder, 'some'), postgres, SOME);
    const all = await drain(path.join(folder, 'many'), postgres, many);
    return {
      fewEvents: FEW,
      manyEvents: many,
      tillFewMb: rounded(few.tillMb),
      tillSomeMb: rounded(some.tillMb),
      tillManyMb: rounded(all.tillMb),
      serverFewMb: rounded(few.serverMb),
      serverSomeMb: rounded(some.serverMb),
      serverManyMb: rounded(all.serverMb),
      tillRatio: rounded(all.tillMb / some.tillMb),
      serverRatio: rounded(all.serverMb / some.serverMb),
      manyEventsPerSecond: rounded(many / all.seconds),
    };
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Drained {
  readonly tillMb: number;
  readonly serverMb: number;
  readonly seconds: number;
}

async function drain(folder: string, postgres: TestPostgres, events: number): Promise<Drained> {
  const till = `${folder}-till`;
  sellUntil(till, events);
  const data = `${folder}-server`;
  const server = await startServerProcess({
    data,
    port: 0,
    databaseUrl: await postgres.createDatabase(`memory_${events}`),
    log: `${data}.log`,
    logLevel: 'warn',
  });
  try {
    const token = await enrolTerminal(server.url, readAdminKey(data), BENCH_TERMINAL);
    const client = await startEnd(TILL, [till, token], [SMALL_YOUNG_GENERATION]);
    try {
      const seconds = await client.replicate(Number(new URL(server.url).port), LIMIT_MS);
      if (seconds === undefined) throw new Error(`${events} events were not sent in time`);
      return { tillMb: peakMb(client.pid), serverMb: peakMb(server.pid), seconds };
    } finally {
      await client.stop();
    }
  } finally {
    await server.stop();
  }
}

/** Sales on a disk that is not synced: they are made to be sent, not to be kept. */
function sellUntil(folder: string, events: number): void {
  const { store, items } = fillStore(folder, 2_000);
  store.writer.connection.pragma('synchronous = OFF');
  writeStaff(store.writer, { userId: 'bench', name: 'Bench', role: 'cashier', pinHash: '-' });
  const commit = saleCommitter(store.writer);
  const outbox = sqliteOutbox(store.writer);
  for (let sale = 0; outbox.head().seq < events; sale += 1) commit(saleOf(store, items, sale));
  store.writer.connection.prepare('DELETE FROM event_log WHERE seq > ?').run(events);
  store.writer.connection.pragma('wal_checkpoint(TRUNCATE)');
  store.close();
}
