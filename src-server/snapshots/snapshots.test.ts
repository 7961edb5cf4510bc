import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { SnapshotOffer } from '#sync/protocol/changes.ts';
import { createHttpServer } from '../http/http-server.ts';
import type { Database } from '../database/database.ts';
import { SILENT } from '../logger.ts';
import { revokeTerminal } from '../terminals/terminals.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { type DownShop, type DownTill, downShop, readWholeSnapshot } from '../test-support/down-shop.ts';
import { documentedFetch } from '../test-support/documented-answers.ts';
import { linesOfSnapshot, mirrorOfSnapshot } from '../test-support/till-mirror.ts';
import { PIECE_BYTES } from './compress-lines.ts';
import { type SnapshotMaker, createSnapshotMaker } from './snapshot-maker.ts';
import { snapshotRoutes } from './snapshot-routes.ts';
import { claimSnapshot } from './snapshot-store.ts';

const countRow = z.object({ count: z.int() });

describe.each(TEST_DATABASES)('snapshots on $kind', ({ kind, create }) => {
  let home: TestDatabase;
  let database: Database;
  let shop: DownShop;
  let here: string;
  let till: DownTill;
  let code: string;
  let maker: SnapshotMaker;

  beforeAll(async () => {
    home = await create();
    database = await home.open();
    shop = downShop(database);
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await home.dispose();
  });
  beforeEach(async () => {
    here = shop.newLocation();
    till = await shop.enrol(here);
    code = shop.newKey('C');
    maker = createSnapshotMaker({ database, logger: SILENT });
    return () => maker.stop();
  });

  async function count(sql: string, location = here): Promise<number> {
    const [row] = await database.query(countRow, `SELECT count(*) AS count FROM ${sql}`, [location]);
    return row?.count ?? 0;
  }
  const madeHere = () => count('snapshots WHERE location_id = $1');

  it('of an empty shop are whole, and lead on', async () => {
    const offer = await maker.prepare(here);
    const file = await readWholeSnapshot(database, offer);
    const mirror = mirrorOfSnapshot(file);
    expect(mirror.view()).toEqual(
      Object.fromEntries(
        Object.entries(mirror.view()).filter(([key]) => !/^(staff|settings|stock)/.test(key)),
      ),
    );
    await shop.makeCode(code);
    await shop.follow(till, mirror);
    expect(mirror.view()).toHaveProperty([`code ${code}`]);
  });

  it('have all that goes down, and say what they are', async () => {
    await shop.makeCode(code);
    const sku = shop.newKey('SKU');
    const gone = shop.newKey('SKU');
    await shop.makeItem(sku, code, 19.99);
    await shop.makeItem(gone, code);
    await shop.items.remove(gone, 1, shop.everywhere());
    await shop.makePromotion(shop.newKey('PROMO'), [sku]);
    await shop.putPerson(here, 'U-1', 'Ann');
    await shop.putPerson(here, 'U-2', 'Bob');
    await shop.staff.deactivate('U-2', 1, shop.at(here));
    await shop.putSettings(here, 'Corner Wines');
    await shop.sell(till, { [sku]: -3, [gone]: 2 });
    const offer = await maker.prepare(here);
    const file = await readWholeSnapshot(database, offer);
    expect(file.length).toBe(offer.bytes);
    expect(createHash('sha256').update(file).digest('hex')).toBe(offer.sha256);
    const lines = linesOfSnapshot(file);
    expect(lines[0]).toMatchObject({
      location_id: here,
      cursor: offer.cursor,
      heads: { [till.terminalId]: 2 },
    });
    expect(lines.at(-1)).toEqual({ kind: 'end', records: offer.records });
    const view = mirrorOfSnapshot(file).view();
    expect(view[`item ${sku}`]).toMatchObject({ sku, price: 1999, version: 1 });
    expect(view[`item ${gone}`]).toBeUndefined();
    expect(view['staff U-2']).toMatchObject({ name: 'Bob', active: false, version: 2 });
    expect(view['settings']).toMatchObject({ store_name: 'Corner Wines', version: 1 });
    expect(view[`stock ${sku}`]).toEqual({ sku, quantity: -3, reserved: 0 });
  });

  it('are made once for all who ask at once, and offered again while they are young', async () => {
    const offers = await Promise.all(Array.from({ length: 5 }, () => maker.prepare(here)));
    expect(new Set(offers.map(({ path }) => path)).size).toBe(1);
    expect(await maker.prepare(here)).toEqual(offers[0]);
    expect(await madeHere()).toBe(1);
  });

  // PGlite is one process's.
  it.runIf(kind === 'postgres')('are made once by two processes that are asked at once', async () => {
    const other = createSnapshotMaker({ database, logger: SILENT });
    const [a, b] = await Promise.all([maker.prepare(here), other.prepare(here)]);
    expect(a).toEqual(b);
    expect(await madeHere()).toBe(1);
    await other.stop();
  });

  it('are made anew when they are old, when the log has lost their place, and when too much lies behind', async () => {
    const first = await maker.prepare(here);
    await database.execute(
      `UPDATE snapshots SET made_at = NOW() - INTERVAL '6 minutes' WHERE location_id = $1`,
      [here],
    );
    const second = await maker.prepare(here);
    expect(second.path).not.toBe(first.path);
    await shop.makeCode(code);
    expect((await maker.prepare(here)).path).toBe(second.path);
    await database.execute(
      `UPDATE snapshots SET cursor = '1.1.1.01a20d69-4bbe-745a-9c83-05d2cbcc0817' WHERE location_id = $1`,
      [here],
    );
    expect((await maker.prepare(here)).path).not.toBe(second.path);
  });

  it('are kept: the last two, and those of the last hour', async () => {
    const anew = createSnapshotMaker({ database, logger: SILENT, reusedForMs: 0 });
    for (let time = 0; time < 4; time += 1) await anew.prepare(here);
    expect(await madeHere()).toBe(4);
    await database.execute(
      `UPDATE snapshots SET made_at = made_at - INTERVAL '2 hours' WHERE location_id = $1`,
      [here],
    );
    const last = await anew.prepare(here);
    expect(await madeHere()).toBe(2);
    expect(
      await count(
        'snapshot_chunks c WHERE snapshot_id IN (SELECT snapshot_id FROM snapshots WHERE location_id = $1)',
      ),
    ).toBe(2);
    expect(await readWholeSnapshot(database, last)).toHaveLength(last.bytes);
    await anew.stop();
  });

  it('are made by another when who began one is dead', async () => {
    expect(await claimSnapshot(database, here, 'the-dead', false)).toBe(true);
    expect(await claimSnapshot(database, here, 'too-early', false)).toBe(false);
    await database.execute(
      `UPDATE snapshots SET touched_at = NOW() - INTERVAL '31 seconds' WHERE location_id = $1`,
      [here],
    );
    const offer = await maker.prepare(here);
    expect(await madeHere()).toBe(1);
    expect(await readWholeSnapshot(database, offer)).toHaveLength(offer.bytes);
  });

  it('leave nothing behind when the making fails or the server closes', async () => {
    const failing: Database = {
      ...database,
      kind: database.kind,
      transaction: (work) =>
        database.transaction((tx) =>
          work({
            query: (schema, sql, parameters) => tx.query(schema, sql, parameters),
            copyRows: (table, columns, rows) => tx.copyRows(table, columns, rows),
            execute: (sql, parameters) =>
              sql.includes('snapshot_chunks')
                ? Promise.reject(new Error('full'))
                : tx.execute(sql, parameters),
          }),
        ),
      execute: (sql, parameters) =>
        sql.includes('snapshot_chunks')
          ? Promise.reject(new Error('full'))
          : database.execute(sql, parameters),
    };
    const unlucky = createSnapshotMaker({ database: failing, logger: SILENT });
    await expect(unlucky.prepare(here)).rejects.toThrow('full');
    expect(await madeHere()).toBe(0);
    const stopped = createSnapshotMaker({ database, logger: SILENT });
    const asked = stopped.prepare(here);
    await Promise.all([stopped.stop(), expect(asked).rejects.toThrow(/closing|abort/i)]);
    expect(await madeHere()).toBe(0);
    expect((await maker.prepare(here)).records).toBeGreaterThanOrEqual(0);
  });

  describe('over HTTP', () => {
    let url: string;
    let app: ReturnType<typeof createHttpServer>['app'];
    let offer: SnapshotOffer;
    let whole: Buffer;

    beforeAll(async () => {
      ({ app } = createHttpServer({
        database,
        adminKey: 'a-key-for-tests-only',
        logger: SILENT,
        checks: [],
        modules: [snapshotRoutes({ database })],
      }));
      url = await app.listen({ host: '127.0.0.1', port: 0 });
      await shop.makeCode('BULKY');
      // Names that do not compress: the file has more than one piece.
      const skus = Array.from({ length: 10_000 }, (_, number) =>
        BigInt(`0x${createHash('sha512').update(String(number)).digest('hex')}`)
          .toString(36)
          .toUpperCase()
          .slice(0, 40),
      );
      await shop.makeItems(skus, 'BULKY');
    }, 120_000);
    afterAll(() => app.close());
    beforeEach(async () => {
      offer = await maker.prepare(here);
      whole = Buffer.from(await readWholeSnapshot(database, offer));
    });

    const ask = (headers: Readonly<Record<string, string>> = {}, who = till, method = 'GET') =>
      fetch(`${url}${offer.path}`, {
        method,
        headers: { authorization: `Bearer ${who.token}`, 'x-terminal-id': who.terminalId, ...headers },
      });
    const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());

    it('come whole, in pieces that are more than one', async () => {
      expect(offer.bytes).toBeGreaterThan(PIECE_BYTES);
      const response = await ask();
      expect(response.status).toBe(200);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'application/gzip',
        'content-length': String(offer.bytes),
        'accept-ranges': 'bytes',
        etag: `"${offer.sha256}"`,
      });
      expect(response.headers.get('content-encoding')).toBeNull();
      expect((await bytesOf(response)).equals(whole)).toBe(true);
      expect(
        linesOfSnapshot(whole).filter(({ kind: line }) => line === 'item').length,
      ).toBeGreaterThanOrEqual(10_000);
      const head = await ask({}, till, 'HEAD');
      expect([head.status, head.headers.get('content-length')]).toEqual([200, String(offer.bytes)]);
    });

    it('come in any cuts, which together are the whole', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(
            fc.oneof(
              fc.integer({ min: 1, max: whole.length - 1 }),
              fc.constantFrom(PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, whole.length - 1),
            ),
            { maxLength: 5 },
          ),
          async (cuts) => {
            const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
            const parts: Buffer[] = [];
            for (const [index, from] of places.slice(0, -1).entries()) {
              const to = (places[index + 1] ?? 0) - 1;
              const response = await ask({ range: `bytes=${from}-${to}` });
              expect(response.status).toBe(206);
              expect(response.headers.get('content-range')).toBe(`bytes ${from}-${to}/${whole.length}`);
              parts.push(await bytesOf(response));
            }
            expect(Buffer.concat(parts).equals(whole)).toBe(true);
          },
        ),
        { numRuns: 15 },
      );
    }, 60_000);

    it('go on only where the file is the same', async () => {
      const same = await ask({ range: 'bytes=100-', 'if-range': `"${offer.sha256}"` });
      expect([same.status, (await bytesOf(same)).equals(whole.subarray(100))]).toEqual([206, true]);
      const other = await ask({ range: 'bytes=100-', 'if-range': '"another"' });
      expect([other.status, (await bytesOf(other)).equals(whole)]).toEqual([200, true]);
    });

    it('have no bytes behind their end', async () => {
      const response = await ask({ range: `bytes=${whole.length}-` });
      expect(response.status).toBe(416);
      expect(response.headers.get('content-range')).toBe(`bytes */${whole.length}`);
      expect(await response.json()).toMatchObject({ code: 'range_not_satisfiable' });
    });

    it('are for the terminals of their location, with a token that is valid', async () => {
      const colleague = await shop.enrol(here);
      const stranger = await shop.enrol(shop.newLocation());
      expect((await bytesOf(await ask({}, colleague))).equals(whole)).toBe(true);
      expect((await ask({}, stranger)).status).toBe(404);
      expect((await ask({}, { ...till, token: colleague.token })).status).toBe(401);
      expect((await ask({ 'x-terminal-id': 'lower case' })).status).toBe(401);
      expect((await ask({ authorization: '' })).status).toBe(401);
      await revokeTerminal(database, colleague.terminalId, new Date());
      expect((await ask({}, colleague)).status).toBe(401);
    });

    it('of no such id, or in the making, are not found', async () => {
      const headers = { authorization: `Bearer ${till.token}`, 'x-terminal-id': till.terminalId };
      const documented = documentedFetch(url);
      await claimSnapshot(database, here, `making-${here}`, false);
      for (const id of ['nothing', `making-${here}`]) {
        const { response } = await documented(`/api/snapshots/${id}`, { headers });
        expect([id, response.status]).toEqual([id, 404]);
      }
      const { response } = await documented('/api/snapshots/no%20id', { headers });
      expect(response.status).toBe(400);
    });

    it('break off, and never seem whole, when a piece is gone', async () => {
      const id = offer.path.split('/').at(-1) ?? '';
      await database.execute('DELETE FROM snapshot_chunks WHERE snapshot_id = $1 AND number = 1', [id]);
      await expect(ask().then(bytesOf)).rejects.toThrow();
      const first = await ask({ range: 'bytes=0-99' });
      expect((await bytesOf(first)).equals(whole.subarray(0, 100))).toBe(true);
    });
  });
});
