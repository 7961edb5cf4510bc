/** Holdfast: a till's SQLite → engine → socket.io → server process → PostgreSQL, both ends on the disk. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { EventRecord } from '#domain/events/event-record.ts';
import { enrolTerminal, readAdminKey } from '#box/enrol.ts';
import { startServerProcess } from '#box/services.ts';
import type { Database } from '#server/database/database.ts';
import { openDatabase } from '#server/database/open-database.ts';
import { verifyChain } from '#server/log/read-log.ts';
import { SMALL_YOUNG_GENERATION } from '#main/threads/young-generation.ts';
import type { TestPostgres } from '#server/test-support/postgres.ts';
import { BENCH_TERMINAL } from './bench-terminal.ts';
import type { Backlog, Contender } from './contender.ts';
import { digestOf } from './digest.ts';
import type { Arrived } from './end-process.ts';
import { startEnd } from './start-end.ts';

const TILL = path.join(import.meta.dirname, 'holdfast-till.ts');

export function holdfast(folder: string, postgres: TestPostgres, backlog: Backlog): Contender {
  return {
    name: 'holdfast',
    async open(run) {
      const databaseUrl = await postgres.createDatabase(`holdfast_${run}`);
      const data = path.join(folder, `holdfast-${run}`);
      const server = await startServerProcess({
        data,
        port: 0,
        databaseUrl,
        log: `${data}.log`,
        logLevel: 'warn',
      });
      const token = await enrolTerminal(server.url, readAdminKey(data), BENCH_TERMINAL);
      const till = `${data}-till`;
      cpSync(backlog.till, till, { recursive: true });
      const database = await openDatabase({ kind: 'postgres', url: databaseUrl });
      await countIn(database, backlog.events);
      const client = await startEnd(TILL, [till, token], [SMALL_YOUNG_GENERATION]);
      return {
        client,
        serverPid: server.pid,
        serverPort: Number(new URL(server.url).port),
        databasePid: await postmasterOf(database),
        look: () => lookAtLog(database, backlog.events),
        async close() {
          await client.stop();
          await database.close();
          await server.stop();
        },
      };
    },
  };
}

/** A shelf that is full enough: without it half of the items would fall below zero, and each would raise an alert. */
async function countIn(database: Database, events: readonly EventRecord[]): Promise<void> {
  const moved = events.filter(({ eventType }) => eventType === 'inventory.updated');
  const skus = [...new Set(moved.map(({ aggregateId }) => aggregateId))];
  await database.execute(
    'INSERT INTO stock (location_id, sku, quantity) SELECT $1, unnest($2::text[]), $3::bigint',
    [BENCH_TERMINAL.locationId, skus, OPENING_STOCK],
  );
}

const OPENING_STOCK = 1_000_000;
const movementSchema = z.object({ sku: z.string(), change: z.int() });
const numberedRow = z.object({ seq: z.int(), hash: z.string() });
const stockRow = z.object({ sku: z.string(), quantity: z.int() });

/** @throws {Error} when the chain is not whole or the stock is not what the events make of it */
async function lookAtLog(database: Database, events: readonly EventRecord[]): Promise<Arrived> {
  const chain = await verifyChain(database, BENCH_TERMINAL.terminalId);
  if (chain?.whole !== true) throw new Error(`The chain is not whole: ${JSON.stringify(chain)}`);
  const expected = new Map<string, number>();
  for (const event of events) {
    if (event.eventType !== 'inventory.updated') continue;
    const { sku, change } = movementSchema.parse(JSON.parse(event.payload));
    expected.set(sku, (expected.get(sku) ?? OPENING_STOCK) + change);
  }
  const stock = await database.query(stockRow, 'SELECT sku, quantity FROM stock WHERE location_id = $1', [
    BENCH_TERMINAL.locationId,
  ]);
  for (const { sku, quantity } of stock) {
    if (quantity !== expected.get(sku))
      throw new Error(`Of ${sku} there are ${quantity}, not ${expected.get(sku)}`);
  }
  const rows = await database.query(numberedRow, 'SELECT seq, hash FROM event_log WHERE terminal_id = $1', [
    BENCH_TERMINAL.terminalId,
  ]);
  return {
    records: rows.length,
    rewritten: rows.length - new Set(rows.map(({ seq }) => seq)).size,
    digest: digestOf(rows),
  };
}

const postmasterRow = z.object({ pid: z.coerce.number().int() });

async function postmasterOf(database: Database): Promise<number> {
  const [row] = await database.query(
    postmasterRow,
    `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid`,
  );
  if (row === undefined) throw new Error('PostgreSQL does not say which process it is');
  return row.pid;
}
