/** What may not be concluded from a refusal: several drivers, lost answers, and a server whose card company was changed. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readCatalogueFacts } from '../catalogue/catalogue-facts.ts';
import type { Database } from '../database/database.ts';
import { requestKeyOf } from '../http/idempotency.ts';
import { readStock } from '../inventory/read-stock.ts';
import { createEventLog } from '../log/event-log.ts';
import { SILENT } from '../logger.ts';
import { failed } from '../payments/payment-failure.ts';
import type { ProviderOf } from '../payments/payment-provider.ts';
import { simulatorProvider } from '../payments/simulator-provider.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { type FlakyProvider, flakyProvider } from '../test-support/flaky-provider.ts';
import { silentBus } from '../test-support/silent-bus.ts';
import { WINE, countIn, fillCatalogue } from '../test-support/small-shop.ts';
import { readOrder } from './order.ts';
import { OrderError } from './order-failure.ts';
import { type OrderService, createOrderService } from './order-service.ts';
import type { OrderRequest } from './place-order.ts';
import { type RefundService, createRefundService } from './refund-service.ts';
import { resumeOnce } from './resume-orders.ts';

describe.each(TEST_DATABASES)('outcomes that nobody knows on $kind', ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  let orders: OrderService;
  let refunds: RefundService;
  let card: FlakyProvider;
  /** Whether this server is set up for the card company. */
  let hasCard = true;
  let locations = 0;
  let locationId = '';
  let keys = 0;

  beforeAll(async () => {
    home = await create();
    database = await home.open();
    await fillCatalogue(database);
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await home.dispose();
  });
  beforeEach(async () => {
    locations += 1;
    locationId = `UNKNOWN-${locations}`;
    card = flakyProvider();
    hasCard = true;
    const simulator = simulatorProvider();
    const providerOf: ProviderOf = (name) => {
      if (name === 'simulator') return { ok: true, provider: simulator };
      return hasCard ? { ok: true, provider: card } : failed('misconfigured');
    };
    const log = createEventLog(database, silentBus());
    const shared = { database, log, providerOf, now: () => new Date() };
    orders = createOrderService({ ...shared, readFacts: readCatalogueFacts });
    refunds = createRefundService(shared);
    await countIn(log, locationId, { [WINE]: 200 });
  });

  const newKey = () => `unknown-key-${(keys += 1)}`;
  const request = (instrument: OrderRequest['instrument']): OrderRequest => ({
    locationId,
    channel: 'web',
    customerId: null,
    items: [{ sku: WINE, quantity: 2 }],
    instrument,
    ageVerified: true,
    expectedTotal: undefined,
    placedBy: 'api-key:web',
  });
  const byCard = () => request({ provider: 'stripe', payment_method: 'pm_card_visa' });
  const place = (asked: OrderRequest, key = newKey()) =>
    orders.place(asked, requestKeyOf('web', key, 'orders', asked));
  const refund = (orderId: string, key = newKey()) => {
    const asked = { orderId, items: undefined, reason: 'broken', restock: true, requestedBy: 'api-key:web' };
    return refunds.refund(asked, requestKeyOf('web', key, `refunds ${orderId}`, asked));
  };
  const outcomeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'done',
      (error: unknown) => {
        if (error instanceof OrderError) return error.refusal.code;
        throw error;
      },
    );
  const wine = async () => {
    const [row] = await readStock(database, locationId, [WINE]);
    return [row?.quantity, row?.reserved];
  };
  const resume = () =>
    resumeOnce({ database, orders, refunds, logger: SILENT }, new Date(Date.now() + 1000), 0, 0);

  it('does not give money back twice when the key of the card company is refused behind a lost answer', async () => {
    const { order } = await place(byCard());
    const key = newKey();
    card.next.push('lost', 'key_refused');
    expect(await outcomeOf(refund(order.order_id, key))).toBe('payment_unavailable');
    expect(await outcomeOf(refund(order.order_id, key))).toBe('payment_unavailable');
    expect(await outcomeOf(refund(order.order_id))).toBe('nothing_to_refund');
    expect(await outcomeOf(refund(order.order_id, key))).toBe('done');
    expect([...card.givenBack.values()]).toEqual([4278]);
  });

  it('does not give money back twice when the server has lost its card company behind a lost answer', async () => {
    const { order } = await place(byCard());
    const key = newKey();
    card.next.push('lost');
    expect(await outcomeOf(refund(order.order_id, key))).toBe('payment_unavailable');
    hasCard = false;
    await resume();
    expect(await outcomeOf(refund(order.order_id, key))).toBe('payment_unavailable');
    hasCard = true;
    expect(await outcomeOf(refund(order.order_id, key))).toBe('done');
    expect([...card.givenBack.values()]).toEqual([4278]);
  });

  it('says at once that a refund is refused which nobody was asked for before', async () => {
    const { order } = await place(byCard());
    card.next.push('key_refused');
    expect(await outcomeOf(refund(order.order_id))).toBe('refund_refused');
    hasCard = false;
    expect(await outcomeOf(refund(order.order_id))).toBe('refund_refused');
    hasCard = true;
    expect(await outcomeOf(refund(order.order_id))).toBe('done');
  });

  it('does not say that nothing was taken when the server has lost its card company half-way', async () => {
    for (const lost of [['lost'], ['ok', 'lost']] as const) {
      const asked = byCard();
      const key = newKey();
      card.next.push(...lost);
      hasCard = true;
      expect(await outcomeOf(place(asked, key))).toBe('payment_unavailable');
      hasCard = false;
      expect(await outcomeOf(place(asked, key))).toBe('payment_unavailable');
    }
    // A new order is refused before anything is asked.
    expect(await outcomeOf(place(byCard()))).toBe('payment_refused');
    expect(await wine()).toEqual([200, 4]);
  });

  it('ends an order whose amount nobody takes, also when that is heard behind a lost request', async () => {
    const asked = byCard();
    const key = newKey();
    card.next.push('away', 'refuse_amount');
    expect(await outcomeOf(place(asked, key))).toBe('payment_unavailable');
    expect(await outcomeOf(place(asked, key))).toBe('payment_refused');
    expect(await wine()).toEqual([200, 0]);
  });

  it('lets go of what another attempt held for an order that was refused meanwhile', async () => {
    const asked = byCard();
    const key = newKey();
    // Two processes, one of them with a key that was replaced: the same request comes to both.
    card.next.push('key_refused', 'ok');
    const outcomes = await Promise.all([outcomeOf(place(asked, key)), outcomeOf(place(asked, key))]);
    expect(card.taken.size).toBe(outcomes.includes('done') ? 1 : 0);
    expect(card.held.size).toBe(0);
    expect((await wine())[1]).toBe(0);
  });

  it('comes to every order, whatever the number of those that cannot be helped now', async () => {
    for (let count = 0; count < 60; count += 1) {
      card.next.push('ok', 'away');
      expect(await outcomeOf(place(byCard()))).toBe('payment_unavailable');
    }
    const { order } = await place(request({ provider: 'simulator', behaviour: 'approve' }));
    // As a crash between authorisation and capture leaves it.
    await database.execute(
      `UPDATE orders SET status = 'authorized', completed_at = NULL WHERE order_id = $1`,
      [order.order_id],
    );
    await database.execute('UPDATE stock SET reserved = reserved + 2 WHERE location_id = $1 AND sku = $2', [
      locationId,
      WINE,
    ]);
    hasCard = false;
    for (let round = 0; round < 3; round += 1) await resume();
    expect((await readOrder(database, order.order_id))?.status).toBe('completed');
    expect((await wine())[1]).toBe(120);
    hasCard = true;
    await resume();
    expect((await wine())[1]).toBe(0);
  }, 60_000);

  it('ends behind the order that is under way when the server stops', async () => {
    for (let count = 0; count < 3; count += 1) {
      card.next.push('ok', 'away');
      expect(await outcomeOf(place(byCard()))).toBe('payment_unavailable');
    }
    const stopping = new AbortController();
    const stopsAtFirst: OrderService = {
      ...orders,
      drive(orderId) {
        stopping.abort();
        return orders.drive(orderId);
      },
    };
    const options = { database, orders: stopsAtFirst, refunds, logger: SILENT, signal: stopping.signal };
    expect(await resumeOnce(options, new Date(Date.now() + 1000), 0, 0)).toBe(1);
  });
});
