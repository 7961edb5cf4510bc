import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { eventually } from '../test-support/eventually.ts';
import { type OrderApi, openOrderApi } from '../test-support/order-api.ts';
import { eventSource } from '../test-support/sale-events.ts';
import { type ShopServer, startShopServer } from '../test-support/shop-server.ts';
import { SODA, WINE } from '../test-support/small-shop.ts';

describe.each(TEST_DATABASES)('the refund route on $kind', ({ create }) => {
  let home: TestDatabase;
  let shop: ShopServer;
  let api: OrderApi;

  beforeAll(async () => {
    home = await create();
    shop = await startShopServer(home);
    api = await openOrderApi(shop);
  }, 120_000);
  afterAll(async () => {
    await shop.close();
    await home.dispose();
  });
  beforeEach(() => api.nextLocation());

  it('gives the whole order once: 42.78, the bottles back on the shelf', async () => {
    const { order_id: orderId } = await api.placed(api.order());
    const idempotencyKey = api.newKey();
    const first = await api.refund(orderId, { reason: 'customer_request' }, { idempotencyKey });
    expect(first).toMatchObject({
      status: 201,
      replayed: null,
      body: {
        order_id: orderId,
        status: 'completed',
        amount: 42.78,
        reason: 'customer_request',
        restock: true,
        items: [{ sku: WINE, quantity: 2, amount: 42.78 }],
      },
    });
    const again = await api.refund(
      orderId,
      { restock: true, reason: 'customer_request' },
      { idempotencyKey },
    );
    expect(again).toMatchObject({ status: 201, replayed: 'true', text: first.text });
    expect(await api.refund(orderId, { reason: 'once_more' })).toMatchObject({
      status: 409,
      body: { code: 'nothing_to_refund' },
    });
    expect((await api.client(api.webKey).get(`/api/orders/${orderId}`)).body).toMatchObject({
      refunded: 42.78,
      items: [{ refunded_quantity: 2 }],
    });
    expect(await shop.stockOf(api.location)).toMatchObject({ [WINE]: [25, 0] });
  });

  it('gives parts that add up, broken bottles not on the shelf, no unit twice', async () => {
    const { order_id: orderId } = await api.placed(api.order({ items: [{ sku: SODA, quantity: 7 }] }));
    const part = (quantity: number, more: object = {}) =>
      api.refund(orderId, { reason: 'broken', items: [{ sku: SODA, quantity }], ...more });
    const amounts: unknown[] = [];
    for (const answer of [await part(3), await part(1, { restock: false })]) {
      expect(answer.status).toBe(201);
      amounts.push(z.object({ amount: z.number() }).parse(answer.body).amount);
    }
    expect(await part(4)).toMatchObject({ status: 409, body: { code: 'already_refunded' } });
    expect(await part(3)).toMatchObject({ status: 201 });
    // 7 × (1.99 + 0.05) and 7 % of 13.93.
    expect((await api.client(api.webKey).get(`/api/orders/${orderId}`)).body).toMatchObject({
      total: 15.26,
      refunded: 15.26,
    });
    expect(await shop.stockOf(api.location)).toMatchObject({ [SODA]: [99, 0] });
  });

  it('gives nothing for what was not ordered, and nothing of an order that was not completed', async () => {
    const { order_id: orderId } = await api.placed(api.order());
    expect(
      await api.refund(orderId, { reason: 'broken', items: [{ sku: SODA, quantity: 1 }] }),
    ).toMatchObject({
      status: 422,
      body: { code: 'not_in_order' },
    });
    await api.post(api.order({ payment: { provider: 'simulator', behaviour: 'decline' } }));
    const [declined] = await api.listed(api.webKey);
    expect(await api.refund(declined ?? '', { reason: 'broken' })).toMatchObject({
      status: 409,
      body: { code: 'not_completed' },
    });
    expect(await api.refund('ORD-NONE', { reason: 'broken' })).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });

  it('gives nothing of a sale that was rung up at a till: its money goes back there', async () => {
    const till = eventSource('T1', api.location);
    const push = await shop.enrolTill(till.terminalId, api.location);
    const events = till.sale(1);
    expect(await push(events)).toMatchObject({ ok: true });
    const orderId = events[0]?.aggregateId ?? '';
    const counter = await shop.apiKey({ channels: ['counter'] });
    await eventually(async () =>
      expect(await api.client(counter).get(`/api/orders/${orderId}`)).toMatchObject({
        status: 200,
        body: { status: 'completed', payment: null },
      }),
    );
    expect(await api.refund(orderId, { reason: 'broken' }, { key: counter })).toMatchObject({
      status: 409,
      body: { code: 'not_refundable_here' },
    });
    expect(await api.client(api.webKey).get(`/api/orders/${orderId}`)).toMatchObject({ status: 404 });
  });

  it('says when the bank takes nothing back, and lets the units be asked for again', async () => {
    const payment = { provider: 'stripe', payment_method: 'pm_card_visa' };
    const { order_id: orderId } = await api.placed(api.order({ payment }));
    shop.stripe.refundsWillBe('failed');
    expect(await api.refund(orderId, { reason: 'broken' })).toMatchObject({
      status: 402,
      body: { code: 'refund_refused' },
    });
    shop.stripe.refundsWillBe('succeeded');
    const idempotencyKey = api.newKey();
    shop.stripe.failNext('refund', { kind: 'lose_request' }, 2);
    expect(await api.refund(orderId, { reason: 'broken' }, { idempotencyKey })).toMatchObject({
      status: 503,
      body: { code: 'payment_unavailable' },
    });
    expect(await api.refund(orderId, { reason: 'broken' }, { idempotencyKey })).toMatchObject({
      status: 201,
      replayed: 'true',
      body: { amount: 42.78 },
    });
    expect(await shop.stockOf(api.location)).toMatchObject({ [WINE]: [25, 0] });
  });
});
