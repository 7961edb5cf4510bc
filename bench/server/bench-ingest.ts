/**
 * Ingest: batches of a terminal, made beforehand, over a real socket into a server process on PostgreSQL, against raw
 * multi-row INSERTs of the same rows into the same table over the same driver. Rounds are interleaved; each has a new database.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { EventRecord } from '#domain/events/event-record.ts';
import { enrolTerminal, readAdminKey } from '#box/enrol.ts';
import { startServerProcess } from '#box/services.ts';
import type { Database } from '#server/database/database.ts';
import { openDatabase } from '#server/database/open-database.ts';
import type { TestPostgres } from '#server/test-support/postgres.ts';
import { pushOf } from '#server/test-support/sale-events.ts';
import { connectTerminal, handshake } from '#server/test-support/terminal-client.ts';
import { MAX_BATCH_EVENTS } from '#sync/protocol/messages.ts';
import { type RawStatement, copyPages, valuesStatements } from '../replay/raw-inserts.ts';
import { median, rounded } from '../statistics.ts';

const ROUNDS = 3;
/** As many batches as a till keeps under way. */
const IN_FLIGHT = 3;
const TERMINAL = { terminalId: 'T1', locationId: 'STORE-001' } as const;

export interface IngestFigures {
  readonly ingest_events: number;
  readonly ingest_events_per_s: number;
  readonly ingest_raw_events_per_s: number;
  /** Raw seconds ÷ ingest seconds. Goal: ≥ 0.8. */
  readonly ingest_ratio: number;
  readonly ingest_copy_events_per_s: number;
  readonly ingest_copy_ratio: number;
}

export async function benchIngest(
  events: readonly EventRecord[],
  postgres: TestPostgres,
): Promise<IngestFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'holdfast-bench-ingest-'));
  const raw: number[] = [];
  const copy: number[] = [];
  const ingest: number[] = [];
  try {
    const values = valuesStatements(events);
    for (let round = 1; round <= ROUNDS; round += 1) {
      const bare = await postgres.createDatabase(`ingest_raw_${round}`);
      raw.push(await secondsOf(bare, (database) => insertAll(database, values)));
      const copied = await postgres.createDatabase(`ingest_copy_${round}`);
      copy.push(await secondsOf(copied, (database) => copyPages(database, events)));
      ingest.push(
        await ingestSeconds(
          events,
          path.join(folder, String(round)),
          await postgres.createDatabase(`ingest_${round}`),
        ),
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const count = events.length;
  return {
    ingest_events: count,
    ingest_events_per_s: rounded(count / median(ingest)),
    ingest_raw_events_per_s: rounded(count / median(raw)),
    ingest_ratio: rounded(median(raw) / median(ingest)),
    ingest_copy_events_per_s: rounded(count / median(copy)),
    ingest_copy_ratio: rounded(median(copy) / median(ingest)),
  };
}

async function secondsOf(url: string, work: (database: Database) => Promise<void>): Promise<number> {
  const database = await openDatabase({ kind: 'postgres', url });
  try {
    const started = performance.now();
    await work(database);
    return (performance.now() - started) / 1000;
  } finally {
    await database.close();
  }
}

async function insertAll(database: Database, statements: readonly RawStatement[]): Promise<void> {
  for (const { sql, values } of statements) await database.execute(sql, values);
}

async function ingestSeconds(
  events: readonly EventRecord[],
  data: string,
  databaseUrl: string,
): Promise<number> {
  const server = await startServerProcess({ data, port: 0, databaseUrl, logLevel: 'warn' });
  try {
    const token = await enrolTerminal(server.url, readAdminKey(data), TERMINAL);
    await countIn(databaseUrl, events);
    const batches = batchesOf(events);
    const terminal = await connectTerminal(server.url, handshake(TERMINAL.terminalId, token));
    await terminal.hello();
    const started = performance.now();
    const pushOne = async () => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        const reply = await terminal.push(batch);
        if (!reply.ok) throw new Error(`The server refused a batch: ${reply.code} ${reply.message}`);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, pushOne));
    const seconds = (performance.now() - started) / 1000;
    terminal.close();
    return seconds;
  } finally {
    await server.stop();
  }
}

/** A shelf that is full enough: without it half of the items would fall below zero, and each would raise an alert. */
async function countIn(url: string, events: readonly EventRecord[]): Promise<void> {
  const moved = events.filter(({ eventType }) => eventType === 'inventory.updated');
  const skus = [...new Set(moved.map(({ aggregateId }) => aggregateId))];
  const database = await openDatabase({ kind: 'postgres', url });
  try {
    await database.execute(
      'INSERT INTO stock (location_id, sku, quantity) SELECT $1, unnest($2::text[]), 1000000',
      [TERMINAL.locationId, skus],
    );
  } finally {
    await database.close();
  }
}

function batchesOf(events: readonly EventRecord[]) {
  const batches: ReturnType<typeof pushOf>[] = [];
  for (let from = 0; from < events.length; from += MAX_BATCH_EVENTS) {
    batches.push(pushOf(events.slice(from, from + MAX_BATCH_EVENTS)));
  }
  return batches;
}
