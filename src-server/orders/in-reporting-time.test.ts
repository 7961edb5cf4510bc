import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { noteClock } from '../terminals/clock-periods.ts';
import { adminClient } from '../test-support/admin-client.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { eventually } from '../test-support/eventually.ts';
import { eventSource } from '../test-support/sale-events.ts';
import { type ShopServer, startShopServer } from '../test-support/shop-server.ts';

const orderBody = z.looseObject({ created_at: z.string() });
const eventsBody = z.object({ events: z.array(z.looseObject({ timestamp: z.string() })) });

describe.each(TEST_DATABASES)('the orders of a till whose clock is wrong, on $kind', ({ create }) => {
  let home: TestDatabase;
  let shop: ShopServer;
  beforeAll(async () => {
    home = await create();
    shop = await startShopServer(home);
  }, 120_000);
  afterAll(async () => {
    await shop.close();
    await home.dispose();
  });

  it.each([
    ['T1', 1],
    ['T2', -1],
  ])('are told in the server’s time, and their events keep the till’s (%s)', async (terminalId, way) => {
    const source = eventSource(terminalId, 'STORE-001');
    const push = await shop.enrolTill(terminalId, 'STORE-001');
    const events = source.sale(1);
    const [first] = events;
    const orderId = first?.aggregateId ?? '';
    const now = new Date();
    // What the sale's time is off by, were it rung up now; the sales of these tests are from yesterday morning.
    const skewMs = Date.parse(first?.timestamp ?? '') - now.getTime();
    expect(Math.sign(skewMs)).toBe(-1);
    await shop.withDatabase((database) =>
      noteClock(database, terminalId, { head: 0, skewMs: way === 1 ? skewMs : skewMs + 7_200_000, now }),
    );
    await push(events);
    const admin = adminClient(shop.url, shop.adminKey);
    await eventually(async () => {
      const { status, body } = await admin.get(`/api/orders/${orderId}`);
      expect(status).toBe(200);
      const told = Date.parse(orderBody.parse(body).created_at);
      // With the reading that explains it, to the second; with one that does not, when it was received at the latest.
      expect(Math.abs(told - Date.now())).toBeLessThan(60_000);
    });
    const { body } = await admin.get(`/api/events?terminal_id=${terminalId}&after_seq=0&limit=1`);
    expect(eventsBody.parse(body).events[0]?.timestamp).toBe(first?.timestamp);
  });
});
