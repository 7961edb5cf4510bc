/** Tills whose clock is a year wrong, from their hello to the orders of the shop: reports are right, events as they were made. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { EventRecord } from '#domain/events/event-record.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { eventually } from '../test-support/eventually.ts';
import { eventSource, pushOf } from '../test-support/sale-events.ts';
import { type ShopServer, startShopServer } from '../test-support/shop-server.ts';
import { connectTerminal, handshake } from '../test-support/terminal-client.ts';

const YEAR_MS = 365 * 86_400_000;
/** A busy machine takes its time between the sale and the database; a year is far off all the same. */
const ABOUT_MS = 90_000;

const ordersBody = z.object({
  orders: z.array(
    z.looseObject({ order_id: z.string(), created_at: z.string(), completed_at: z.string().nullable() }),
  ),
});
const eventsBody = z.object({ events: z.array(z.looseObject({ timestamp: z.string() })) });

describe.each(TEST_DATABASES)('a wrong clock on $kind', ({ create }) => {
  let home: TestDatabase;
  let shop: ShopServer;
  let tills = 0;
  beforeAll(async () => {
    home = await create();
    shop = await startShopServer(home);
  }, 120_000);
  afterAll(async () => {
    await shop.close();
    await home.dispose();
  });

  /** A till that can be told by how much its clock is off. */
  async function newTill() {
    tills += 1;
    const terminalId = `C${tills}`;
    const location = `CLOCKS-${tills}`;
    const token = await shop.admin.enrol(terminalId, location);
    const clock = { off: 0 };
    const shows = () => Date.now() + clock.off;
    const source = eventSource(terminalId, location, shows);
    const log: EventRecord[] = [];
    let acked = 0;
    return {
      clock,
      sell() {
        const events = source.sale(1);
        log.push(...events);
        return events;
      },
      /** Connects, says where it stands and what its clock shows, and sends what waits. */
      async sync() {
        const terminal = await connectTerminal(shop.url, handshake(terminalId, token));
        const last = log.at(-1);
        const head = last === undefined ? {} : { head: { seq: last.seq, hash: last.hash } };
        const reply = await terminal.hello({
          ...head,
          recovering: false,
          clock: new Date(shows()).toISOString(),
        });
        expect(reply).toMatchObject({ ok: true });
        const waiting = log.slice(acked);
        if (waiting.length > 0) expect(await terminal.push(pushOf(waiting))).toMatchObject({ ok: true });
        acked = log.length;
        terminal.close();
      },
      /** When the server says that they were taken, against now. */
      async ageOfOrders(count: number): Promise<number[]> {
        return whatIsThen(async () => {
          const { body } = await shop.admin.get(`/api/orders?location_id=${location}&limit=200`);
          const { orders } = ordersBody.parse(body);
          expect(orders).toHaveLength(count);
          return orders.flatMap(({ created_at, completed_at }) => [
            Date.now() - Date.parse(created_at),
            Date.now() - Date.parse(completed_at ?? ''),
          ]);
        });
      },
      async timestamps() {
        const { body } = await shop.admin.get(`/api/events?terminal_id=${terminalId}&after_seq=0&limit=1000`);
        return eventsBody.parse(body).events.map(({ timestamp }) => timestamp);
      },
      ownTimestamps: () => log.map(({ timestamp }) => timestamp),
    };
  }

  it.each([
    ['ahead', YEAR_MS],
    ['behind', -YEAR_MS],
  ])('that is a year %s spoils no report', async (_way, off) => {
    const till = await newTill();
    till.clock.off = off;
    await till.sync();
    till.sell();
    till.sell();
    await till.sync();
    for (const age of await till.ageOfOrders(2)) expect(Math.abs(age)).toBeLessThan(ABOUT_MS);
    expect(await till.timestamps()).toEqual(till.ownTimestamps());
  });

  it.each([
    ['ahead', YEAR_MS],
    ['behind', -YEAR_MS],
  ])('that is a year %s, and is set right in the middle of a backlog, spoils none', async (_way, off) => {
    const till = await newTill();
    till.clock.off = off;
    await till.sync();
    till.sell();
    till.sell();
    till.clock.off = 0;
    till.sell();
    // All of them at once, and only now does the server hear of the right clock.
    await till.sync();
    for (const age of await till.ageOfOrders(3)) expect(Math.abs(age)).toBeLessThan(ABOUT_MS);
    expect(await till.timestamps()).toEqual(till.ownTimestamps());
  });

  it.each([
    ['ahead', YEAR_MS],
    ['behind', -YEAR_MS],
  ])('that goes wrong by a year (%s) in the middle spoils none', async (_way, off) => {
    const till = await newTill();
    await till.sync();
    till.sell();
    till.clock.off = off;
    till.sell();
    await till.sync();
    for (const age of await till.ageOfOrders(2)) expect(Math.abs(age)).toBeLessThan(ABOUT_MS);
  });
});

/** {@link eventually}, with what was found. */
async function whatIsThen<Value>(find: () => Promise<Value>): Promise<Value> {
  const found: Value[] = [];
  await eventually(async () => {
    found.push(await find());
  });
  const [value] = found;
  if (value === undefined) throw new Error('nothing was found');
  return value;
}
