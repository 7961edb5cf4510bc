/** The catalogue's routes on a loopback port, with what a test wants to know of the tables and the log behind them. */
import type { AddressInfo } from 'node:net';
import { expect } from 'vitest';
import { z } from 'zod';
import { checkDigit } from '#domain/barcode/gtin.ts';
import { catalogueRoutes } from '../catalogue/catalogue-routes.ts';
import type { Database } from '../database/database.ts';
import { createHttpServer } from '../http/http-server.ts';
import { EVERYWHERE, createEventLog } from '../log/event-log.ts';
import { readTerminalEvents, verifyChain } from '../log/read-log.ts';
import type { StoredEventRow } from '../log/stored-event.ts';
import { SILENT } from '../logger.ts';
import type { TestDatabase } from './databases.ts';
import { documentedFetch } from './documented-answers.ts';
import { silentBus } from './silent-bus.ts';

const ADMIN_KEY = 'a-key-for-tests-only';

export interface CatalogueAnswer {
  readonly status: number;
  readonly etag: string | null;
  readonly body: unknown;
}

export interface Question {
  readonly body?: unknown;
  /** The version for `If-Match`, or the header as it is. */
  readonly ifMatch?: number | string;
  readonly key?: string;
}

export interface CatalogueApi {
  readonly database: Database;
  /** The answer must be as the OpenAPI document says. */
  ask(method: string, path: string, question?: Question): Promise<CatalogueAnswer>;
  /** How many events the catalogue has. */
  eventCount(): Promise<number>;
  /** The catalogue's events behind the first `skip` ones, in their order. */
  events(skip?: number): Promise<readonly StoredEventRow[]>;
  /** All rows of the catalogue as they are: two texts are equal when nothing was changed. */
  rows(): Promise<string>;
  /** Also proves the chain of all that was told. */
  close(): Promise<void>;
}

const chainRow = z.object({ terminal_id: z.string(), head_seq: z.int() });
const anyRow = z.object({ row: z.string() });

export async function startCatalogueApi(home: TestDatabase): Promise<CatalogueApi> {
  const database = await home.open();
  const log = createEventLog(database, silentBus());
  const { app } = createHttpServer({
    database,
    adminKey: ADMIN_KEY,
    logger: SILENT,
    checks: [],
    modules: [catalogueRoutes({ database, log })],
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const askServer = documentedFetch(`http://127.0.0.1:${port}`);

  async function readChain() {
    const sql = `SELECT terminal_id, head_seq FROM terminals WHERE location_id = $1 AND kind = 'server'`;
    const [chain] = await database.query(chainRow, sql, [EVERYWHERE]);
    return chain;
  }

  return {
    database,
    async ask(method, path, { body, ifMatch, key = ADMIN_KEY } = {}) {
      const match = typeof ifMatch === 'number' ? `"${ifMatch}"` : ifMatch;
      const { response, text } = await askServer(path, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          ...(match === undefined ? {} : { 'if-match': match }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, etag: response.headers.get('etag'), body: JSON.parse(text) };
    },
    eventCount: async () => (await readChain())?.head_seq ?? 0,
    async events(skip = 0) {
      const chain = await readChain();
      return chain === undefined ? [] : readTerminalEvents(database, chain.terminal_id, skip, 10_000);
    },
    async rows() {
      const tables = ['items', 'item_barcodes', 'merchandise_codes', 'promotions'];
      const texts = tables.map((table) => `SELECT '${table} ' || to_jsonb(t)::text AS row FROM ${table} t`);
      const rows = await database.query(anyRow, `${texts.join(' UNION ALL ')} ORDER BY row`);
      return rows.map(({ row }) => row).join('\n');
    },
    async close() {
      const chain = await readChain();
      expect(chain && (await verifyChain(database, chain.terminal_id))).toEqual({
        events: chain?.head_seq,
        whole: true,
      });
      await app.close();
      await database.close();
    },
  };
}

const refusalBody = z.looseObject({ code: z.string(), message: z.string() });

/** Expects a refusal by this name that leaves no trace, neither in the tables nor in the log. Answers its body. */
export async function expectRefusal(
  api: CatalogueApi,
  status: number,
  code: string,
  ask: () => Promise<CatalogueAnswer>,
): Promise<z.infer<typeof refusalBody>> {
  const before = [await api.rows(), await api.eventCount()];
  const answer = await ask();
  expect(answer).toMatchObject({ status, body: { code } });
  expect([await api.rows(), await api.eventCount()]).toEqual(before);
  return refusalBody.parse(answer.body);
}

/** The events that `work` appended, in the order of the log. */
export async function eventsOf(api: CatalogueApi, work: () => Promise<unknown>) {
  const count = await api.eventCount();
  await work();
  return (await api.events(count)).map(({ event_type, aggregate_id, payload }) => ({
    event_type,
    aggregate_id,
    payload,
  }));
}

/** An EAN-13 for shops' own use, one for each pair of numbers. */
export function testBarcode(test: number, number: number): string {
  const body = `2${String(test).padStart(6, '0')}${String(number).padStart(5, '0')}`;
  return `${body}${checkDigit(body)}`;
}
