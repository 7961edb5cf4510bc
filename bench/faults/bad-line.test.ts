/** A real till and a real server with a bad line between them. */
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { enrolTerminal } from '#box/enrol.ts';
import { type TemporaryFolder, temporaryFolder } from '#main/test-support/temporary-folder.ts';
import { type RunningServer, startServer } from '#server/server.ts';
import { type TestDatabase, TEST_DATABASES } from '#server/test-support/databases.ts';
import { eventually } from '#server/test-support/eventually.ts';
import { between, seededRandom } from '../random.ts';
import { badWeather } from './bad-weather.ts';
import { differencesOfLog, headOnServer, serverStock } from './compare-with-server.ts';
import { type FaultProxy, openFaultProxy } from './fault-proxy.ts';
import { type TillOnLine, openTillOnLine } from './till-on-line.ts';

/** Faults of one random run. */
const FAULTS = 10;

describe.each(TEST_DATABASES)('a bad line to a server on $kind', ({ create }) => {
  let database: TestDatabase;
  let server: RunningServer;
  let temporary: TemporaryFolder;
  let proxy: FaultProxy;
  let till: TillOnLine;
  let tills = 0;
  /** One for each till, so that the server's stock there is this till's. */
  let locationId: string;

  beforeAll(async () => {
    temporary = temporaryFolder();
    database = await create();
    server = await startServer({
      host: '127.0.0.1',
      port: 0,
      database: database.choice,
      admin: { key: 'a-key-for-tests-only' },
    });
  });
  afterAll(async () => {
    await server.close();
    await database.dispose();
    temporary.remove();
  });
  beforeEach(async () => {
    tills += 1;
    const terminalId = `T${tills}`;
    locationId = `STORE-${100 + tills}`;
    const token = await enrolTerminal(server.url, server.adminKey, { terminalId, locationId });
    proxy = await openFaultProxy(server.url, seededRandom(tills));
    till = openTillOnLine({
      folder: path.join(temporary.path, terminalId),
      terminalId,
      locationId,
      url: proxy.url,
      token,
    });
  });
  afterEach(async () => {
    till.close();
    await proxy.close();
  });

  /** Exactly once, in order, unaltered; and the till knows it. */
  async function expectAllOfIt(): Promise<void> {
    const written = till.events();
    await eventually(() => {
      expect(till.status().up).toMatchObject({ state: 'live', ackedThrough: written.length });
    });
    expect(till.ackedThrough()).toBe(written.length);
    expect(await differencesOfLog(server, till.terminalId, written)).toEqual([]);
    expect(await serverStock(server, locationId)).toEqual(till.moved());
  }

  test('the answer is lost behind the commit: stored once, acknowledged at the next hello', async () => {
    await eventually(() => expect(till.status().up.state).toBe('live'));
    const lost = proxy.loseNextAnswer();
    till.sell(3);
    await lost;
    // The server has it, and the till does not know.
    await eventually(async () =>
      expect(await headOnServer(server, till.terminalId)).toBe(till.events().length),
    );
    await expectAllOfIt();
    expect(proxy.connections).toBeGreaterThan(1);
  });

  test('the hello itself is lost, and the next one, too', async () => {
    till.sell(3);
    await proxy.setNewcomers('ignored');
    proxy.resetAll();
    await eventually(() => expect(proxy.connections).toBeGreaterThan(3));
    await proxy.heal();
    await expectAllOfIt();
  });

  test('a stalled line is dropped after the time for an answer, and what it carried is asked about', async () => {
    await eventually(() => expect(till.status().up.state).toBe('live'));
    proxy.set({ stalled: 'down' });
    till.sell(5);
    await eventually(() => expect(till.status().up.state).not.toMatch(/live|catching_up/));
    await proxy.heal();
    await expectAllOfIt();
  });

  test('bytes one by one, and slowly', async () => {
    proxy.set({ largestPiece: 3, bytesPerSecond: 300_000 });
    till.sell(2);
    await expectAllOfIt();
  });

  test.each([1, 2])('whatever happens on it, everything is there once afterwards (seed %i)', async (seed) => {
    const random = seededRandom(seed);
    till.sell(20);
    const faults = await badWeather(proxy, random, FAULTS, () => void till.sell(between(random, 1, 12)));
    till.sell(1);
    await expectAllOfIt();
    expect(faults.size).toBeGreaterThan(FAULTS / 4);
    expect(proxy.connections).toBeGreaterThan(3);
  });
});
