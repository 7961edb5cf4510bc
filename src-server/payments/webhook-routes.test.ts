import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { documentedFetch } from '../test-support/documented-answers.ts';
import { eventually } from '../test-support/eventually.ts';
import { type OrderApi, openOrderApi } from '../test-support/order-api.ts';
import { eventSource } from '../test-support/sale-events.ts';
import { type ShopServer, WEBHOOK_SECRET, startShopServer } from '../test-support/shop-server.ts';
import { WINE } from '../test-support/small-shop.ts';
import type { PaymentIntent } from '../test-support/stripe-server/payment-intent.ts';
import { type WebhookType, signatureOf, webhookEvent } from '../test-support/stripe-server/send-webhook.ts';

/** The SDK asks twice where a connection is cut. */
const TWICE = 2;
const TEN_MINUTES_MS = 600_000;

describe.each(TEST_DATABASES)("Stripe's webhooks on $kind", ({ create }) => {
  let home: TestDatabase;
  let shop: ShopServer;
  let api: OrderApi;
  let ask: ReturnType<typeof documentedFetch>;
  let notices = 0;

  beforeAll(async () => {
    home = await create();
    shop = await startShopServer(home);
    api = await openOrderApi(shop);
    ask = documentedFetch(shop.url);
  }, 120_000);
  afterAll(async () => {
    await shop.close();
    await home.dispose();
  });
  beforeEach(() => api.nextLocation());

  const byStripe = () => api.order({ payment: { provider: 'stripe', payment_method: 'pm_card_visa' } });

  async function send(body: string, signature: string | undefined, contentType = 'application/json') {
    const { response, text } = await ask('/webhooks/stripe', {
      method: 'POST',
      headers: {
        'content-type': contentType,
        ...(signature === undefined ? {} : { 'stripe-signature': signature }),
      },
      body,
    });
    return { status: response.status, body: JSON.parse(text) as unknown };
  }
  /** As Stripe sends and signs it. */
  const tell = (type: WebhookType, object: object, id = `evt_${(notices += 1)}`) => {
    const body = JSON.stringify(webhookEvent(id, type, object), undefined, 2);
    return send(body, signatureOf(body, { secret: WEBHOOK_SECRET }));
  };
  const RECEIVED = { status: 200, body: { received: true } };

  async function orderOf(orderId: string) {
    const { body } = await api.client(api.webKey).get(`/api/orders/${orderId}`);
    return body;
  }
  /** What an attack could have changed: orders, stock, money, and whatever was told. */
  async function state() {
    const { body } = await shop.admin.get('/api/terminals');
    return {
      orders: await shop.admin.get(`/api/orders?location_id=${api.location}`),
      stock: await shop.stockOf(api.location),
      intents: shop.stripe.intents().map(({ id, status }) => `${id} ${status}`),
      refunds: shop.stripe.refunds.length,
      histories: JSON.stringify(body),
    };
  }
  function newestIntent(): PaymentIntent {
    const intent = shop.stripe.intents().at(-1);
    if (intent === undefined) throw new Error('Stripe was not asked');
    return intent;
  }
  /** An order whose authorisation succeeded, with an answer that never came. */
  async function orderWithLostAuthorisation() {
    const idempotencyKey = api.newKey();
    shop.stripe.failNext('create', { kind: 'lose_answer' }, TWICE);
    shop.stripe.failNext('search', { kind: 'lose_request' }, TWICE);
    const asked = byStripe();
    expect(await api.post(asked, { idempotencyKey })).toMatchObject({
      status: 503,
      body: { code: 'payment_unavailable' },
    });
    const [orderId = ''] = await api.listed(api.webKey);
    expect(await orderOf(orderId)).toMatchObject({ status: 'placed' });
    return { orderId, intent: newestIntent(), again: () => api.post(asked, { idempotencyKey }) };
  }

  it('completes an order whose authorisation was lost, and its caller then gets it', async () => {
    const { orderId, intent, again } = await orderWithLostAuthorisation();
    expect(await shop.stockOf(api.location)).toMatchObject({ [WINE]: [25, 2] });
    expect(await tell('payment_intent.amount_capturable_updated', intent)).toEqual(RECEIVED);
    expect(await orderOf(orderId)).toMatchObject({
      status: 'completed',
      payment: { status: 'captured', payment_intent_id: intent.id },
    });
    expect(await shop.stockOf(api.location)).toMatchObject({ [WINE]: [23, 0] });
    expect(await again()).toMatchObject({ status: 201, replayed: 'true', body: { order_id: orderId } });
    expect(shop.stripe.charges.filter((charge) => charge.orderId === orderId)).toMatchObject([
      { amount: 4278 },
    ]);
  });

  it('completes an order whose capture was lost', async () => {
    shop.stripe.failNext('capture', { kind: 'lose_answer' }, TWICE);
    shop.stripe.failNext('retrieve', { kind: 'lose_request' }, TWICE);
    expect(await api.post(byStripe())).toMatchObject({ status: 503, body: { code: 'payment_unavailable' } });
    const [orderId = ''] = await api.listed(api.webKey);
    expect(await orderOf(orderId)).toMatchObject({ status: 'authorized' });
    expect(await tell('payment_intent.succeeded', newestIntent())).toEqual(RECEIVED);
    expect(await orderOf(orderId)).toMatchObject({ status: 'completed' });
    expect(await shop.stockOf(api.location)).toMatchObject({ [WINE]: [23, 0] });
    expect(shop.stripe.charges.filter((charge) => charge.orderId === orderId)).toHaveLength(1);
  });

  it('ends an order whose card was declined while nobody heard it', async () => {
    shop.stripe.failNext('create', { kind: 'lose_answer' }, TWICE);
    shop.stripe.failNext('search', { kind: 'lose_request' }, TWICE);
    const payment = { provider: 'stripe', payment_method: 'pm_card_visa_chargeDeclined' };
    const { status } = await api.post(api.order({ payment }));
    expect(status).toBe(503);
    const [orderId = ''] = await api.listed(api.webKey);
    expect(await tell('payment_intent.payment_failed', newestIntent())).toEqual(RECEIVED);
    expect(await orderOf(orderId)).toMatchObject({ status: 'payment_failed' });
    expect(await shop.stockOf(api.location)).toMatchObject({ [WINE]: [25, 0] });
  });

  it('may come twice, together, late and in any order: the order is completed once', async () => {
    const { orderId, intent } = await orderWithLostAuthorisation();
    const held = { ...intent };
    const answers = await Promise.all([
      tell('payment_intent.amount_capturable_updated', held, 'evt_twice'),
      tell('payment_intent.amount_capturable_updated', held, 'evt_twice'),
      tell('payment_intent.succeeded', held),
      tell('payment_intent.created', held),
    ]);
    expect(answers).toEqual([RECEIVED, RECEIVED, RECEIVED, RECEIVED]);
    expect(await orderOf(orderId)).toMatchObject({ status: 'completed' });
    const before = await state();
    for (const type of [
      'payment_intent.amount_capturable_updated',
      'payment_intent.payment_failed',
      'payment_intent.canceled',
      'charge.refunded',
    ] as const)
      expect(await tell(type, held)).toEqual(RECEIVED);
    expect(await state()).toEqual(before);
  });

  it.each([
    ['without a signature', () => undefined],
    ['with an empty signature', () => ''],
    ['with a signature in pieces', () => 't=,v1=,,='],
    ['with a signature of another secret', (body: string) => signatureOf(body, { secret: 'whsec_other' })],
    [
      'with the signature of another body',
      (body: string) => signatureOf(`${body} `, { secret: WEBHOOK_SECRET }),
    ],
    [
      'with a signature that is ten minutes old',
      (body: string) =>
        signatureOf(body, { secret: WEBHOOK_SECRET, at: new Date(Date.now() - TEN_MINUTES_MS) }),
    ],
    [
      'with an old signature under a new time',
      (body: string) => {
        const old = signatureOf(body, {
          secret: WEBHOOK_SECRET,
          at: new Date(Date.now() - TEN_MINUTES_MS),
        });
        return old.replace(/^t=\d+/, `t=${Math.floor(Date.now() / 1000)}`);
      },
    ],
    ["with the admin's key", () => shop.adminKey],
  ])('changes nothing %s', async (_, sign) => {
    const { orderId, intent } = await orderWithLostAuthorisation();
    const before = await state();
    const body = JSON.stringify(
      webhookEvent('evt_forged', 'payment_intent.amount_capturable_updated', intent),
    );
    expect(await send(body, sign(body))).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    expect(await state()).toEqual(before);
    expect(await orderOf(orderId)).toMatchObject({ status: 'placed' });
  });

  it.each([
    ['no JSON', 'not json'],
    ['an empty body', ''],
    ['no event', '{}'],
    ['a list', '[]'],
    ['an event about nothing', '{"object":"event","id":"evt_1","type":"payment_intent.succeeded"}'],
    [
      'an event about something else',
      '{"object":"event","id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"object":"charge","id":"ch_1"}}}',
    ],
    [
      'an order id that is a number',
      '{"object":"event","id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"object":"payment_intent","id":"pi_1","metadata":{"order_id":1}}}}',
    ],
    ['bytes that are no UTF-8', '\ufffd\u0000'],
  ])('is refused when it is signed and has %s', async (_, body) => {
    const before = await state();
    expect(await send(body, signatureOf(body, { secret: WEBHOOK_SECRET }))).toMatchObject({
      status: 400,
      body: { code: 'bad_request' },
    });
    expect(await state()).toEqual(before);
  });

  it('is refused as something else than JSON, and when it is too large', async () => {
    const signed = (body: string) => signatureOf(body, { secret: WEBHOOK_SECRET });
    expect(await send('{}', signed('{}'), 'text/plain')).toMatchObject({ status: 400 });
    const large = JSON.stringify({ padding: 'x'.repeat(100_000) });
    expect(await send(large, signed(large))).toMatchObject({ status: 413, body: { code: 'too_large' } });
  });

  it('is taken for payments that are not ours, and for orders that there are not, without harm', async () => {
    const till = eventSource('T1', api.location);
    const [created, ...rest] = till.sale(1);
    if (created === undefined) throw new Error('a sale begins with an event');
    const push = await shop.enrolTill('T1', api.location);
    expect(await push([created, ...rest])).toMatchObject({ ok: true });
    await eventually(async () => expect(await api.listed(shop.adminKey)).toEqual([created.aggregateId]));
    const foreign = { object: 'payment_intent', id: 'pi_foreign', metadata: {} };
    const before = await state();
    for (const metadata of [
      {},
      { order_id: 'ORD-NONE' },
      { order_id: created.aggregateId },
      { order_id: "'; DROP TABLE orders; --" },
      { order_id: 'a\u0000b\ud800' },
      { order_id: 'x'.repeat(100) },
      { customer: 'of another program' },
    ])
      expect(await tell('payment_intent.succeeded', { ...foreign, metadata })).toEqual(RECEIVED);
    expect(await tell('payment_intent.created', {})).toEqual(RECEIVED);
    expect(await state()).toEqual(before);
  });

  it('is taken for an order that cannot go on yet, which goes on with the next', async () => {
    const { orderId, intent } = await orderWithLostAuthorisation();
    shop.stripe.failNext('create', { kind: 'lose_request' }, TWICE);
    shop.stripe.failNext('search', { kind: 'lose_request' }, TWICE);
    expect(await tell('payment_intent.amount_capturable_updated', intent)).toEqual(RECEIVED);
    expect(await orderOf(orderId)).toMatchObject({ status: 'placed' });
    expect(await tell('payment_intent.amount_capturable_updated', intent)).toEqual(RECEIVED);
    expect(await orderOf(orderId)).toMatchObject({ status: 'completed' });
  });
});
