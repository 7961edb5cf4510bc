/** The same bad line, for what comes down: the snapshot of a new till, then changes, while it sells. */
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AskServer, asker } from '#box/ask-server.ts';
import { enrolTerminal } from '#box/enrol.ts';
import { type TemporaryFolder, temporaryFolder } from '#main/test-support/temporary-folder.ts';
import { type RunningServer, startServer } from '#server/server.ts';
import { type TestDatabase, TEST_DATABASES } from '#server/test-support/databases.ts';
import { eventually } from '#server/test-support/eventually.ts';
import { between, seededRandom } from '../random.ts';
import { largeCatalogue } from '../till/large-catalogue.ts';
import { badWeather } from './bad-weather.ts';
import { differencesOfLog, serverStock } from './compare-with-server.ts';
import type { Trap } from './fault-line.ts';
import { type FaultProxy, openFaultProxy } from './fault-proxy.ts';
import { changePrices, fillShop, serverCatalogue } from './shop-on-server.ts';
import { type TillOnLine, openTillOnLine } from './till-on-line.ts';

/** Its snapshot is a good 100 KB: several pieces of a download. */
const ITEMS = 4_000;
/** What every till here begins with, of its own: the first of the same items. */
const ITEMS_OF_TILL = 40;
const FAULTS = 10;

/** How pages and snapshots are made is the same on both databases, and tested on both; here it is about the line. */
describe.each(TEST_DATABASES.filter(({ kind }) => kind === 'postgres'))(
  'what comes down a bad line from $kind',
  ({ create }) => {
    const items = [...largeCatalogue(ITEMS)];
    let database: TestDatabase;
    let server: RunningServer;
    let ask: AskServer;
    let temporary: TemporaryFolder;
    let proxy: FaultProxy;
    let till: TillOnLine | undefined;
    let tills = 0;

    beforeAll(async () => {
      temporary = temporaryFolder();
      database = await create();
      server = await startServer({
        host: '127.0.0.1',
        port: 0,
        database: database.choice,
        admin: { key: 'a-key-for-tests-only' },
      });
      ask = asker(server.url, server.adminKey);
      await fillShop(ask, items);
    });
    afterAll(async () => {
      await server.close();
      await database.dispose();
      temporary.remove();
    });
    beforeEach(async () => {
      proxy = await openFaultProxy(server.url, seededRandom(1));
    });
    afterEach(async () => {
      till?.close();
      await proxy.close();
    });

    async function openAnotherProxy(): Promise<void> {
      await proxy.close();
      proxy = await openFaultProxy(server.url, seededRandom(2));
    }

    const locationId = () => `STORE-${200 + tills}`;
    async function openTill(): Promise<TillOnLine> {
      tills += 1;
      const terminalId = `T${tills}`;
      const token = await enrolTerminal(server.url, server.adminKey, {
        terminalId,
        locationId: locationId(),
      });
      till = openTillOnLine({
        folder: path.join(temporary.path, terminalId),
        terminalId,
        locationId: locationId(),
        url: proxy.url,
        token,
        down: true,
        items: ITEMS_OF_TILL,
      });
      return till;
    }

    async function expectBothEqual(of: TillOnLine): Promise<void> {
      const written = of.events();
      await eventually(() => {
        expect(of.status()).toMatchObject({
          up: { state: 'live', ackedThrough: written.length },
          down: { state: 'current', problem: null },
        });
      });
      const catalogue = await serverCatalogue(ask);
      expect(catalogue.size).toBe(ITEMS);
      await eventually(() => expect(of.catalogue()).toEqual(catalogue));
      expect(await differencesOfLog(server, of.terminalId, written)).toEqual([]);
      const stock = await serverStock(server, locationId());
      await eventually(() => expect(of.stock()).toEqual(stock));
    }

    const download = (afterBytes: number, act: Trap['act']): Trap => ({
      requestBegins: 'GET /api/snapshots/',
      afterBytes,
      act,
    });

    /** What a new till brings down over a good line. */
    async function bytesOfGoodLine(): Promise<number> {
      const till = await openTill();
      await expectBothEqual(till);
      till.close();
      return proxy.passed.down;
    }

    test('a snapshot that is cut again and again goes on where it was', async () => {
      const expected = await bytesOfGoodLine();
      await openAnotherProxy();
      const PIECE = 40_000;
      const CUTS = 3;
      proxy.set({ largestPiece: 4_000 });
      for (let cut = 0; cut < CUTS; cut += 1) proxy.setTrap(download(PIECE, 'reset'));
      await expectBothEqual(await openTill());
      expect(proxy.trapsLeft()).toBe(0);
      // From the beginning each time, it would have been all the pieces more.
      expect(proxy.passed.down - expected).toBeLessThan((CUTS * PIECE) / 2);
    });

    test('a bit that flips in a snapshot is noticed: nothing of it is taken, and it comes again', async () => {
      const expected = await bytesOfGoodLine();
      await openAnotherProxy();
      proxy.setTrap(download(30_000, 'flip a bit'));
      await expectBothEqual(await openTill());
      expect(proxy.trapsLeft()).toBe(0);
      expect(proxy.passed.down).toBeGreaterThan(expected * 1.5);
    });

    test.each([1, 2])(
      'whatever happens on it while prices change and the till sells (seed %i)',
      async (seed) => {
        const random = seededRandom(seed);
        const selling = await openTill();
        const faults = await badWeather(proxy, random, FAULTS, async () => {
          selling.sell(between(random, 1, 6));
          await changePrices(ask, items, random);
        });
        expect(faults.size).toBeGreaterThan(FAULTS / 4);
        await expectBothEqual(selling);
      },
    );
  },
);
