/**
 * Thousands of malformed requests to every operation of the server's own OpenAPI document, over a real socket against
 * PostgreSQL. None may crash it, be answered with a 5xx or in a way that is not documented; and no request that was
 * refused may have changed a row. A route that is added is attacked without a word here.
 *
 * HOLDFAST_FUZZ_RUNS multiplies the number of requests.
 */
import fc from 'fast-check';
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
import { faultsOf, faultyRequest, fittingRequest, spoiltRequest } from '../test-support/spoilt-requests.ts';
import { type RowWatch, watchRows } from '../test-support/row-watch.ts';
import { shopRequests } from '../test-support/shop-requests.ts';
import { connectTerminal, handshake } from '../test-support/terminal-client.ts';
import { type WholeServer, startWholeServer } from '../test-support/whole-server.ts';

const TIMES = Number(process.env['HOLDFAST_FUZZ_RUNS'] ?? 1);
const TIMEOUT_MS = 120_000 * TIMES;

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
      check({ ...answer, method: request.method, path: request.path, sent: request.body?.toString() });
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

  /** True when the request was refused. */
  async function strike(request: RawRequest, operation: ApiOperation, caller: CallerName): Promise<boolean> {
    const { status } = await ask(request, caller);
    if (status >= 400 && !RECORDED.has(`${request.method} ${operation.path} ${status}`)) {
      const changed = await rows.changed();
      if (changed.length === 0) return true;
      throw new Error(`refused with ${status}, but it changed ${changed.join(', ')}: ${shown(request)}`);
    }
    // It fitted after all.
    if (request.method !== 'GET' && request.method !== 'HEAD') await rows.settle();
    return false;
  }

  /** Of all that can be wrong in one place of a request, so many things: HOLDFAST_FUZZ_RUNS=12 tries all. */
  async function strikeSinglePlaces(operation: ApiOperation, requests: number): Promise<void> {
    const faults = faultsOf(operation, accepted.get(operation.operationId)?.at(-1) ?? {});
    const length = Math.min(requests, faults.length);
    const [chosen = []] = fc.sample(
      fc.shuffledSubarray([...faults], { minLength: length, maxLength: length }),
      1,
    );
    const next = chosen.values();
    await drawn(Math.max(length, 1), async (draw) => {
      const { value: fault } = next.next();
      if (fault === undefined) return;
      await strike(faultyRequest(draw, operation, contextOf(operation), fault), operation, 'the admin');
    });
  }

  async function attack(caller: CallerName, requests: number): Promise<void> {
    await rows.settle();
    const logged = log.lines.length;
    let refused = 0;
    for (const operation of document.operations) {
      await drawn(requests, async (draw) => {
        const request = spoiltRequest(draw, operation, contextOf(operation));
        if (await strike(request, operation, caller)) refused += 1;
      });
    }
    // Otherwise the attack would be none.
    expect(refused).toBeGreaterThan((document.operations.length * requests) / 2);
    const failures = log.entries().slice(logged);
    expect(failures.map(({ msg, err }) => ({ msg, err }))).toEqual([]);
  }

  it('of the admin harm nothing', () => attack('the admin', 30 * TIMES), TIMEOUT_MS);
  it('of nobody harm nothing', () => attack('nobody', 15 * TIMES), TIMEOUT_MS);

  it(
    'with one fault harm nothing',
    async () => {
      await rows.settle();
      for (const operation of document.operations) await strikeSinglePlaces(operation, 60 * TIMES);
      expect(log.entries().map(({ msg, err }) => ({ msg, err }))).toEqual([]);
    },
    TIMEOUT_MS,
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
