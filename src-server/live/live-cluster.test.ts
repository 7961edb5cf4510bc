/** Several server processes on one PostgreSQL. Here they are parts of one process; what connects them is real. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { LIVE_NAMESPACE } from '#sync/protocol/live-messages.ts';
import { SYNC_NAMESPACE } from '#sync/protocol/messages.ts';
import { openBus } from '../bus/open-bus.ts';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { readStock } from '../inventory/read-stock.ts';
import { SILENT } from '../logger.ts';
import { enrolTerminal, revokeTerminal } from '../terminals/terminals.ts';
import { type LiveClient, connectLive } from '../test-support/live-client.ts';
import { type LiveProcess, startLiveProcess } from '../test-support/live-process.ts';
import { type TestPostgres, startTestPostgres } from '../test-support/postgres.ts';
import { type TestRedis, startTestRedis } from '../test-support/redis.ts';
import { type EventSource, eventSource, pushOf } from '../test-support/sale-events.ts';
import { connectSocket, connectTerminal, handshake } from '../test-support/terminal-client.ts';
import { openClusterAdapter } from './cluster-adapter.ts';

describe.each(['redis', 'postgres'] as const)('two server processes joined by %s', (kind) => {
  let postgres: TestPostgres;
  let redis: TestRedis | undefined;
  let database: Database;
  let processes: Process[] = [];
  let numbers = 0;
  let locationId = '';

  beforeAll(async () => {
    postgres = await startTestPostgres({ unsafeFast: true });
    redis = kind === 'redis' ? await startTestRedis() : undefined;
    database = await openDatabase({ kind: 'postgres', url: postgres.url });
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await redis?.stop();
    await postgres.stop();
  });
  beforeEach(async () => {
    numbers += 1;
    locationId = `SHOP-${numbers}`;
    processes = [await start(), await start()];
  });
  afterEach(async () => {
    await Promise.all(processes.splice(0).map(({ close }) => close()));
  });

  interface Process {
    readonly live: LiveProcess;
    readonly close: (this: void) => Promise<void>;
  }
  async function start(): Promise<Process> {
    const joined = { redisUrl: redis?.url, postgresUrl: postgres.url, logger: SILENT };
    const own = await openDatabase({ kind: 'postgres', url: postgres.url });
    const bus = await openBus(joined);
    const cluster = await openClusterAdapter(joined);
    const live = await startLiveProcess({ database: own, bus, adapter: cluster.adapter });
    let closing: Promise<void> | undefined;
    return {
      live,
      close: () =>
        (closing ??= (async () => {
          await live.close();
          await cluster.close();
          await bus.close();
          await own.close();
        })()),
    };
  }
  const at = (index: number): LiveProcess => {
    const process = processes[index];
    if (process === undefined) throw new Error('no such process');
    return process.live;
  };

  interface Till {
    readonly id: string;
    readonly events: EventSource;
    readonly auth: object;
  }
  async function enrol(location = locationId): Promise<Till> {
    const id = `T${(numbers += 1)}`;
    const enrolled = await enrolTerminal(database, id, location, new Date());
    if (enrolled === 'location_differs') throw new Error(enrolled);
    return { id, events: eventSource(id, location), auth: handshake(id, enrolled.token) };
  }
  const listenAt = async (index: number, location = locationId) =>
    connectLive(at(index).url, (await enrol(location)).auth);
  async function sell(till: Till, index: number): Promise<void> {
    const terminal = await connectTerminal(at(index).url, till.auth);
    expect(await terminal.push(pushOf(till.events.sale(3)))).toMatchObject({ ok: true });
    terminal.close();
  }
  async function stockIsKnownTo(...listeners: LiveClient[]): Promise<void> {
    const table = Object.fromEntries(
      (await readStock(database, locationId)).map(({ sku, quantity, reserved }) => [
        sku,
        { quantity, reserved },
      ]),
    );
    await vi.waitFor(
      () => {
        for (const { view } of listeners) expect(view().stock).toEqual(table);
      },
      { timeout: 10_000 },
    );
  }
  /** Two processes need a moment to find each other, in which a word gets lost: says it until it arrives. */
  const untilHeard = (say: () => Promise<unknown>, heard: () => boolean) =>
    vi.waitFor(
      async () => {
        await say();
        await vi.waitFor(() => expect(heard()).toBe(true), { timeout: 200 });
      },
      { timeout: 15_000 },
    );
  async function joined(...listeners: LiveClient[]): Promise<void> {
    const { auth, events } = await enrol();
    const terminal = await connectTerminal(at(0).url, auth);
    const sku = 'COUNTED-AGAIN';
    const count = events.next.bind(events, 'inventory.updated', sku, {
      sku,
      old_quantity: 0,
      new_quantity: 1,
      change: 1,
      reason: 'adjustment',
      reference_id: 'COUNT-1',
    });
    await untilHeard(
      () => terminal.push(pushOf([count()])),
      () => listeners.every(({ view }) => view().stock[sku] !== undefined),
    );
    terminal.close();
    await stockIsKnownTo(...listeners);
  }

  it('tell the terminals of both what is sold at either, and no other location', async () => {
    const listeners = [await listenAt(0), await listenAt(1)];
    const strangers = [await listenAt(0, 'ELSEWHERE'), await listenAt(1, 'ELSEWHERE')];
    const [first, second] = [await enrol(), await enrol()];
    await joined(...listeners);
    await sell(second, 1);
    await sell(first, 0);
    await stockIsKnownTo(...listeners);
    for (const { messages } of strangers) expect(messages).toEqual([]);
    for (const { close } of [...listeners, ...strangers]) close();
  });

  it('go on when the one that told is gone', async () => {
    const listener = await listenAt(1);
    const till = await enrol();
    await joined(listener);
    await processes[0]?.close();
    await sell(till, 1);
    await stockIsKnownTo(listener);
    listener.close();
  });

  it('end the connections of a terminal whose token is void, wherever they are', async () => {
    const till = await enrol();
    const listener = await listenAt(1);
    await joined(listener);
    const connections = await Promise.all(
      [SYNC_NAMESPACE, LIVE_NAMESPACE].map((namespace) => connectSocket(at(1).url, namespace, till.auth)),
    );
    await revokeTerminal(database, till.id, new Date());
    await untilHeard(
      async () => at(0).sockets.endVoid(till.id),
      () => connections.every(({ socket }) => !socket.connected),
    );
    expect(listener.socket.connected).toBe(true);
    listener.close();
  });
});
