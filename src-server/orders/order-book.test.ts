import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import createdSample from '#domain/events/contracts/order.created.json' with { type: 'json' };
import type { JsonValue } from '#domain/events/canonical-json.ts';
import type { EventRecord } from '#domain/events/event-record.ts';
import { encodeOrderFacts } from '#domain/events/order-facts.ts';
import { draftOf } from '#domain/events/holdfast-events.ts';
import { cents } from '#domain/money/cents.ts';
import type { PushReply } from '#sync/protocol/messages.ts';
import { type AdminClient, adminClient } from '../test-support/admin-client.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { eventually } from '../test-support/eventually.ts';
import { openOrderApi } from '../test-support/order-api.ts';
import { type EventSource, eventSource } from '../test-support/sale-events.ts';
import { type ShopServer, startShopServer } from '../test-support/shop-server.ts';
import { SODA, WINE } from '../test-support/small-shop.ts';

const ordersBody = z.object({
  orders: z.array(z.looseObject({ order_id: z.string(), status: z.string(), refunded: z.number() })),
});
const lettersBody = z.object({
  dead_letters: z.array(z.looseObject({ id: z.int(), event_id: z.string(), subscriber: z.string() })),
});
const subscribersBody = z.object({
  subscribers: z.array(z.looseObject({ subscriber: z.string(), waiting: z.int() })),
});

