import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cents } from '#domain/money/cents.ts';
import { readCatalogueFacts } from '../catalogue/catalogue-facts.ts';
import type { Database } from '../database/database.ts';
import { requestKeyOf } from '../http/idempotency.ts';
import { readStock } from '../inventory/read-stock.ts';
import { compareStock } from '../inventory/rebuild-stock.ts';
import { createEventLog } from '../log/event-log.ts';
import { cashProvider } from '../payments/cash-provider.ts';
import type { ProviderOf } from '../payments/payment-provider.ts';
import { simulatorProvider } from '../payments/simulator-provider.ts';
import { SILENT } from '../logger.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { type FlakyProvider, flakyProvider } from '../test-support/flaky-provider.ts';
import { type RecordingBus, silentBus } from '../test-support/silent-bus.ts';
import { CHIPS, SODA, WINE, countIn, fillCatalogue } from '../test-support/small-shop.ts';
import { type OrderService, createOrderService } from './order-service.ts';
import { OrderError, type OrderRefusal } from './order-failure.ts';
import type { OrderRequest } from './place-order.ts';
import type { RefundRequest } from './promise-refund.ts';
import { type RefundService, createRefundService } from './refund-service.ts';
import { resumeOnce } from './resume-orders.ts';

describe.each(TEST_DATABASES)('the order service on $kind', ({ create }) => {
  let home: TestDatabase;
  let database: Database;
  let bus: RecordingBus;
  let orders: OrderService;
  let refunds: RefundService;
  let card: FlakyProvider;
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
    locationId = `SHOP-${locations}`;
    bus = silentBus();
    card = flakyProvider();
    const log = createEventLog(database, bus);
    const simulator = simulatorProvider();
    const providerOf: ProviderOf = (name) => ({
      ok: true,
      provider: { cash: cashProvider, stripe: card, simulator, external_terminal: cashProvider }[name],
    });
    const shared = { database, log, providerOf, now: () => new Date() };
    orders = createOrderService({ ...shared, readFacts: readCatalogueFacts });
    refunds = createRefundService(shared);
    await countIn(log, locationId, { [WINE]: 25, [SODA]: 100, [CHIPS]: 3 });
    bus.announced.length = 0;
  });

  const request = (change: Partial<OrderRequest> = {}): OrderRequest => ({
    locationId,
    channel: 'web',
    customerId: 'CUST-789',
    items: [{ sku: WINE, quantity: 2 }],
    instrument: { provider: 'simulator', behaviour: 'approve' },
    ageVerified: true,
    expectedTotal: undefined,
    placedBy: 'api-key:web',
    ...change,
  });
  const byCard = (change: Partial<OrderRequest> = {}) =>
    request({ instrument: { provider: 'stripe', payment_method: 'pm_card_visa' }, ...change });
  const keyOf = (asked: object, key = `key-${(keys += 1)}`) => requestKeyOf('web', key, 'orders', asked);
  const place = (asked: OrderRequest, key = keyOf(asked)) => orders.place(asked, key);
  const refusalOf = async (work: Promise<unknown>): Promise<OrderRefusal> => {
    try {
      await work;
    } catch (error) {
      if (error instanceof OrderError) return error.refusal;
      throw error;
    }
    throw new Error('it was not refused');
  };
  const stockOf = async () =>
    Object.fromEntries(
      (await readStock(database, locationId)).map(({ sku, quantity, reserved }) => [
        sku,
        [quantity, reserved],
      ]),
    );
  const told = () => bus.announced.map(({ event }) => event);
  const resume = (abandonedSeconds = 0) =>
    resumeOnce(
      { database, orders, refunds, logger: SILENT },
      new Date(Date.now() + 1000),
      0,
      abandonedSeconds,
    );

  it("does what the seed draws: 39.98, tax 2.80, total 42.78, stock 25 → 23, the seed's events", async () => {
    const { order } = await place(request());
    expect(order).toMatchObject({ status: 'completed', subtotal: 3998, tax: 280, total: 4278 });
    expect(await stockOf()).toMatchObject({ [WINE]: [23, 0] });
    expect(told()).toEqual([
      'order.created',
      'payment.authorized',
      'payment.captured',
      'inventory.updated',
      'order.completed',
    ]);
    expect(bus.announced[0]).toMatchObject({
      order_id: order.order_id,
      location_id: locationId,
      channel: 'web',
      data: {
        customer_id: 'CUST-789',
        items: [{ sku: WINE, quantity: 2, price: 19.99, total: 39.98 }],
        subtotal: 39.98,
        tax: 2.8,
        total: 42.78,
        payment_method: 'card',
        age_verified: true,
      },
    });
    expect(bus.announced[3]).toMatchObject({
      data: {
        sku: WINE,
        old_quantity: 25,
        new_quantity: 23,
        change: -2,
        reason: 'sale',
        reference_id: order.order_id,
      },
    });
  });

  it('tells of low stock once, when the reorder point is reached, with whole cases', async () => {
    await place(request({ items: [{ sku: WINE, quantity: 14 }] }));
    expect(told()).not.toContain('inventory.low_stock');
    await place(request({ items: [{ sku: WINE, quantity: 6 }] }));
    await place(request({ items: [{ sku: WINE, quantity: 1 }] }));
    const alerts = bus.announced.filter(({ event }) => event === 'inventory.low_stock');
    expect(alerts).toMatchObject([
      { data: { sku: WINE, current_quantity: 5, reorder_point: 10, suggested_order_quantity: 24 } },
    ]);
  });

  it.each([
    [
      'an unknown item',
      { items: [{ sku: 'NO-SUCH', quantity: 1 }] },
      { code: 'unknown_item', sku: 'NO-SUCH' },
    ],
    [
      'more than there is',
      {
        items: [
          { sku: CHIPS, quantity: 4 },
          { sku: SODA, quantity: 1 },
        ],
      },
      { code: 'out_of_stock', short: [{ sku: CHIPS, quantity: 4, available: 3 }] },
    ],
    ['wine without an age', { ageVerified: false }, { code: 'age_not_verified', minimumAge: 21 }],
    ['another price than was told', { expectedTotal: cents(1) }, { code: 'price_differs', total: 4278 }],
  ])('refuses %s and changes nothing', async (_, change, refusal) => {
    const before = await stockOf();
    const asked = request(change);
    const key = keyOf(asked);
    expect(await refusalOf(place(asked, key))).toEqual(refusal);
    expect(await stockOf()).toEqual(before);
    expect(told()).toEqual([]);
    // Nor does it use up the key: the same request may come again when there is stock.
    expect(await refusalOf(place(asked, key))).toEqual(refusal);
  });

  it('gives the last bottle to exactly one of fifty who ask at once', async () => {
    const one = request({ items: [{ sku: CHIPS, quantity: 3 }] });
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () =>
        place(one).then(
          () => 'completed',
          (error: unknown) => (error instanceof OrderError ? error.refusal.code : String(error)),
        ),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'completed')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'out_of_stock')).toHaveLength(49);
    expect(await stockOf()).toMatchObject({ [CHIPS]: [0, 0] });
  }, 30_000);

  it('does not deadlock when many order the same items in different order', async () => {
    const skus = [WINE, SODA, CHIPS];
    const turned = (by: number) => skus.map((_, index) => skus[(index + by) % skus.length] ?? WINE);
    const placed = Array.from({ length: 30 }, (_, index) =>
      place(
        request({
          items: turned(index)
            .slice(0, 2)
            .map((sku) => ({ sku, quantity: 1 })),
        }),
      ).catch((error: unknown) => {
        if (!(error instanceof OrderError)) throw error;
      }),
    );
    await Promise.all(placed);
    expect(await compareStock(database)).toEqual([]);
  }, 30_000);

  it('answers a repeated key with the first order, also to many at once, and takes the money once', async () => {
    const asked = byCard();
    const key = keyOf(asked);
    const answers = await Promise.all(Array.from({ length: 8 }, () => place(asked, key)));
    expect(new Set(answers.map(({ order }) => order.order_id)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect([...card.taken.values()]).toEqual([4278]);
    expect(await stockOf()).toMatchObject({ [WINE]: [23, 0] });
    expect(told().filter((event) => event === 'order.completed')).toHaveLength(1);
  });

  it('refuses a key that was used for another request', async () => {
    const asked = request();
    await place(asked, keyOf(asked, 'one-key'));
    const other = request({ items: [{ sku: SODA, quantity: 1 }] });
    expect(await refusalOf(place(other, keyOf(other, 'one-key')))).toEqual({
      code: 'idempotency_key_reused',
    });
  });

  it('releases the reservation when the payment is refused, and says so again when asked again', async () => {
    for (const asked of [
      byCard(),
      request({ instrument: { provider: 'simulator', behaviour: 'decline' } }),
    ]) {
      card.next.push('refuse');
      const key = keyOf(asked);
      expect(await refusalOf(place(asked, key))).toMatchObject({ code: 'payment_refused' });
      expect(await refusalOf(place(asked, key))).toMatchObject({
        code: 'payment_refused',
        failure: { code: 'declined' },
      });
      card.next.length = 0;
    }
    expect(await stockOf()).toMatchObject({ [WINE]: [25, 0] });
    expect(told()).toEqual(['payment.failed', 'payment.failed']);
    expect(card.taken.size).toBe(0);
  });

  it('holds the stock while a payment is unknown, and goes on with the same order when asked again', async () => {
    const asked = byCard();
    const key = keyOf(asked);
    card.next.push('lost');
    expect(await refusalOf(place(asked, key))).toMatchObject({ code: 'payment_unavailable' });
    expect(await stockOf()).toMatchObject({ [WINE]: [25, 2] });
    card.next.push('away');
    expect(await refusalOf(place(asked, key))).toMatchObject({ code: 'payment_unavailable' });
    const { order, replayed } = await place(asked, key);
    expect({ status: order.status, replayed }).toEqual({ status: 'completed', replayed: true });
    expect([...card.taken.values()]).toEqual([4278]);
    expect(await stockOf()).toMatchObject({ [WINE]: [23, 0] });
  });

  it('does not take a refused key for a refused payment when an earlier attempt may have held the money', async () => {
    const asked = byCard();
    const key = keyOf(asked);
    card.next.push('lost', 'key_refused', 'key_refused');
    expect(await refusalOf(place(asked, key))).toMatchObject({ code: 'payment_unavailable' });
    expect(await refusalOf(place(asked, key))).toMatchObject({ code: 'payment_unavailable' });
    // Nor is it given up while nobody can say what is held.
    await resume();
    expect(await stockOf()).toMatchObject({ [WINE]: [25, 2] });
    expect(card.held.size).toBe(1);
    expect((await place(asked, key)).order.status).toBe('completed');
    card.next.push('key_refused');
    expect(await refusalOf(place(byCard()))).toMatchObject({ code: 'payment_refused' });
    expect(await stockOf()).toMatchObject({ [WINE]: [23, 0] });
  });

  it('captures in the background what was authorised when the answer was lost', async () => {
    const asked = byCard();
    // The authorisation is answered, the capture happens and its answer is lost.
    card.next.push('ok', 'lost');
    expect(await refusalOf(place(asked))).toMatchObject({ code: 'payment_unavailable' });
    expect(told()).toEqual(['order.created', 'payment.authorized']);
    await resume();
    expect([...card.taken.values()]).toEqual([4278]);
    expect(await stockOf()).toMatchObject({ [WINE]: [23, 0] });
    expect(told().at(-1)).toBe('order.completed');
  });

  it('gives up an order that nobody came back for: nothing stays held, nothing reserved', async () => {
    card.next.push('lost');
    const asked = byCard();
    const key = keyOf(asked);
    await refusalOf(place(asked, key));
    expect(card.held.size).toBe(1);
    expect(await resume()).toBeGreaterThanOrEqual(1);
    expect(card.held.size).toBe(0);
    expect(card.taken.size).toBe(0);
    expect(await stockOf()).toMatchObject({ [WINE]: [25, 0] });
    expect(await refusalOf(place(asked, key))).toMatchObject({ code: 'payment_refused' });
  });

  it('voids an order whose hold could not be taken', async () => {
    const asked = request({ instrument: { provider: 'simulator', behaviour: 'fail_capture' } });
    expect(await refusalOf(place(asked))).toMatchObject({ code: 'payment_refused' });
    expect(told()).toEqual([
      'order.created',
      'payment.authorized',
      'payment.failed',
      'payment.voided',
      'order.voided',
    ]);
    expect(await stockOf()).toMatchObject({ [WINE]: [25, 0] });
  });

  describe('refunds', () => {
    const refund = (asked: Partial<RefundRequest> & { orderId: string }, key = `refund-${(keys += 1)}`) => {
      const whole = {
        items: undefined,
        reason: 'customer_request',
        restock: true,
        requestedBy: 'api-key:web',
        ...asked,
      };
      return refunds.refund(whole, requestKeyOf('web', key, `refunds ${asked.orderId}`, whole));
    };

    it("gives all of it back as the seed's sample has it: 42.78, the wine on the shelf again", async () => {
      const { order } = await place(byCard());
      bus.announced.length = 0;
      const { refund: made } = await refund({ orderId: order.order_id });
      expect(made).toMatchObject({ status: 'completed', amount: 4278 });
      expect([...card.givenBack.values()]).toEqual([4278]);
      expect(await stockOf()).toMatchObject({ [WINE]: [25, 0] });
      expect(told()).toEqual(['payment.refunded', 'inventory.updated', 'order.refunded']);
      expect(bus.announced.at(-1)).toMatchObject({
        order_id: order.order_id,
        data: { refund_amount: 42.78, reason: 'customer_request', items_returned: [WINE] },
      });
      expect(await refusalOf(refund({ orderId: order.order_id }))).toEqual({ code: 'nothing_to_refund' });
    });

    it('gives parts back that add up to what was paid, and no unit twice', async () => {
      const { order } = await place(
        request({
          items: [
            { sku: SODA, quantity: 7 },
            { sku: WINE, quantity: 1 },
          ],
        }),
      );
      const parts = [3, 1, 3];
      const amounts: number[] = [];
      for (const quantity of parts) {
        const { refund: made } = await refund({
          orderId: order.order_id,
          items: [{ sku: SODA, quantity }],
          restock: quantity !== 1,
        });
        amounts.push(made.amount);
      }
      const { refund: rest } = await refund({ orderId: order.order_id });
      expect(amounts.reduce((sum, amount) => sum + amount, 0) + rest.amount).toBe(order.total);
      // One broken bottle did not go back on the shelf.
      expect(await stockOf()).toMatchObject({ [SODA]: [99, 0], [WINE]: [25, 0] });
      expect(
        await refusalOf(refund({ orderId: order.order_id, items: [{ sku: SODA, quantity: 1 }] })),
      ).toEqual({
        code: 'already_refunded',
        sku: SODA,
        left: 0,
      });
    });

    it('gives back once however many ask for the same at once', async () => {
      const { order } = await place(byCard());
      const outcomes = await Promise.all(
        Array.from({ length: 10 }, () =>
          refund({ orderId: order.order_id }).then(
            () => 'refunded',
            (error: unknown) => (error instanceof OrderError ? error.refusal.code : String(error)),
          ),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === 'refunded')).toHaveLength(1);
      expect([...card.givenBack.values()]).toEqual([4278]);
    });

    it('goes on with the same refund after a lost answer, by request or in the background', async () => {
      for (const again of ['request', 'background']) {
        const { order } = await place(byCard());
        card.next.push('lost');
        const key = `lost-${again}-${locationId}`;
        expect(await refusalOf(refund({ orderId: order.order_id }, key))).toMatchObject({
          code: 'payment_unavailable',
        });
        if (again === 'background') await resume();
        expect(await refund({ orderId: order.order_id }, key)).toMatchObject({ replayed: true });
      }
      expect([...card.givenBack.values()]).toEqual([4278, 4278]);
      expect(await stockOf()).toMatchObject({ [WINE]: [25, 0] });
    });

    it('frees the units again when the refund is refused', async () => {
      const { order } = await place(byCard());
      card.next.push('refuse');
      expect(await refusalOf(refund({ orderId: order.order_id }))).toMatchObject({ code: 'refund_refused' });
      expect(await stockOf()).toMatchObject({ [WINE]: [23, 0] });
      expect(await refund({ orderId: order.order_id })).toMatchObject({ refund: { amount: 4278 } });
    });

    it('refuses what was not ordered, and an order that was never completed', async () => {
      const { order } = await place(request());
      expect(
        await refusalOf(refund({ orderId: order.order_id, items: [{ sku: SODA, quantity: 1 }] })),
      ).toEqual({
        code: 'not_in_order',
        sku: SODA,
      });
      expect(await refusalOf(refund({ orderId: 'ORD-NONE' }))).toEqual({ code: 'unknown_order' });
    });
  });

  it('has the same stock in the table and in the log after all of this', async () => {
    expect(await compareStock(database)).toEqual([]);
  });
});
