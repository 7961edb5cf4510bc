/**
 * Thousands of malformed requests to every operation of the server's own OpenAPI document, over a real socket against
 * PostgreSQL. None may crash it, be answered with a 5xx or in a way that is not documented; and no request that was
 * refused may have changed a row. A route that is added is attacked without a word here.
 *
 * HOLDFAST_FUZZ_RUNS multiplies the number of requests.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { adminClient } from '../test-support/admin-client.ts';
import { type ApiDocument, type ApiOperation, readApiDocument } from '../test-support/api-document.ts';
import { type CheckAnswer, answerChecker } from '../test-support/documented-answers.ts';
import { drawn } from '../test-support/draw.ts';
import { type KnownValues, knownValues } from '../test-support/known-values.ts';
import { memoryLog } from '../test-support/memory-log.ts';
import { type TestPostgres, startTestPostgres } from '../test-support/postgres.ts';
import { type RawAnswer, type RawClient, type RawRequest, rawClient } from '../test-support/raw-request.ts';
import { eventSource, pushOf } from '../test-support/sale-events.ts';
import { fittingRequest, spoiltRequest } from '../test-support/spoilt-requests.ts';
import { type RowWatch, watchRows } from '../test-support/row-watch.ts';
import { shopRequests } from '../test-support/shop-requests.ts';
import { connectTerminal, handshake } from '../test-support/terminal-client.ts';
import { type WholeServer, startWholeServer } from '../test-support/whole-server.ts';

const TIMES = Number(process.env['HOLDFAST_FUZZ_RUNS'] ?? 1);

/** Refusals that leave a trace on purpose: what was tried and failed is on record. */
const RECORDED: ReadonlySet<string> = new Set([
  'POST /api/orders 402',
  'POST /api/orders/{order_id}/refunds 402',
  'POST /api/dead-letters/{id}/retry 409',
]);
/** Above this the server may hang up before it has read all of it. */
const BODY_LIMIT = 64 * 1024;

type CallerName = 'the admin' | 'nobody';

