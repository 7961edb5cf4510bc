/** A server process on PostgreSQL and Redis with a catalogue and a full shelf, for the benchmarks of its API. */
import path from 'node:path';
import { enrolTerminal, readAdminKey } from '#box/enrol.ts';
import { type ServerProcess, startServerProcess } from '#box/services.ts';

export const SKUS = Array.from({ length: 20 }, (_, index) => `ITEM-${String(index + 1).padStart(3, '0')}`);
const UNITS = 9_999;

export interface BenchShop {
  readonly server: ServerProcess;
  /** @throws {Error} with the answer, when it is not a success */
  post(path: string, body: object, idempotencyKey?: string): Promise<unknown>;
  /** @returns its token */
  enrol(terminalId: string, locationId: string): Promise<string>;
  stop(): Promise<void>;
}

export async function openBenchShop(
  folder: string,
  databaseUrl: string,
  redisUrl: string,
  locations: readonly string[],
): Promise<BenchShop> {
  const data = path.join(folder, 'server');
  const server = await startServerProcess({
    data,
    port: 0,
    databaseUrl,
    redisUrl,
    logLevel: 'warn',
    paymentSimulator: true,
  });
  const adminKey = readAdminKey(data);
  const post = async (route: string, body: object, idempotencyKey?: string): Promise<unknown> => {
    const response = await fetch(new URL(route, server.url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${adminKey}`,
        'content-type': 'application/json',
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(`${route}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  };
  await post('/api/merchandise-codes', {
    code: 'BEER',
    description: 'Beer',
    tax_category: 'alcohol',
    tax_rate: 700,
    gl_account: '4010',
  });
  const items = SKUS.map((sku, index) => ({
    sku,
    name: `Item ${index}`,
    category: 'beer',
    cost: 1,
    price: 2.49,
    case_size: 24,
    active: true,
  }));
  await post('/api/items/bulk', { items });
  for (const location of locations) {
    const movements = SKUS.map((sku) => ({ sku, change: UNITS }));
    const delivery = { location_id: location, reason: 'restock', reference_id: 'START', movements };
    await post('/api/stock/movements', delivery, `start-${location}`);
  }
  return {
    server,
    post,
    enrol: (terminalId, locationId) => enrolTerminal(server.url, adminKey, { terminalId, locationId }),
    stop: () => server.stop(),
  };
}
