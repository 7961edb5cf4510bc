/**
 * The whole way of a backlog: till's SQLite → engine → socket.io → server process → PostgreSQL, chain verified and
 * stock projected, against raw multi-row INSERTs of the same rows into the same table over the same driver.
 * Rounds are interleaved; each uses a new database.
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EventRecord } from '#domain/events/event-record.ts';
import { enrolTerminal, readAdminKey } from '#box/enrol.ts';
import { startServerProcess } from '#box/services.ts';
import type { Store } from '#main/store/open-store.ts';
import { type DatabaseChoice, openDatabase } from '#server/database/open-database.ts';
import { enrolTerminal as makeTerminalKnown } from '#server/terminals/terminals.ts';
import { type TestPostgres, startTestPostgres } from '#server/test-support/postgres.ts';
import { median, rounded } from '../statistics.ts';
import { openDrainableTill } from './drain-outbox.ts';
import { type RawStatement, unnestStatements, valuesStatements } from './raw-inserts.ts';
import { writeTillLog } from './till-log.ts';

const ROUNDS = 3;
const TERMINAL = { terminalId: 'T1', locationId: 'STORE-001' } as const;

export interface ReplayFigures {
  readonly replay_events: number;
  readonly replay_pglite_events_per_s: number;
  readonly replay_pglite_raw_events_per_s: number;
  /** Raw seconds ÷ replay seconds; the goal on PostgreSQL is ≥ 0.8. */
  readonly replay_pglite_ratio: number;
  readonly replay_pglite_unnest_events_per_s: number;
  /** Unnest seconds ÷ replay seconds: how much of the quickest INSERT the whole way keeps. */
  readonly replay_pglite_unnest_ratio: number;
  readonly replay_postgres_events_per_s: number;
  readonly replay_postgres_raw_events_per_s: number;
  readonly replay_postgres_ratio: number;
  readonly replay_postgres_unnest_events_per_s: number;
  readonly replay_postgres_unnest_ratio: number;
}

export async function benchReplay(count: number): Promise<ReplayFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-bench-replay-'));
  const postgres = await startTestPostgres();
  const { store, events } = writeTillLog(path.join(folder, 'till'), count);
  try {
    const pglite = await measure(store, events, pgliteDatabases(folder));
    const server = await measure(store, events, postgresDatabases(folder, postgres));
    return {
      replay_events: count,
      replay_pglite_events_per_s: rounded(count / pglite.replay),
      replay_pglite_raw_events_per_s: rounded(count / pglite.raw),
      replay_pglite_ratio: rounded(pglite.raw / pglite.replay),
      replay_pglite_unnest_events_per_s: rounded(count / pglite.unnest),
      replay_pglite_unnest_ratio: rounded(pglite.unnest / pglite.replay),
      replay_postgres_events_per_s: rounded(count / server.replay),
      replay_postgres_raw_events_per_s: rounded(count / server.raw),
      replay_postgres_ratio: rounded(server.raw / server.replay),
      replay_postgres_unnest_events_per_s: rounded(count / server.unnest),
      replay_postgres_unnest_ratio: rounded(server.unnest / server.replay),
    };
  } finally {
    store.close();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A new database for each measurement, for this process or for a server of its own. */
interface Databases {
  raw(name: string): Promise<DatabaseChoice>;
  served(round: number): Promise<{ readonly data: string; readonly databaseUrl?: string }>;
}

function pgliteDatabases(folder: string): Databases {
  return {
    raw: async (name) => ({ kind: 'pglite', folder: path.join(folder, name) }),
    served: async (round) => ({ data: path.join(folder, `served-${round}`) }),
  };
}

function postgresDatabases(folder: string, postgres: TestPostgres): Databases {
  return {
    raw: async (name) => ({ kind: 'postgres', url: await postgres.createDatabase(name) }),
    served: async (round) => ({
      data: path.join(folder, `served-postgres-${round}`),
      databaseUrl: await postgres.createDatabase(`served_${round}`),
    }),
  };
}

interface Seconds {
  readonly raw: number;
  readonly unnest: number;
  readonly replay: number;
}

async function measure(store: Store, events: readonly EventRecord[], databases: Databases): Promise<Seconds> {
  const raw: number[] = [];
  const unnest: number[] = [];
  const replay: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    raw.push(await rawSeconds(valuesStatements(events), await databases.raw(`raw_${round}`)));
    unnest.push(await rawSeconds(unnestStatements(events), await databases.raw(`unnest_${round}`)));
    replay.push(await replaySeconds(store, await databases.served(round)));
  }
  return { raw: median(raw), unnest: median(unnest), replay: median(replay) };
}

/** The statements come ready: what is measured is the database and its driver, not the making of text. */
async function rawSeconds(statements: readonly RawStatement[], choice: DatabaseChoice): Promise<number> {
  const database = await openDatabase(choice);
  try {
    await makeTerminalKnown(database, TERMINAL.terminalId, TERMINAL.locationId, new Date());
    const started = performance.now();
    for (const { sql, values } of statements) await database.execute(sql, values);
    return (performance.now() - started) / 1000;
  } finally {
    await database.close();
  }
}

async function replaySeconds(
  store: Store,
  { data, databaseUrl }: { readonly data: string; readonly databaseUrl?: string },
): Promise<number> {
  // The measured engine has a copy of the till, as if it had never sent anything.
  const till = `${data}-till`;
  store.writer.connection.pragma('wal_checkpoint(TRUNCATE)');
  cpSync(store.folder, till, { recursive: true });
  const server = await startServerProcess({
    data,
    port: 0,
    log: `${data}.log`,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  });
  const token = await enrolTerminal(server.url, readAdminKey(data), TERMINAL);
  const drainable = openDrainableTill(till, TERMINAL.terminalId, token);
  try {
    const started = performance.now();
    await drainable.drain(server.url);
    return (performance.now() - started) / 1000;
  } finally {
    drainable.close();
    await server.stop();
  }
}