describe('malformed requests', () => {
  const log = memoryLog('error');
  const known: KnownValues = knownValues();
  /** By operation: bodies that were taken, the ground for better attacks. */
  const accepted = new Map<string, unknown[]>();
  let cluster: TestPostgres;
  let server: WholeServer;
  let database: Database;
  let document: ApiDocument;
  let check: CheckAnswer;
  let client: RawClient;
  let rows: RowWatch;

  beforeAll(async () => {
    cluster = await startTestPostgres({ unsafeFast: true });
    const choice = { kind: 'postgres', url: cluster.url } as const;
    server = await startWholeServer(choice, log.logger);
    database = await openDatabase(choice);
    document = await readApiDocument(server.url);
    check = answerChecker(document);
    client = rawClient(server.url);
    rows = watchRows(database);
    await fillShop();
  }, 120_000);
  afterAll(async () => {
    client.close();
    await server.close();
    await database.close();
    await cluster.stop();
  });

  /** So that there is something to lose: a terminal with a sale, and whatever fitting requests make. */
  async function fillShop(): Promise<void> {
    const token = await adminClient(server.url, server.adminKey).enrol('T1', 'STORE-001');
    const terminal = await connectTerminal(server.url, handshake('T1', token));
    await terminal.push(pushOf(eventSource('T1', 'STORE-001').sale(3)));
    terminal.close();
    known.learn({ terminal_id: 'T1', location_id: 'STORE-001' });
    for (const { method, path, headers = {}, body } of shopRequests('STORE-001')) {
      const bytes = Buffer.from(JSON.stringify(body));
      const request = {
        method,
        path,
        headers: { 'content-type': 'application/json', ...headers },
        body: bytes,
      };
      const answer = await ask(request, 'the admin');
      if (answer.status >= 300) throw new Error(`${shown(request)} is no request of a shop: ${answer.body}`);
    }
    const writes = document.operations.filter(({ method }) => method !== 'DELETE');
    // Twice: an item needs its department.
    for (const operation of [...writes, ...writes]) {
      await drawn(8, async (draw) => {
        await ask(fittingRequest(draw, operation, contextOf(operation)), 'the admin');
      });
    }
  }

  const contextOf = (operation: ApiOperation) => ({
    components: document.components.schemas,
    known: known.of,
    accepted: accepted.get(operation.operationId) ?? [],
  });

  async function ask(request: RawRequest, caller: CallerName): Promise<RawAnswer> {
    const key = caller === 'nobody' ? {} : { authorization: `Bearer ${server.adminKey}` };
    try {
      const answer = await client.send({ ...request, headers: { ...request.headers, ...key } });
      expect(answer.status).toBeLessThan(500);
      check({ ...answer, method: request.method, path: request.path });
      if (answer.status < 300 && request.method !== 'HEAD') learn(request, answer);
      return answer;
    } catch (error) {
      if (error instanceof Error && 'code' in error && (request.body?.length ?? 0) > BODY_LIMIT) {
        return { status: 413, contentType: null, body: '' };
      }
      throw new Error(`${String(error)}\nasked by ${caller}: ${shown(request)}\n${log.lines.at(-1) ?? ''}`, {
        cause: error,
      });
    }
  }

  function learn({ method, path, body }: RawRequest, answer: RawAnswer): void {
    known.learn(JSON.parse(answer.body));
    const operation = document.operationOf(method, path);
    // A body that nobody asked for is not read, and may be anything.
    if (operation?.requestBody === undefined || body === undefined) return;
    const taken: unknown = JSON.parse(body.toString());
    const before = accepted.get(operation.operationId) ?? [];
    accepted.set(operation.operationId, [...before, taken].slice(-20));
  }

  /** Answers how many requests were refused. */
  async function attack(operation: ApiOperation, caller: CallerName, numRuns: number): Promise<number> {
    let refused = 0;
    await drawn(numRuns, async (draw) => {
      const request = spoiltRequest(draw, operation, contextOf(operation));
      const { status } = await ask(request, caller);
      if (status >= 400 && !RECORDED.has(`${request.method} ${operation.path} ${status}`)) {
        refused += 1;
        const changed = await rows.changed();
        if (changed.length > 0) {
          throw new Error(`refused with ${status}, but it changed ${changed.join(', ')}: ${shown(request)}`);
        }
      } else if (request.method !== 'GET' && request.method !== 'HEAD') {
        // It fitted after all.
        await rows.settle();
      }
    });
    return refused;
  }

  it.each([
    ['the admin', 60],
    ['nobody', 15],
  ] as const)(
    'of %s harm nothing',
    async (caller, requests) => {
      await rows.settle();
      const logged = log.lines.length;
      const runs = requests * TIMES;
      let refused = 0;
      for (const operation of document.operations) refused += await attack(operation, caller, runs);
      // Otherwise the attack would be none.
      expect(refused).toBeGreaterThan((document.operations.length * runs) / 2);
      expect(
        log
          .entries()
          .slice(logged)
          .map(({ msg, err }) => ({ msg, err })),
      ).toEqual([]);
    },
    120_000 * TIMES,
  );

  it('are noticed when they change a row', async () => {
    await rows.settle();
    await database.execute("UPDATE terminals SET epoch = epoch + 1 WHERE terminal_id = 'T1'");
    expect(await rows.changed()).toEqual(['terminals']);
    await database.execute("UPDATE terminals SET epoch = epoch - 1 WHERE terminal_id = 'T1'");
    expect(await rows.changed()).toEqual([]);
  });
});

function shown({ method, path, headers, body }: RawRequest): string {
  const start = JSON.stringify(headers).slice(0, 500);
  return `${method} ${path.slice(0, 300)} ${start} ${body?.toString().slice(0, 1000) ?? ''}`;
}
