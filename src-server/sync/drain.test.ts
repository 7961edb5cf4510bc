import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { verifyChain } from '../log/read-log.ts';
import { enrolTerminal } from '../terminals/terminals.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { type LiveProcess, startLiveProcess } from '../test-support/live-process.ts';
import { eventSource, pushOf } from '../test-support/sale-events.ts';
import { silentBus } from '../test-support/silent-bus.ts';
import { connectSocket, helloOf } from '../test-support/terminal-client.ts';

/** More turns of a check than one, and more batches than go together. */
const BATCHES = 6;
const SALES_A_BATCH = 80;

describe.each(TEST_DATABASES)('a sync server on $kind that closes', ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  let process: LiveProcess;

  beforeAll(async () => {
    home = await create();
    database = await home.open();
    process = await startLiveProcess({ database, bus: silentBus() });
  }, 120_000);
  afterAll(async () => {
    await process.close();
    await database.close();
    await home.dispose();
  });

  it('stores and answers every batch that it has taken in, those under check too', async () => {
    const enrolment = await enrolTerminal(database, 'T1', 'STORE-001', new Date());
    if (enrolment === 'location_differs') throw new Error('unexpected');
    const handshake = { protocol: 2, terminalId: 'T1', token: enrolment.token };
    const { socket } = await connectSocket(process.url, '/sync', handshake);
    await socket.emitWithAck('sync.hello', helloOf());
    const till = eventSource('T1', 'STORE-001');
    const answers = Array.from({ length: BATCHES }, () => {
      const events = Array.from({ length: SALES_A_BATCH }, () => till.sale(1)).flat();
      return socket.timeout(20_000).emitWithAck('events.push', pushOf(events)) as Promise<unknown>;
    });
    while (process.sync.load().batches < BATCHES) await new Promise((resolve) => setImmediate(resolve));
    await process.sync.drain();
    expect(process.sync.load().batches).toBe(0);
    expect(await Promise.all(answers)).toMatchObject(Array.from({ length: BATCHES }, () => ({ ok: true })));
    expect(await verifyChain(database, 'T1')).toMatchObject({ whole: true });
    socket.close();
  }, 60_000);
});
