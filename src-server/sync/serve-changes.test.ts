import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type ChangesPullReply,
  type SnapshotPrepareReply,
  changesPullReplySchema,
  snapshotPrepareReplySchema,
} from '#sync/protocol/changes.ts';
import { SYNC_NAMESPACE } from '#sync/protocol/messages.ts';
import { inProcessBus } from '../bus/in-process-bus.ts';
import { openBus } from '../bus/open-bus.ts';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open-database.ts';
import { openClusterAdapter } from '../live/cluster-adapter.ts';
import { SILENT } from '../logger.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { type DownShop, type DownTill, downShop, readWholeSnapshot } from '../test-support/down-shop.ts';
import { eventually } from '../test-support/eventually.ts';
import { type LiveProcess, startLiveProcess } from '../test-support/live-process.ts';
import { type TestPostgres, startTestPostgres } from '../test-support/postgres.ts';
import { type RecordingLogger, recordingLogger } from '../test-support/recording-logger.ts';
import { NASTY_VALUES } from '../test-support/spoilt-json.ts';
import { connectSocket, handshake } from '../test-support/terminal-client.ts';
import { type TillMirror, mirrorOfSnapshot, pageOf } from '../test-support/till-mirror.ts';

const ANSWER_WITHIN_MS = 20_000;

/** A till that keeps what it has up to date, as soon as it is told. */
interface FollowingTill {
  readonly woken: () => number;
  readonly mirror: TillMirror;
  ask(event: string, ...message: unknown[]): Promise<unknown>;
  pull(after: unknown, limit?: unknown): Promise<ChangesPullReply>;
  prepare(): Promise<SnapshotPrepareReply>;
  readonly close: (this: void) => void;
}

async function follow(url: string, database: Database, till: DownTill): Promise<FollowingTill> {
  let woken = 0;
  let hasMirror = false;
  const { socket } = await connectSocket(
    url,
    SYNC_NAMESPACE,
    handshake(till.terminalId, till.token),
    (unconnected) => {
      unconnected.on('changes.available', () => {
        woken += 1;
        // Before the snapshot is there, what it is about lies in it or behind its cursor.
        if (hasMirror) pullAll();
      });
    },
  );
  const ask = async (event: string, ...message: unknown[]): Promise<unknown> =>
    socket.timeout(ANSWER_WITHIN_MS).emitWithAck(event, ...message);
  const pull = async (after: unknown, limit: unknown = 1000) => {
    const reply = await ask('changes.pull', { after, limit });
    changesPullReplySchema.parse(reply);
    return reply as ChangesPullReply;
  };
  const prepare = async () => snapshotPrepareReplySchema.parse(await ask('snapshot.prepare', {}));

  const offer = await prepare();
  if (!offer.ok) throw new Error(offer.message);
  const mirror = mirrorOfSnapshot(await readWholeSnapshot(database, offer));
  let pulling = Promise.resolve();
  function pullAll(): void {
    pulling = pulling.then(async () => {
      for (let more = true; more && socket.connected;) {
        const page = pageOf(await pull(mirror.cursor));
        mirror.apply(page);
        ({ more } = page);
      }
    });
    pulling.catch(() => undefined);
  }
  hasMirror = true;
  if (woken > 0) pullAll();
  return { woken: () => woken, mirror, ask, pull, prepare, close: () => void socket.close() };
}

