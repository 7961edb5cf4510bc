/**
 * Disks that are really full, under a till and under a server's database, while they sync. What a cashier is told then is in
 * `src-main/terminal/dispatch.test.ts`.
 */
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { asker } from '#box/ask-server.ts';
import { enrolTerminal } from '#box/enrol.ts';
import type { Item } from '#domain/catalogue/item.ts';
import { canMountDisks, mountSmallDisk, type SmallDisk } from '#main/test-support/small-disk.ts';
import { type TemporaryFolder, temporaryFolder } from '#main/test-support/temporary-folder.ts';
import { sqliteCode } from '#main/store/store-errors.ts';
import { eventually } from '#server/test-support/eventually.ts';
import { seededRandom } from '../random.ts';
import { largeCatalogue } from '../till/large-catalogue.ts';
import { differencesOfLog, headOnServer, serverStock } from './compare-with-server.ts';
import { type FaultProxy, openFaultProxy } from './fault-proxy.ts';
import { type KillableServer, makeServerData, startKillableServer } from './killable-server.ts';
import { changePrices, fillShop, serverCatalogue } from './shop-on-server.ts';
import { type TillOnLine, openTillOnLine } from './till-on-line.ts';
import { until } from './until.ts';

const TERMINAL = { terminalId: 'T1', locationId: 'STORE-001' } as const;
const ITEMS = 200;
const MEGABYTE = 1024 * 1024;

describe.skipIf(!canMountDisks)('a full disk', { timeout: 120_000 }, () => {
  let temporary: TemporaryFolder;
  let disk: SmallDisk;
  let onDisk: string;
  let proxy: FaultProxy;
  let server: KillableServer;
  let till: TillOnLine;

  beforeEach(() => {
    temporary = temporaryFolder();
    onDisk = temporary.join('disk');
  });
  afterEach(async () => {
    till.close();
    await server.kill();
    await proxy.close();
    disk.unmount();
    temporary.remove();
  });

  /** @param items what the server sells, and the till is to bring down; without it the till only sends */
  async function begin(data: string, tillFolder: string, items: readonly Item[] = []): Promise<void> {
    server = await startKillableServer(data);
    const down = items.length > 0;
    if (down) await fillShop(asker(server.url, server.adminKey), items);
    const token = await enrolTerminal(server.url, server.adminKey, TERMINAL);
    proxy = await openFaultProxy(server.url, seededRandom(1));
    till = openTillOnLine({ folder: tillFolder, ...TERMINAL, url: proxy.url, token, down, items: ITEMS });
  }

  async function expectAllOfIt(): Promise<void> {
    const written = till.events();
    await eventually(() => {
      expect(till.status().up).toMatchObject({ state: 'live', ackedThrough: written.length, problem: null });
    });
    expect(await differencesOfLog(server, TERMINAL.terminalId, written)).toEqual([]);
  }

  describe('under a till', () => {
    test('refuses sales and keeps all that it had, up and down, and goes on by itself with space', async () => {
      disk = mountSmallDisk(onDisk, 6);
      const data = temporary.join('server');
      await makeServerData(data);
      const items = [...largeCatalogue(ITEMS)];
      await begin(data, path.join(onDisk, 'till'), items);
      const ask = asker(server.url, server.adminKey);
      const random = seededRandom(7);
      await eventually(() => expect(till.status().down).toMatchObject({ state: 'current', problem: null }));
      till.sell(5);
      await expectAllOfIt();
      disk.fill(MEGABYTE / 2);
      const sold = sellUntilRefused();
      const written = till.events().length;
      // The server has new prices, and the till has nowhere to put them.
      await changePrices(ask, items, random);
      await eventually(() => {
        const { up, down } = till.status();
        expect([up.problem, down.problem].filter((problem) => problem !== null)).not.toEqual([]);
      });
      expect(till.events()).toHaveLength(written);
      disk.free();
      till.sell(3);
      expect(sold).toBeGreaterThan(0);
      await expectAllOfIt();
      const catalogue = await serverCatalogue(ask);
      await eventually(() => expect(till.catalogue()).toEqual(catalogue));
      const stock = await serverStock(server, TERMINAL.locationId);
      await eventually(() => expect(till.stock()).toEqual(stock));
    });

    /** @returns how many sales there was space for */
    function sellUntilRefused(): number {
      for (let sales = 0; sales < 5_000; sales += 1) {
        try {
          till.sell(1);
        } catch (error) {
          expect(sqliteCode(error)).toBe('SQLITE_FULL');
          return sales;
        }
      }
      throw new Error('The disk does not get full');
    }
  });

  describe('under a server with its embedded database', () => {
    let memory: SmallDisk;
    afterEach(() => memory.unmount());
    const data = () => path.join(onDisk, 'server');
    beforeEach(async () => {
      disk = mountSmallDisk(onDisk, 110);
      // Made on another disk: it cannot be moved there.
      await makeServerData(temporary.join('made'));
      mkdirSync(data());
      cpSync(temporary.join('made'), data(), { recursive: true });
      // In memory, where many sales are made quickly.
      memory = mountSmallDisk(temporary.join('memory'), 120);
      await begin(data(), temporary.join('memory', 'till'));
      till.sell(5);
      await expectAllOfIt();
    });

    test('is told to the till, which keeps what it has; with space it goes on by itself', async () => {
      disk.fill();
      await eventually(() => {
        till.sell(20);
        expect(till.status().up.problem).toContain('could not store');
      });
      disk.free();
      till.sell(1);
      await expectAllOfIt();
      expect(await headOnServer(server, TERMINAL.terminalId)).toBe(till.events().length);
    });

    test('in the middle of its log ends it, and it comes back with all that it had acknowledged', async () => {
      // Enough for the rows, too little for the next 16 MB of the log.
      disk.fill(14 * MEGABYTE);
      let ended = false;
      void server.exited.then(() => {
        ended = true;
      });
      await until('the log of the server finds no space', () => {
        if (till.written() - till.ackedThrough() < 1_000) till.sell(50);
        return ended;
      });
      disk.fill();
      await expect(startKillableServer(data())).rejects.toMatchObject({ code: 'data_not_writable' });
      disk.free();
      server = await startKillableServer(data());
      expect(await headOnServer(server, TERMINAL.terminalId)).toBeGreaterThanOrEqual(till.ackedThrough());
      proxy.leadTo(server.url);
      await expectAllOfIt();
    });
  });
});
