import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { EventBus } from '../bus/event-bus.ts';
import { draftOf } from '#domain/events/holdfast-events.ts';
import { cents } from '#domain/money/cents.ts';
import type { Database } from '../database/database.ts';
import { type EventLog, createEventLog } from '../log/event-log.ts';
import { type LoggedEvent, rangeOf, readRange } from '../log/log-reader.ts';
import { SILENT } from '../logger.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { recordingLogger } from '../test-support/recording-logger.ts';
import { readDeadLetters, retryDeadLetter } from './dead-letters.ts';
import { readStandings } from './position-store.ts';
import { type RunningSubscriber, runSubscriber } from './run-subscriber.ts';
import type { Subscriber } from './subscriber.ts';

/** Wakes whoever listens, unless the test says that it is away. */
function testBus(): EventBus & { away: boolean } {
  const wakes = new Set<() => void>();
  return {
    kind: 'in_process',
    away: false,
    announce() {
      if (!this.away) for (const wake of wakes) setImmediate(wake);
    },
    onWake(wake) {
      wakes.add(wake);
      return () => wakes.delete(wake);
    },
    isUp: () => true,
    close: () => Promise.resolve(),
  };
}

const countRow = z.object({ order_id: z.string(), times: z.int() });

describe.each(TEST_DATABASES)('a subscriber on $kind', ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  let bus: ReturnType<typeof testBus>;
  let log: EventLog;
  const running: RunningSubscriber[] = [];
  let name = '';
  let names = 0;

  beforeAll(async () => {
    home = await create();
    database = await home.open();
    await database.execute(
      'CREATE TABLE seen (subscriber TEXT, order_id TEXT, times INTEGER NOT NULL, PRIMARY KEY (subscriber, order_id))',
    );
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await home.dispose();
  });
  beforeEach(() => {
    names += 1;
    name = `subscriber-${names}`;
    bus = testBus();
    log = createEventLog(database, bus);
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((one) => one.stop()));
  });

  const append = (...orderIds: string[]) =>
    log.write((tx) =>
      tx.append(
        { locationId: 'STORE-001', now: new Date(), metadata: { user_id: 'test' } },
        orderIds.map((orderId) => draftOf({ type: 'order.voided', orderId, reason: 'test' })),
      ),
    );
  /** Counts each order in a table; `fails` says which events it cannot take. */
  const counter = (fails: (event: LoggedEvent) => boolean = () => false): Subscriber => ({
    name,
    begins: 'now',
    async handle(tx, range) {
      for (const event of await readRange(tx, range, ['order.voided'])) {
        await tx.execute(
          `INSERT INTO seen VALUES ($1, $2, 1) ON CONFLICT (subscriber, order_id) DO UPDATE SET times = seen.times + 1`,
          [name, event.aggregate_id],
        );
        if (fails(event)) throw new Error(`cannot take ${event.aggregate_id}`);
      }
    },
  });
  const start = (subscriber: Subscriber, lookEveryMs = 60_000) => {
    const one = runSubscriber(subscriber, { database, log, bus, logger: SILENT, lookEveryMs });
    running.push(one);
    return one;
  };
  const seen = async () =>
    Object.fromEntries(
      (await database.query(countRow, 'SELECT order_id, times FROM seen WHERE subscriber = $1', [name])).map(
        ({ order_id, times }) => [order_id, times],
      ),
    );
  const begun = () =>
    vi.waitFor(async () =>
      expect((await readStandings(database)).map(({ subscriber }) => subscriber)).toContain(name),
    );
  const ordersOf = (count: number) => Array.from({ length: count }, (_, index) => `${name}-${index}`);
  const once = (orders: readonly string[]) => Object.fromEntries(orders.map((order) => [order, 1]));

  it('takes each event once, when the bus wakes it', async () => {
    start(counter());
    await begun();
    const orders = ordersOf(3);
    for (const order of orders) await append(order);
    await vi.waitFor(async () => expect(await seen()).toEqual(once(orders)));
  });

  it('finds the events by itself when the bus says nothing', async () => {
    bus.away = true;
    start(counter(), 50);
    await begun();
    await append(`${name}-a`);
    await vi.waitFor(async () => expect(await seen()).toEqual({ [`${name}-a`]: 1 }));
  });

  it('goes on where it was after a restart, through more than a page', async () => {
    const first = start(counter());
    await begun();
    await first.stop();
    const orders = ordersOf(1200);
    await append(...orders);
    start(counter());
    await vi.waitFor(async () => expect(await seen()).toEqual(once(orders)), { timeout: 10_000 });
  });

  it.each([
    { isPrompt: false, title: 'rests behind a backlog' },
    { isPrompt: true, title: 'does not rest when people wait for what it tells' },
  ])('$title', async ({ isPrompt }) => {
    const first = start(counter());
    await begun();
    await first.stop();
    const orders = ordersOf(700);
    await append(...orders);
    // A rest begins with this question.
    const isBusy = vi.fn(() => false);
    running.push(runSubscriber({ ...counter(), isPrompt }, { database, log, bus, logger: SILENT, isBusy }));
    await vi.waitFor(async () => expect(await seen()).toEqual(once(orders)), { timeout: 10_000 });
    expect(isBusy.mock.calls.length > 0).toBe(!isPrompt);
  });

  it('takes each event once although several processes run it', async () => {
    for (let process = 0; process < 4; process += 1) start(counter(), 20);
    await begun();
    const orders = ordersOf(120);
    await Promise.all(orders.map((order) => append(order)));
    await vi.waitFor(async () => expect(Object.keys(await seen())).toHaveLength(orders.length), {
      timeout: 10_000,
    });
    expect(await seen()).toEqual(once(orders));
  });

  it('parks an event that it cannot take, with the reason, and takes the others', async () => {
    const [bad = '', ...good] = ordersOf(5);
    start(counter(({ aggregate_id }) => aggregate_id === bad));
    await begun();
    await append(...good.slice(0, 2), bad, ...good.slice(2));
    await vi.waitFor(async () => expect(await seen()).toEqual(once(good)));
    const letters = (await readDeadLetters(database)).filter(({ subscriber }) => subscriber === name);
    expect(letters).toMatchObject([{ event_type: 'order.voided', reason: `cannot take ${bad}` }]);
  });

  it('takes a parked event when a person retries it, and keeps it when it fails again', async () => {
    const [bad = ''] = ordersOf(1);
    let broken = true;
    const subscriber = counter(() => broken);
    start(subscriber);
    await begun();
    await append(bad);
    const letter = await vi.waitFor(async () => {
      const found = (await readDeadLetters(database)).find((one) => one.subscriber === name);
      if (found === undefined) throw new Error('not parked yet');
      return found;
    });
    const takers = new Map([
      [
        name,
        (tx: Parameters<Subscriber['handle']>[0], event: LoggedEvent) =>
          subscriber.handle(tx, rangeOf(event)),
      ],
    ]);
    expect(await retryDeadLetter(log, takers, letter.id)).toEqual({
      kind: 'failed_again',
      reason: `cannot take ${bad}`,
    });
    expect(await seen()).toEqual({});
    broken = false;
    expect(await retryDeadLetter(log, takers, letter.id)).toEqual({ kind: 'taken' });
    expect(await seen()).toEqual(once([bad]));
    expect(await retryDeadLetter(log, takers, letter.id)).toEqual({ kind: 'not_found' });
    expect((await readDeadLetters(database)).some((one) => one.subscriber === name)).toBe(false);
  });

  it('parks nothing when another process has taken meanwhile what it could not take itself', async () => {
    const [hard = '', easy = ''] = ordersOf(2);
    await start(counter()).stop();
    await append(hard);
    let writes = 0;
    const olderVersion = runSubscriber(
      counter(({ aggregate_id }) => aggregate_id === hard),
      {
        database,
        bus,
        logger: SILENT,
        log: {
          async write(work) {
            writes += 1;
            // Behind its page, and the event alone: now it would park it.
            if (writes === 3) {
              const newerVersion = start(counter());
              await vi.waitFor(async () => expect(await seen()).toEqual(once([hard])));
              await newerVersion.stop();
              await append(easy);
            }
            return log.write(work);
          },
        },
      },
    );
    running.push(olderVersion);
    await vi.waitFor(async () => expect(await seen()).toEqual(once([hard, easy])), { timeout: 5000 });
    expect((await readDeadLetters(database)).some(({ subscriber }) => subscriber === name)).toBe(false);
  });

  it('parks nothing for a failure that is not of an event, and says it once', async () => {
    const logger = recordingLogger();
    await start(counter()).stop();
    await append(...ordersOf(1));
    await database.execute('ALTER TABLE log_clock RENAME TO log_clock_away');
    let attempts = 0;
    const countingLog: EventLog = {
      write(work) {
        attempts += 1;
        return log.write(work);
      },
    };
    running.push(
      runSubscriber({ ...counter(), begins: 'with_history' }, { database, log: countingLog, bus, logger }),
    );
    try {
      await vi.waitFor(() => expect(attempts).toBeGreaterThan(3), { timeout: 10_000 });
      expect(logger.lines).toMatchObject([{ level: 'warn', fields: { subscriber: name } }]);
    } finally {
      await database.execute('ALTER TABLE log_clock_away RENAME TO log_clock');
    }
    await vi.waitFor(async () => expect(await seen()).toEqual(once(ordersOf(1))), { timeout: 5000 });
    expect((await readDeadLetters(database)).some(({ subscriber }) => subscriber === name)).toBe(false);
    expect(logger.lines.map(({ level }) => level)).toEqual(['warn', 'info']);
  });

  it('passes by what is not of its types, also a whole page of it', async () => {
    start(counter());
    await begun();
    const others = Array.from({ length: 600 }, (_, index) =>
      draftOf({
        type: 'payment.failed',
        orderId: `${name}-other-${index}`,
        amount: cents(100),
        code: 'declined',
      }),
    );
    await log.write((tx) =>
      tx.append({ locationId: 'STORE-001', now: new Date(), metadata: { user_id: 'test' } }, others),
    );
    await append(`${name}-mine`);
    await vi.waitFor(async () => expect(await seen()).toEqual({ [`${name}-mine`]: 1 }));
  });

  it('says how many events are before it', async () => {
    await start(counter()).stop();
    await append(...ordersOf(3));
    const standing = (await readStandings(database)).find(({ subscriber }) => subscriber === name);
    expect(standing).toMatchObject({ waiting: 3 });
  });

  it('may append events itself, in the same transaction', async () => {
    const echo: Subscriber = {
      name,
      begins: 'now',
      async handle(tx, range) {
        const events = await readRange(tx, range, ['order.voided']);
        const asked = events.filter(({ aggregate_id }) => aggregate_id === `${name}-ask`);
        await tx.append(
          { locationId: 'STORE-001', now: new Date(), metadata: { user_id: name } },
          asked.map(() => draftOf({ type: 'order.voided', orderId: `${name}-answer`, reason: 'echo' })),
        );
        await tx.execute(
          `INSERT INTO seen SELECT $1, unnest($2::text[]), 1 ON CONFLICT (subscriber, order_id) DO UPDATE SET times = 99`,
          [name, events.map(({ aggregate_id }) => aggregate_id)],
        );
      },
    };
    start(echo);
    await begun();
    await append(`${name}-ask`);
    await vi.waitFor(async () => expect(await seen()).toEqual(once([`${name}-ask`, `${name}-answer`])));
  });
});