describe.each(TEST_DATABASES)('the way down of a connected terminal on $kind', ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  let server: LiveProcess;
  let logger: RecordingLogger;
  let shop: DownShop;
  let here: string;
  const tills: FollowingTill[] = [];

  beforeAll(async () => {
    home = await create();
    database = await home.open();
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await home.dispose();
  });
  beforeEach(async () => {
    logger = recordingLogger();
    const bus = inProcessBus();
    shop = downShop(database, bus);
    server = await startLiveProcess({ database, bus, logger });
    here = shop.newLocation();
  });
  afterEach(async () => {
    for (const { close } of tills.splice(0)) close();
    await server.close();
  });

  async function connect(location = here): Promise<FollowingTill> {
    const till = await follow(server.url, database, await shop.enrol(location));
    tills.push(till);
    return till;
  }

  it('hears of a price, of people, settings and stock, and has them', async () => {
    const till = await connect();
    const seller = await shop.enrol(here);
    const code = shop.newKey('C');
    const sku = shop.newKey('SKU');
    await shop.makeCode(code);
    await shop.makeItem(sku, code, 9.99);
    await eventually(() => expect(till.mirror.view()[`item ${sku}`]).toMatchObject({ price: 999 }));
    await shop.changePrice(sku, 1, 8.5);
    await eventually(() => expect(till.mirror.view()[`item ${sku}`]).toMatchObject({ price: 850 }));
    await shop.putPerson(here, 'U-1', 'Ann');
    await eventually(() => expect(till.mirror.view()['staff U-1']).toMatchObject({ name: 'Ann' }));
    await shop.putSettings(here, 'Corner Wines');
    await eventually(() => expect(till.mirror.view()['settings']).toMatchObject({ version: 1 }));
    await shop.sell(seller, { [sku]: -2 });
    await eventually(() => expect(till.mirror.view()[`stock ${sku}`]).toMatchObject({ quantity: -2 }));
    await shop.items.remove(sku, 2, shop.everywhere());
    await eventually(() => expect(till.mirror.view()[`item ${sku}`]).toBeUndefined());
  });

  it('is not woken for another location, nor for what tells nothing', async () => {
    const till = await connect();
    const there = await connect(shop.newLocation());
    const mine = await shop.enrol(here);
    await shop.log.write((tx) => tx.appendReceived([mine.events.next('drawer.opened', 'D', {})]));
    await shop.putPerson(here, 'U-1', 'Ann');
    await eventually(() => expect(till.mirror.view()).toHaveProperty(['staff U-1']));
    expect([till.woken(), there.woken()]).toEqual([1, 0]);
  });

  it('gets one snapshot with the others of its location', async () => {
    const [a, b] = [await connect(), await connect()];
    const offers = await Promise.all([a.prepare(), b.prepare(), a.prepare()]);
    expect(new Set(offers.map((offer) => (offer.ok ? offer.path : offer.message))).size).toBe(1);
  });

  it('is told to come again when it asks too much at once, and is answered all the same', async () => {
    const till = await connect();
    const replies = await Promise.all(Array.from({ length: 30 }, () => till.pull(till.mirror.cursor)));
    const refused = replies.filter((reply) => !reply.ok);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThan(30);
    for (const reply of refused) expect(reply).toMatchObject({ code: 'unavailable' });
    expect(await till.pull(till.mirror.cursor)).toMatchObject({ ok: true });
  });

  it('answers whatever it is asked in the form of the protocol, and is unharmed', async () => {
    const till = await connect();
    for (const nasty of NASTY_VALUES) {
      for (const reply of [
        await till.ask('changes.pull', nasty),
        await till.pull(nasty),
        await till.pull(till.mirror.cursor, nasty),
        await till.pull(null, nasty),
      ]) {
        expect(changesPullReplySchema.parse(reply).ok).toBe(false);
      }
      snapshotPrepareReplySchema.parse(await till.ask('snapshot.prepare', nasty));
    }
    expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
    expect(await till.pull(till.mirror.cursor)).toMatchObject({ ok: true });
  });

  it('answers what arrived before the server closes', async () => {
    const till = await connect();
    const asked = Promise.all([till.pull(till.mirror.cursor), till.prepare()]);
    // The question is on its way when the answer to an earlier one is here.
    await till.pull(till.mirror.cursor);
    const closing = server.close();
    expect(await asked).toMatchObject([{ ok: true }, {}]);
    await closing;
  });
});

describe('two server processes', () => {
  let postgres: TestPostgres;
  let database: Database;
  const closers: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    postgres = await startTestPostgres({ unsafeFast: true });
    database = await openDatabase({ kind: 'postgres', url: postgres.url });
  }, 120_000);
  afterAll(async () => {
    for (const close of closers.toReversed()) await close();
    await database.close();
    await postgres.stop();
  });

  async function start(): Promise<LiveProcess> {
    const joined = { redisUrl: undefined, postgresUrl: postgres.url, logger: SILENT };
    const own = await openDatabase({ kind: 'postgres', url: postgres.url });
    const bus = await openBus(joined);
    const cluster = await openClusterAdapter(joined);
    const live = await startLiveProcess({ database: own, bus, adapter: cluster.adapter });
    closers.push(async () => {
      await live.close();
      await cluster.close();
      await bus.close();
      await own.close();
    });
    return live;
  }

  it('wake the tills of both, make one snapshot for both, and bring both to the same', async () => {
    const [first, second] = [await start(), await start()];
    const shop = downShop(database);
    const here = shop.newLocation();
    await shop.makeCode('WINE');
    const skus = Array.from({ length: 3_000 }, (_, number) => `SKU-${number}`);
    await shop.makeItems(skus, 'WINE');
    const seller = await shop.enrol(here);
    const other = await shop.enrol(here);
    const [a, b] = await Promise.all([
      follow(first.url, database, seller),
      follow(second.url, database, other),
    ]);
    expect(a.mirror.cursor).toBe(b.mirror.cursor);
    // Two processes need a moment to find each other, in which a word gets lost.
    let price = 1;
    await vi.waitFor(
      async () => {
        await shop.changePrice('SKU-7', price, price);
        price += 1;
        await vi.waitFor(() => expect(Math.min(a.woken(), b.woken())).toBeGreaterThan(0), { timeout: 1_500 });
      },
      { timeout: 15_000 },
    );
    await shop.sell(seller, { 'SKU-1': -1 });
    await shop.putPerson(here, 'U-1', 'Ann');
    const whole = (await shop.mirror(here)).view();
    await eventually(() => {
      expect(a.mirror.view()).toEqual(whole);
      expect(b.mirror.view()).toEqual(whole);
    });
    a.close();
    b.close();
  });
});
