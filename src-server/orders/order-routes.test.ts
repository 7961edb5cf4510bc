import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { OrderChannel } from '../access/access.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { type OrderApi, openOrderApi, orderBody } from '../test-support/order-api.ts';
import { type ShopServer, startShopServer } from '../test-support/shop-server.ts';
import { CHIPS, SODA, WINE } from '../test-support/small-shop.ts';

const CHANNELS: readonly OrderChannel[] = ['counter', 'web', 'uber_eats', 'doordash'];

const failureBody = z.object({ code: z.string(), message: z.string() });

describe.each(TEST_DATABASES)('the order routes on $kind', ({ create }) => {
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

  describe('places an order', () => {
    it.each(CHANNELS)("of the channel %s with that channel's key, as the seed draws it", async (channel) => {
      const key = await shop.apiKey({ channels: [channel], locationId: api.location });
      const answer = await api.post(api.order({ channel }), { key });
      expect(answer).toMatchObject({
        status: 201,
        replayed: null,
        body: {
          location_id: api.location,
          channel,
          customer_id: 'CUST-789',
          status: 'completed',
          items: [{ sku: WINE, quantity: 2, price: 19.99, total: 39.98, tax: 2.8, refunded_quantity: 0 }],
          subtotal: 39.98,
          deposit: 0,
          tax: 2.8,
          total: 42.78,
          refunded: 0,
          age_verified: true,
          payment: { provider: 'simulator', method: 'card', status: 'captured' },
        },
      });
      const { order_id: orderId } = orderBody.parse(answer.body);
      expect((await api.client(key).get(`/api/orders/${orderId}`)).body).toEqual(answer.body);
      expect(await shop.stockOf(api.location)).toMatchObject({ [WINE]: [23, 0] });
    });

    it('paid by a card terminal of somebody else, with its approval code', async () => {
      const payment = { provider: 'external_terminal', approval_code: 'A12345' };
      const { order_id: orderId } = await api.placed(api.order({ payment, expected_total: 42.78 }));
      expect((await api.client(api.webKey).get(`/api/orders/${orderId}`)).body).toMatchObject({
        payment: {
          provider: 'external_terminal',
          method: 'card',
          status: 'captured',
          payment_intent_id: `ext_${orderId}`,
        },
      });
    });

    it('paid by Stripe, which is charged once', async () => {
      const payment = { provider: 'stripe', payment_method: 'pm_card_visa' };
      const { order_id: orderId } = await api.placed(api.order({ payment }));
      expect(shop.stripe.charges.filter((charge) => charge.orderId === orderId)).toMatchObject([
        { amount: 4278 },
      ]);
    });

    it('paid in cash, by the admin, of any channel', async () => {
      const { admin } = shop;
      for (const channel of CHANNELS) {
        const asked = api.order({ channel, payment: { provider: 'cash' } });
        const answer = await admin.ask('POST', '/api/orders', asked, { 'idempotency-key': api.newKey() });
        expect(answer).toMatchObject({ status: 201, body: { payment: { method: 'cash' } } });
      }
    });

    it('with deposits and several lines, to the cent', async () => {
      const items = [
        { sku: SODA, quantity: 3 },
        { sku: CHIPS, quantity: 2 },
      ];
      const answer = await api.post(api.order({ items, age_verified: false }));
      // 3 × 1.99 and 3 × 0.05 deposit, 7 % of 5.97; 2 × 2.49 without tax.
      expect(answer).toMatchObject({
        status: 201,
        body: { subtotal: 10.95, deposit: 0.15, tax: 0.42, total: 11.52 },
      });
    });

    it('gives the last bottle to exactly one of fifty requests', async () => {
      const statuses = await Promise.all(
        Array.from({ length: 50 }, async () => {
          const { status, body } = await api.post(api.order({ items: [{ sku: CHIPS, quantity: 3 }] }));
          return status === 409 ? failureBody.parse(body).code : status;
        }),
      );
      expect(statuses.filter((status) => status === 201)).toHaveLength(1);
      expect(statuses.filter((status) => status === 'out_of_stock')).toHaveLength(49);
      expect(await shop.stockOf(api.location)).toMatchObject({ [CHIPS]: [0, 0] });
    });
  });

  describe('an API key', () => {
    it('orders for its own channels only', async () => {
      const key = await shop.apiKey({ channels: ['uber_eats', 'doordash'] });
      for (const channel of ['counter', 'web']) {
        expect(await api.post(api.order({ channel }), { key })).toMatchObject({
          status: 403,
          body: { code: 'forbidden' },
        });
      }
      expect(await shop.stockOf(api.location)).toMatchObject({ [WINE]: [25, 0] });
      expect(await api.listed(shop.adminKey)).toEqual([]);
    });

    it('orders at its own api.location only', async () => {
      const key = await shop.apiKey({ channels: ['web'], locationId: 'STORE-ELSEWHERE' });
      expect(await api.post(api.order(), { key })).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      });
      expect(await api.client(key).get(`/api/orders?location_id=${api.location}`)).toMatchObject({
        status: 403,
      });
      expect(await api.listed(shop.adminKey)).toEqual([]);
    });

    it('needs the scope orders', async () => {
      const key = await shop.apiKey({ scopes: ['inventory', 'catalogue'] });
      expect(await api.post(api.order(), { key })).toMatchObject({ status: 403 });
    });

    it("neither sees nor refunds another's order: it is not there", async () => {
      const { order_id: orderId } = await api.placed(api.order());
      const others = [
        await shop.apiKey({ channels: ['counter', 'uber_eats', 'doordash'] }),
        await shop.apiKey({ channels: ['web'], locationId: 'STORE-ELSEWHERE' }),
      ];
      for (const key of others) {
        const unknown = { status: 404, body: { code: 'not_found', message: 'There is no such order' } };
        expect(await api.client(key).get(`/api/orders/${orderId}`)).toEqual(unknown);
        expect(await api.client(key).get('/api/orders/ORD-NONE')).toEqual(unknown);
        expect(await api.refund(orderId, { reason: 'theft' }, { key })).toMatchObject(unknown);
      }
      expect((await api.client(api.webKey).get(`/api/orders/${orderId}`)).body).toMatchObject({
        refunded: 0,
      });
    });

    it('lists the orders of its channels only, newest first, page by page', async () => {
      const both = await shop.apiKey({ channels: ['web', 'doordash'], locationId: api.location });
      const mine: string[] = [];
      for (let each = 0; each < 5; each += 1) {
        const channel = each % 2 === 0 ? 'web' : 'doordash';
        mine.unshift(
          (await api.placed(api.order({ channel, items: [{ sku: SODA, quantity: 1 }] }), { key: both }))
            .order_id,
        );
        await shop.admin.ask(
          'POST',
          '/api/orders',
          api.order({ channel: 'counter', items: [{ sku: SODA, quantity: 1 }] }),
          { 'idempotency-key': api.newKey() },
        );
      }
      expect(await api.listed(both)).toEqual(mine);
      expect(await api.listed(api.webKey)).toEqual(mine.filter((_, index) => index % 2 === 0));
      expect(await api.listed(shop.adminKey)).toHaveLength(10);

      const pages: string[][] = [];
      for (let before = ''; pages.length < 4; before = `&before=${pages.at(-1)?.at(-1) ?? ''}`)
        pages.push(await api.listed(both, `&limit=2${before}`));
      expect(pages).toEqual([mine.slice(0, 2), mine.slice(2, 4), mine.slice(4), []]);
    });

    it("cannot page from another location's order: it is as one that there is not", async () => {
      const key = await shop.apiKey({ channels: ['web'], locationId: api.location });
      const mine = `/api/orders?location_id=${api.location}`;
      await api.placed(api.order(), { key });
      await api.nextLocation();
      const { order_id: foreign } = await api.placed(api.order());
      const page = await api.client(key).get(`${mine}&before=${foreign}`);
      expect(page).toEqual(await api.client(key).get(`${mine}&before=ORD-NONE`));
    });
  });

  describe('an Idempotency-Key', () => {
    it('answers with the first order again, and says so', async () => {
      const idempotencyKey = api.newKey();
      const first = await api.post(api.order(), { idempotencyKey });
      const again = await api.post(api.order(), { idempotencyKey });
      expect([first.replayed, again.replayed]).toEqual([null, 'true']);
      expect(again).toMatchObject({ status: 201, text: first.text });
      expect(await api.listed(api.webKey)).toHaveLength(1);
      expect(await shop.stockOf(api.location)).toMatchObject({ [WINE]: [23, 0] });
    });

    it('makes one order of many requests at once', async () => {
      const idempotencyKey = api.newKey();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => api.post(api.order(), { idempotencyKey })),
      );
      expect(new Set(answers.map(({ body }) => orderBody.parse(body).order_id)).size).toBe(1);
      expect(answers.filter(({ replayed }) => replayed === null)).toHaveLength(1);
      expect(await api.listed(api.webKey)).toHaveLength(1);
    });

    it('means the same request whatever the order of its fields, and with its defaults said or not', async () => {
      const idempotencyKey = api.newKey();
      const items = [{ sku: SODA, quantity: 1 }];
      const short = { location_id: api.location, channel: 'web', items, payment: { provider: 'simulator' } };
      const first = await api.post(short, { idempotencyKey });
      const turned = {
        payment: { behaviour: 'approve', provider: 'simulator' },
        items: [{ quantity: 1, sku: SODA }],
        age_verified: false,
        customer_id: null,
        channel: 'web',
        location_id: api.location,
      };
      expect(await api.post(turned, { idempotencyKey })).toMatchObject({
        replayed: 'true',
        text: first.text,
      });
    });

    it.each([
      ['other items', { items: [{ sku: WINE, quantity: 1 }] }],
      ['another customer', { customer_id: 'CUST-790' }],
      ['no customer', { customer_id: undefined }],
      ['another payment', { payment: { provider: 'cash' } }],
      ['an expected total', { expected_total: 42.78 }],
    ])('is refused for a request with %s', async (_, change) => {
      const idempotencyKey = api.newKey();
      await api.placed(api.order(), { idempotencyKey });
      expect(await api.post(api.order(change), { idempotencyKey })).toMatchObject({
        status: 422,
        body: { code: 'idempotency_key_reused' },
      });
      expect(await api.listed(api.webKey)).toHaveLength(1);
    });

    it('of one API key says nothing to another', async () => {
      const idempotencyKey = api.newKey();
      const other = await shop.apiKey({ channels: ['web'] });
      const first = await api.placed(api.order(), { idempotencyKey });
      const second = await api.post(api.order(), { idempotencyKey, key: other });
      expect(second).toMatchObject({ status: 201, replayed: null });
      expect(orderBody.parse(second.body).order_id).not.toBe(first.order_id);
    });

    it('of an order is none of a refund', async () => {
      const idempotencyKey = api.newKey();
      const { order_id: orderId } = await api.placed(api.order(), { idempotencyKey });
      expect(await api.refund(orderId, { reason: 'broken' }, { idempotencyKey })).toMatchObject({
        status: 422,
        body: { code: 'idempotency_key_reused' },
      });
    });

    it('is not used up by a refusal that changed nothing', async () => {
      const idempotencyKey = api.newKey();
      const asked = api.order({ items: [{ sku: CHIPS, quantity: 4 }] });
      expect(await api.post(asked, { idempotencyKey })).toMatchObject({ status: 409 });
      await shop.deliver(api.location, { [CHIPS]: 1 });
      expect(await api.post(asked, { idempotencyKey })).toMatchObject({ status: 201, replayed: null });
    });

    it.each([
      ['an empty one', ''],
      ['a short one', 'a'.repeat(7)],
      ['a long one', 'a'.repeat(256)],
      ['one with a space', 'with a space'],
      ['one with a tab', 'with\ta-tab'],
      ['one beyond ASCII', 'schl\u00fcssel'],
    ])('is refused when it is odd: %s', async (_, idempotencyKey) => {
      const answer = await api.post(api.order(), { idempotencyKey });
      expect(answer).toMatchObject({ status: 400, body: { code: 'bad_request' } });
      expect(await api.listed(api.webKey)).toEqual([]);
    });

    it.each(['a'.repeat(8), 'a'.repeat(255), '!"#$%&~[]{}'])('may be %s', async (idempotencyKey) => {
      const key = await shop.apiKey({ channels: ['web'] });
      expect(await api.post(api.order(), { idempotencyKey, key })).toMatchObject({ status: 201 });
    });

    it('must be there', async () => {
      expect(await api.client(api.webKey).post('/api/orders', api.order())).toMatchObject({
        status: 400,
        body: { code: 'bad_request' },
      });
    });
  });

  describe('refuses by name', () => {
    it.each([
      ['an unknown item', { items: [{ sku: 'NO-SUCH', quantity: 1 }] }, 422, 'unknown_item'],
      ['more than there is', { items: [{ sku: CHIPS, quantity: 4 }] }, 409, 'out_of_stock'],
      ['wine without an age', { age_verified: false }, 422, 'age_not_verified'],
      ['another price than was told', { expected_total: 42.77 }, 409, 'price_differs'],
      [
        'a declined card',
        { payment: { provider: 'simulator', behaviour: 'decline' } },
        402,
        'payment_refused',
      ],
      [
        'a hold that cannot be taken',
        { payment: { provider: 'simulator', behaviour: 'fail_capture' } },
        402,
        'payment_refused',
      ],
    ])('%s', async (_, change, status, code) => {
      expect(await api.post(api.order(change))).toMatchObject({ status, body: { code } });
      expect(await shop.stockOf(api.location)).toMatchObject({ [WINE]: [25, 0], [CHIPS]: [3, 0] });
    });

    it('what an order may cost at most', async () => {
      const gold = {
        sku: 'GOLD-BAR',
        name: 'Gold bar',
        category: 'snacks',
        cost: 1,
        price: 999_999.99,
        case_size: 1,
        active: true,
      };
      await shop.admin.post('/api/items', gold);
      await shop.deliver(api.location, { [gold.sku]: 10 });
      expect(await api.post(api.order({ items: [{ sku: gold.sku, quantity: 2 }] }))).toMatchObject({
        status: 422,
        body: { code: 'sale_too_large' },
      });
    });

    it('a payment that nobody answers for, and goes on with it when asked again', async () => {
      const payment = { provider: 'stripe', payment_method: 'pm_card_visa' };
      const idempotencyKey = api.newKey();
      shop.stripe.failNext('create', { kind: 'lose_answer' }, 2);
      shop.stripe.failNext('search', { kind: 'lose_request' }, 2);
      expect(await api.post(api.order({ payment }), { idempotencyKey })).toMatchObject({
        status: 503,
        body: { code: 'payment_unavailable' },
      });
      expect(await shop.stockOf(api.location)).toMatchObject({ [WINE]: [25, 2] });
      const charges = shop.stripe.charges.length;
      expect(await api.post(api.order({ payment }), { idempotencyKey })).toMatchObject({
        status: 201,
        replayed: 'true',
      });
      expect(shop.stripe.charges).toHaveLength(charges + 1);
      expect(shop.stripe.holds()).toEqual([]);
      expect(await shop.stockOf(api.location)).toMatchObject({ [WINE]: [23, 0] });
    });

    it('bodies that are none', async () => {
      const bodies = [
        '',
        '{',
        'null',
        '[]',
        api.order({ items: [] }),
        api.order({ items: [{ sku: WINE, quantity: 0 }] }),
        api.order({ items: [{ sku: WINE, quantity: 1.5 }] }),
        api.order({
          items: [
            { sku: WINE, quantity: 1 },
            { sku: WINE, quantity: 1 },
          ],
        }),
        api.order({ channel: 'smoke_signal' }),
        api.order({ location_id: 'ALL' }),
        api.order({ customer_id: 'a\u0000b' }),
        api.order({ expected_total: 42.785 }),
        api.order({ payment: { provider: 'barter' } }),
        api.order({ payment: { provider: 'cash', amount: 1 } }),
        api.order({ total: 0.01 }),
      ];
      for (const body of bodies)
        expect([body, await api.post(body)]).toMatchObject([
          body,
          { status: 400, body: { code: 'bad_request' } },
        ]);
      expect(await api.listed(api.webKey)).toEqual([]);
    });
  });
});