describe.each(TEST_DATABASES)("the book of the tills' orders on $kind", ({ create }) => {
  let home: TestDatabase;
  let shop: ShopServer;
  let admin: AdminClient;
  let tills = 0;
  let till: EventSource;
  let location = '';
  let push: (events: readonly EventRecord[]) => Promise<PushReply>;

  beforeAll(async () => {
    home = await create();
    shop = await startShopServer(home);
    admin = adminClient(shop.url, shop.adminKey);
  }, 120_000);
  afterAll(async () => {
    await shop.close();
    await home.dispose();
  });
  beforeEach(async () => {
    location = `SHOP-${tills + 1}`;
    ({ till, push } = await newTill());
  });

  async function newTill(at = location) {
    tills += 1;
    const source = eventSource(`T${tills}`, at);
    const send = await shop.enrolTill(source.terminalId, at);
    return {
      till: source,
      push: async (events: readonly EventRecord[]) => {
        const reply = await send(events);
        expect(reply).toMatchObject({ ok: true });
        return reply;
      },
    };
  }
  const orderIdOf = (events: readonly EventRecord[]) => events[0]?.aggregateId ?? '';
  const voided = (orderId: string, source = till) => {
    const { eventType, aggregateId, data } = draftOf({ type: 'order.voided', orderId, reason: 'wrong item' });
    return source.next(eventType, aggregateId, data);
  };
  const refunded = (orderId: string, amount: number, source = till) =>
    source.nextSeed({
      type: 'order.refunded',
      orderId,
      refundAmount: cents(amount),
      reason: 'customer_request',
      itemsReturned: [],
    });
  const completed = (orderId: string, source = till) =>
    source.nextSeed({
      type: 'order.completed',
      orderId,
      paymentStatus: 'captured',
      fulfillmentStatus: 'completed',
    });

  /** Resolves when the book has read all that there is. */
  const booked = () =>
    eventually(async () => {
      const { subscribers } = subscribersBody.parse((await admin.get('/api/subscribers')).body);
      expect(subscribers).toContainEqual(expect.objectContaining({ subscriber: 'order-book', waiting: 0 }));
    });
  const orderOf = async (orderId: string) => (await admin.get(`/api/orders/${orderId}`)).body;
  async function ordersHere(at = location) {
    const { body } = await admin.get(`/api/orders?location_id=${at}&limit=200`);
    return ordersBody.parse(body).orders;
  }
  async function letterOf(event: EventRecord) {
    const { dead_letters: letters } = lettersBody.parse((await admin.get('/api/dead-letters')).body);
    return letters.find(
      ({ event_id, subscriber }) => event_id === event.eventId && subscriber === 'order-book',
    );
  }
  const retry = (id: number | undefined) => admin.post(`/api/dead-letters/${id}/retry`);
  /** The book cannot hold this order until the second call: a fault of the server's, not of the event. */
  const refuseInTable = (orderId: string) =>
    shop.withDatabase((database) =>
      database.execute(
        `ALTER TABLE orders ADD CONSTRAINT of_the_test CHECK (order_id <> '${orderId}') NOT VALID`,
      ),
    );
  const acceptInTable = () =>
    shop.withDatabase((database) => database.execute('ALTER TABLE orders DROP CONSTRAINT of_the_test'));

  it('has a sale with its items and amounts, as the channels have theirs', async () => {
    const orderId = `${location}-${till.terminalId}-77`;
    await push([
      till.nextSeed({
        type: 'order.created',
        orderId,
        channel: 'counter',
        customerId: 'CUST-789',
        items: [
          { sku: WINE, quantity: 2, price: cents(1999), total: cents(3998) },
          { sku: SODA, quantity: 3, price: cents(199), total: cents(597) },
        ],
        subtotal: cents(4595),
        deposit: cents(15),
        tax: cents(322),
        total: cents(4932),
        paymentMethod: 'card',
        ageVerified: true,
      }),
      completed(orderId),
    ]);
    await booked();
    expect(await orderOf(orderId)).toEqual({
      order_id: orderId,
      location_id: location,
      channel: 'counter',
      customer_id: 'CUST-789',
      status: 'completed',
      items: [
        {
          sku: WINE,
          name: null,
          quantity: 2,
          price: 19.99,
          total: 39.98,
          deposit: null,
          tax: null,
          refunded_quantity: null,
        },
        {
          sku: SODA,
          name: null,
          quantity: 3,
          price: 1.99,
          total: 5.97,
          deposit: null,
          tax: null,
          refunded_quantity: null,
        },
      ],
      subtotal: 45.95,
      deposit: 0.15,
      tax: 3.22,
      total: 49.32,
      refunded: 0,
      age_verified: true,
      payment: null,
      created_at: '2026-11-23T09:00:00.250Z',
      completed_at: '2026-11-23T09:00:00.500Z',
    });
  });

  it('parks a refund that takes an order beyond what an amount can be, and shows the orders all the same', async () => {
    const sale = till.sale(1);
    const orderId = orderIdOf(sale);
    const refunds = [refunded(orderId, 900_000_000), refunded(orderId, 900_000_000)];
    const next = till.sale(1);
    await push([...sale, ...refunds, ...next]);
    await booked();
    expect(await ordersHere()).toMatchObject([
      { order_id: orderIdOf(next) },
      { order_id: orderId, refunded: 9_000_000 },
    ]);
    expect(await letterOf(refunds[1] ?? next[0] ?? voided(orderId))).toBeDefined();
  });

  it('has each sale once, of many in a batch, of several tills, and of batches that come again', async () => {
    const other = await newTill();
    const sales = Array.from({ length: 60 }, () => till.sale(3));
    const others = Array.from({ length: 60 }, () => other.till.sale(3));
    await Promise.all([push(sales.flat()), other.push(others.flat())]);
    await push(sales.flat());
    await push(sales.slice(-1).flat());
    await booked();
    const orders = await ordersHere();
    expect(new Set(orders.map(({ order_id }) => order_id))).toEqual(
      new Set([...sales, ...others].map(orderIdOf)),
    );
    expect(orders).toHaveLength(120);
    expect(orders.every(({ status }) => status === 'completed')).toBe(true);
  });

  it('has a sale that is not over yet, and its end when it comes', async () => {
    const sale = till.sale(1);
    await push(sale.slice(0, 2));
    await booked();
    expect(await orderOf(orderIdOf(sale))).toMatchObject({ status: 'authorized', completed_at: null });
    await push(sale.slice(2));
    await booked();
    expect(await orderOf(orderIdOf(sale))).toMatchObject({
      status: 'completed',
      completed_at: sale.at(-1)?.timestamp,
    });
  });

  it('has what was voided and what came back, at once or later', async () => {
    const first = till.sale(1);
    const endOfFirst = voided(orderIdOf(first));
    const second = till.sale(1);
    const partOfSecond = refunded(orderIdOf(second), 150);
    const third = till.sale(1);
    await push([...first, endOfFirst, ...second, partOfSecond, ...third]);
    await booked();
    await push([
      refunded(orderIdOf(second), 49),
      voided(orderIdOf(third)),
      refunded(`${location}-NO-SUCH`, 100),
      voided(`${location}-NO-SUCH`),
    ]);
    await booked();
    expect(await orderOf(orderIdOf(first))).toMatchObject({
      status: 'voided',
      completed_at: first.at(-1)?.timestamp,
    });
    expect(await orderOf(orderIdOf(second))).toMatchObject({ status: 'completed', refunded: 1.99 });
    expect(await orderOf(orderIdOf(third))).toMatchObject({
      status: 'voided',
      completed_at: third.at(-1)?.timestamp,
    });
    expect(await ordersHere()).toHaveLength(3);
  });

  it("does not let a terminal change another location's orders, or those of the channels", async () => {
    const sale = till.sale(1);
    await push(sale);
    const api = await openOrderApi(shop);
    await api.nextLocation();
    const { order_id: channelOrder } = await api.placed(api.order());
    await booked();
    const before = [await orderOf(orderIdOf(sale)), await orderOf(channelOrder)];

    const thief = await newTill(`${location}-B`);
    const neighbour = await newTill(api.location);
    for (const [one, orderId] of [
      [thief, orderIdOf(sale)],
      [thief, channelOrder],
      [neighbour, channelOrder],
    ] as const) {
      const [created, ...rest] = one.till.sale(3);
      if (created === undefined) throw new Error('a sale begins with an event');
      await one.push([
        created,
        ...rest,
        one.till.next('order.created', orderId, z.json().parse(JSON.parse(created.payload))),
        completed(orderId, one.till),
        refunded(orderId, 100, one.till),
        voided(orderId, one.till),
      ]);
    }
    await booked();
    expect([await orderOf(orderIdOf(sale)), await orderOf(channelOrder)]).toEqual(before);
  });

  it.each([
    ['an amount with three decimals', { total: 1.999 }],
    ['no items', { items: undefined }],
    ['a payment that nobody knows', { payment_method: 'barter' }],
    ['a customer whose name is too long', { customer_id: 'x'.repeat(101) }],
  ])('shows a sale with %s as a dead letter, and the others go on', async (_, change) => {
    const before = till.sale(1);
    const [created, ...rest] = till.sale(1);
    if (created === undefined) throw new Error('a sale begins with an event');
    const spoilt = JSON.stringify({
      ...z.record(z.string(), z.unknown()).parse(JSON.parse(created.payload)),
      ...change,
    });
    const bad = till.next('order.created', `${location}-BAD`, z.json().parse(JSON.parse(spoilt)));
    const end = completed(bad.aggregateId);
    const after = till.sale(1);
    await push([...before, created, ...rest, bad, end, ...after]);
    await booked();
    const orders = await ordersHere();
    expect(orders.map(({ order_id, status }) => `${order_id} ${status}`).toSorted()).toEqual(
      [before, [created], after].map((events) => `${orderIdOf(events)} completed`).toSorted(),
    );
    const letter = await letterOf(bad);
    expect(letter).toMatchObject({
      event_type: 'order.created',
      terminal_id: till.terminalId,
      seq: bad.seq,
      reason: expect.stringMatching(/./) as unknown,
    });
    expect(await retry(letter?.id)).toMatchObject({ status: 409, body: { code: 'failed_again' } });
    expect(await letterOf(bad)).toMatchObject({ id: letter?.id });
    expect(await admin.get(`/api/orders/${bad.aggregateId}`)).toMatchObject({ status: 404 });
  });

  it('books an order of any version up to its own, and shows one of a later as a dead letter', async () => {
    const sold = (version: number, metadata: Readonly<Record<string, JsonValue>>) => {
      const data = { ...z.record(z.string(), z.json()).parse(createdSample.data) };
      const orderId = `${location}-V${version}`;
      return [till.next('order.created', orderId, data, metadata), completed(orderId)] as const;
    };
    const facts = encodeOrderFacts({ lines: [], taxes: [], cashier: 'Maya' });
    const orders = [sold(1, {}), sold(2, facts), sold(3, { ...facts, schema: 3 })];
    await push(orders.flat());
    await booked();
    expect((await ordersHere()).map(({ order_id }) => order_id).toSorted()).toEqual([
      `${location}-V1`,
      `${location}-V2`,
    ]);
    expect(await letterOf(orders[2]?.[0] ?? till.next('test.none', 'X', {}))).toMatchObject({
      reason: expect.stringContaining('order.created in version 3') as unknown,
    });
  });

  it('completes an order that is booked late, with what came back meanwhile, once', async () => {
    const sale = till.sale(1);
    const orderId = orderIdOf(sale);
    const [created] = sale;
    if (created === undefined) throw new Error('a sale begins with an event');
    await refuseInTable(orderId);
    await push([...sale, refunded(orderId, 100), ...till.sale(1)]);
    await push([refunded(orderId, 20)]);
    await booked();
    expect(await admin.get(`/api/orders/${orderId}`)).toMatchObject({ status: 404 });
    expect(await ordersHere()).toHaveLength(1);

    const letter = await letterOf(created);
    expect(await retry(letter?.id)).toMatchObject({ status: 409, body: { code: 'failed_again' } });
    await acceptInTable();
    const answers = await Promise.all([retry(letter?.id), retry(letter?.id)]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 404]));
    expect(await letterOf(created)).toBeUndefined();
    expect(await orderOf(orderId)).toMatchObject({
      status: 'completed',
      completed_at: sale.at(-1)?.timestamp,
      refunded: 1.2,
    });
    await push([refunded(orderId, 3)]);
    await booked();
    expect(await orderOf(orderId)).toMatchObject({ status: 'completed', refunded: 1.23 });
  });

  it('voids an order that is booked late and was voided meanwhile', async () => {
    const sale = till.sale(1);
    const [created] = sale;
    if (created === undefined) throw new Error('a sale begins with an event');
    await refuseInTable(created.aggregateId);
    await push(sale);
    await push([voided(created.aggregateId)]);
    await booked();
    await acceptInTable();
    expect(await retry((await letterOf(created))?.id)).toMatchObject({ status: 200, body: { taken: true } });
    expect(await orderOf(created.aggregateId)).toMatchObject({
      status: 'voided',
      completed_at: sale.at(-1)?.timestamp,
    });
  });

  it('keeps the letters of a subscriber that this version does not have', async () => {
    const [created] = till.sale(1);
    if (created === undefined) throw new Error('a sale begins with an event');
    await push([created]);
    await booked();
    const id = await shop.withDatabase(async (database) => {
      const [row] = await database.query(
        z.object({ id: z.int() }),
        `INSERT INTO dead_letters (event_id, subscriber, reason) VALUES ($1, 'loyalty', 'of the test') RETURNING id`,
        [created.eventId],
      );
      return row?.id;
    });
    expect(await retry(id)).toMatchObject({ status: 409, body: { code: 'no_subscriber' } });
    const { body } = await admin.get('/api/dead-letters');
    expect(lettersBody.parse(body).dead_letters).toContainEqual(expect.objectContaining({ id }));
  });

  it.each(['999999999', '0', 'x'])('has no letter %s to retry', async (id) => {
    const { status } = await admin.post(`/api/dead-letters/${id}/retry`);
    expect(status).toBe(id === '999999999' ? 404 : 400);
  });
});
