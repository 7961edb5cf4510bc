import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type AdminClient, adminClient } from '../test-support/admin-client.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { documentedFetch } from '../test-support/documented-answers.ts';
import { type ShopServer, startShopServer } from '../test-support/shop-server.ts';
import { CHIPS, SODA, WINE } from '../test-support/small-shop.ts';

const MOVEMENTS = '/api/stock/movements';
const TRANSFERS = '/api/stock/transfers';

const terminalsBody = z.object({
  terminals: z.array(z.looseObject({ terminal_id: z.string(), location_id: z.string() })),
});
const eventsBody = z.object({
  events: z.array(
    z.looseObject({ event: z.string(), data: z.unknown(), record: z.looseObject({ metadata: z.unknown() }) }),
  ),
});
const movedBody = z.object({ movement_id: z.string() });

describe.each(TEST_DATABASES)('the stock routes on $kind', ({ create }) => {
  let home: TestDatabase;
  let shop: ShopServer;
  let ask: ReturnType<typeof documentedFetch>;
  let key = '';
  let keys = 0;
  let shops = 0;
  let here = '';
  let there = '';

  beforeAll(async () => {
    home = await create();
    shop = await startShopServer(home);
    ask = documentedFetch(shop.url);
    key = await shop.apiKey({ scopes: ['inventory'] });
  }, 120_000);
  afterAll(async () => {
    await shop.close();
    await home.dispose();
  });
  beforeEach(async () => {
    shops += 1;
    here = `HERE-${shops}`;
    there = `THERE-${shops}`;
    await shop.deliver(here, { [WINE]: 25, [SODA]: 100 });
  });

  const newKey = () => {
    keys += 1;
    return `movement-${keys}`;
  };
  interface Asked {
    readonly as?: string;
    readonly idempotencyKey?: string;
  }
  async function post(path: string, body: object, { as = key, idempotencyKey = newKey() }: Asked = {}) {
    const { response, text } = await ask(path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${as}`,
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
      },
      body: JSON.stringify(body),
    });
    const replayed = response.headers.get('idempotent-replayed');
    return { status: response.status, replayed, body: JSON.parse(text) as unknown };
  }
  const movement = (change: object = {}) => ({
    location_id: here,
    reason: 'restock',
    reference_id: 'DELIVERY-17',
    movements: [{ sku: WINE, change: 12 }],
    ...change,
  });
  const transfer = (change: object = {}) => ({
    from_location_id: here,
    to_location_id: there,
    reference_id: 'TRANSFER-17',
    items: [{ sku: WINE, quantity: 5 }],
    ...change,
  });
  const client = (as: string): AdminClient => adminClient(shop.url, as);

  /** What the server itself told of a location, behind the delivery with which the test began. */
  async function told(location: string) {
    const { terminals } = terminalsBody.parse((await shop.admin.get('/api/terminals')).body);
    const chain = terminals.find((one) => one.location_id === location);
    if (chain === undefined) return [];
    const skip = location === here ? 2 : 0;
    const page = await shop.admin.get(`/api/events?terminal_id=${chain.terminal_id}&after_seq=${skip}`);
    const { events } = eventsBody.parse(page.body);
    return events.map(({ event, data, record }) => ({ event, data, metadata: record.metadata }));
  }
  const state = async () =>
    JSON.stringify([await shop.stockOf(here), await shop.stockOf(there), await told(here)]);

  describe('a delivery or a count', () => {
    it('moves the stock and is told with what there was, who said so, and by which paper', async () => {
      const answer = await post(
        MOVEMENTS,
        movement({
          movements: [
            { sku: WINE, change: 12 },
            { sku: CHIPS, change: 24 },
          ],
        }),
      );
      expect(answer).toMatchObject({
        status: 201,
        replayed: null,
        body: {
          stock: [
            { location_id: here, sku: CHIPS, quantity: 24, reserved: 0 },
            { location_id: here, sku: WINE, quantity: 37, reserved: 0 },
          ],
        },
      });
      const { movement_id: movementId } = movedBody.parse(answer.body);
      const about = (sku: string, from: number, to: number) => ({
        event: 'inventory.updated',
        data: {
          sku,
          old_quantity: from,
          new_quantity: to,
          change: to - from,
          reason: 'restock',
          reference_id: 'DELIVERY-17',
        },
        metadata: { movement_id: movementId, user_id: `api-key:${key.split('_')[1] ?? ''}` },
      });
      expect(await told(here)).toEqual([about(WINE, 25, 37), about(CHIPS, 0, 24)]);
    });

    it('may take away, also more than the books have: then somebody must count', async () => {
      const counted = movement({ reason: 'adjustment', movements: [{ sku: SODA, change: -101 }] });
      expect(await post(MOVEMENTS, counted)).toMatchObject({
        status: 201,
        body: { stock: [{ quantity: -1 }] },
      });
      expect(await told(here)).toMatchObject([
        { event: 'inventory.updated', data: { sku: SODA, change: -101, reason: 'adjustment' } },
        {
          event: 'inventory.oversold',
          data: { sku: SODA, current_quantity: -1, reference_id: 'DELIVERY-17' },
        },
      ]);
    });

    it('tells of low stock, with whole cases to order', async () => {
      await post(MOVEMENTS, movement({ reason: 'adjustment', movements: [{ sku: WINE, change: -20 }] }));
      expect(await told(here)).toMatchObject([
        { event: 'inventory.updated' },
        {
          event: 'inventory.low_stock',
          data: { sku: WINE, current_quantity: 5, reorder_point: 10, suggested_order_quantity: 24 },
        },
      ]);
    });

    it('is refused whole when one of its items is unknown, and the key may be used again', async () => {
      const before = await state();
      const idempotencyKey = newKey();
      const movements = [
        { sku: WINE, change: 1 },
        { sku: 'NO-SUCH', change: 1 },
      ];
      expect(await post(MOVEMENTS, movement({ movements }), { idempotencyKey })).toMatchObject({
        status: 422,
        body: { code: 'unknown_item', message: 'There is no item NO-SUCH' },
      });
      expect(await state()).toBe(before);
      expect(await post(MOVEMENTS, movement(), { idempotencyKey })).toMatchObject({
        status: 201,
        replayed: null,
      });
    });

    it.each([
      ['a restock that takes away', { movements: [{ sku: WINE, change: -1 }] }],
      ['a movement of nothing', { movements: [{ sku: WINE, change: 0 }] }],
      ['half a bottle', { movements: [{ sku: WINE, change: 0.5 }] }],
      ['more than fits', { movements: [{ sku: WINE, change: 10_000 }] }],
      ['no items', { movements: [] }],
      [
        'an item twice',
        {
          movements: [
            { sku: WINE, change: 1 },
            { sku: WINE, change: 1 },
          ],
        },
      ],
      ['a sale', { reason: 'sale' }],
      ['no paper', { reference_id: '' }],
      ['all shops', { location_id: 'ALL' }],
      ['a field that there is not', { user_id: 'boss' }],
    ])('is refused with %s', async (_, change) => {
      const before = await state();
      expect(await post(MOVEMENTS, movement(change))).toMatchObject({
        status: 400,
        body: { code: 'bad_request' },
      });
      expect(await state()).toBe(before);
    });
  });

  describe('a transfer', () => {
    it('takes here and adds there, and both histories tell of it', async () => {
      const answer = await post(TRANSFERS, transfer());
      expect(answer).toMatchObject({
        status: 201,
        body: {
          stock: [
            { location_id: here, sku: WINE, quantity: 20 },
            { location_id: there, sku: WINE, quantity: 5 },
          ],
        },
      });
      const { movement_id: movementId } = movedBody.parse(answer.body);
      const about = (from: number, to: number) => ({
        event: 'inventory.updated',
        data: {
          sku: WINE,
          old_quantity: from,
          new_quantity: to,
          change: to - from,
          reason: 'transfer',
          reference_id: 'TRANSFER-17',
        },
        metadata: { movement_id: movementId, user_id: `api-key:${key.split('_')[1] ?? ''}` },
      });
      expect(await told(here)).toEqual([about(25, 20)]);
      expect(await told(there)).toEqual([about(0, 5)]);
    });

    it('tells of low stock where it was taken from', async () => {
      await post(TRANSFERS, transfer({ items: [{ sku: WINE, quantity: 15 }] }));
      expect(await told(here)).toMatchObject([
        { event: 'inventory.updated' },
        { event: 'inventory.low_stock', data: { current_quantity: 10 } },
      ]);
      expect(await told(there)).toMatchObject([{ event: 'inventory.updated' }]);
    });

    it('moves nothing that is not there, or that is promised to an order', async () => {
      // An order holds 20 of the 25: Stripe has taken the money, and its answer was lost.
      shop.stripe.failNext('create', { kind: 'lose_answer' }, 2);
      shop.stripe.failNext('search', { kind: 'lose_request' }, 2);
      const order = await shop.admin.ask(
        'POST',
        '/api/orders',
        {
          location_id: here,
          channel: 'web',
          items: [{ sku: WINE, quantity: 20 }],
          payment: { provider: 'stripe', payment_method: 'pm_card_visa' },
          age_verified: true,
        },
        { 'idempotency-key': newKey() },
      );
      expect(order).toMatchObject({ status: 503 });
      const before = await state();
      const items = [
        { sku: SODA, quantity: 1 },
        { sku: WINE, quantity: 6 },
      ];
      expect(await post(TRANSFERS, transfer({ items }))).toMatchObject({
        status: 409,
        body: {
          code: 'out_of_stock',
          message: `Not enough in stock. ${WINE}: 6 wanted, 5 available`,
        },
      });
      expect(await state()).toBe(before);
      expect(await post(TRANSFERS, transfer())).toMatchObject({ status: 201 });
      expect(await shop.stockOf(here)).toMatchObject({ [WINE]: [20, 20] });
    });

    it('of what was never there leaves no trace', async () => {
      const before = await state();
      expect(await post(TRANSFERS, transfer({ items: [{ sku: CHIPS, quantity: 1 }] }))).toMatchObject({
        status: 409,
        body: { code: 'out_of_stock' },
      });
      expect(await post(TRANSFERS, transfer({ items: [{ sku: 'NO-SUCH', quantity: 1 }] }))).toMatchObject({
        status: 422,
        body: { code: 'unknown_item' },
      });
      expect(await state()).toBe(before);
      expect(await shop.stockOf(there)).toEqual({});
    });

    it('is refused to the same location', async () => {
      expect(await post(TRANSFERS, transfer({ to_location_id: here }))).toMatchObject({ status: 400 });
    });

    it('does not wait for ever for one that crosses it, nor for deliveries of items that are new there', async () => {
      await shop.deliver(there, { [WINE]: 25 });
      const items = [
        { sku: WINE, quantity: 1 },
        { sku: SODA, quantity: 1 },
      ];
      const back = { from_location_id: there, to_location_id: here, items: [{ sku: WINE, quantity: 1 }] };
      const delivered = { location_id: there, movements: items.map(({ sku }) => ({ sku, change: 1 })) };
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, index) => [
          post(TRANSFERS, transfer({ items: index % 2 === 0 ? items : items.toReversed() })),
          post(TRANSFERS, transfer(back)),
          post(MOVEMENTS, movement(delivered)),
        ]).flat(),
      );
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
      expect(await shop.stockOf(here)).toEqual({ [SODA]: [92, 0], [WINE]: [25, 0] });
      expect(await shop.stockOf(there)).toEqual({ [SODA]: [16, 0], [WINE]: [33, 0] });
    });
  });

  describe('an Idempotency-Key', () => {
    it.each([
      ['delivery', MOVEMENTS, () => movement()],
      ['transfer', TRANSFERS, () => transfer()],
    ])('makes one %s of many requests', async (_, path, body) => {
      const idempotencyKey = newKey();
      const answers = await Promise.all(
        Array.from({ length: 6 }, () => post(path, body(), { idempotencyKey })),
      );
      expect(answers.filter(({ replayed }) => replayed === null)).toHaveLength(1);
      expect(new Set(answers.map(({ body: one }) => movedBody.parse(one).movement_id)).size).toBe(1);
      expect((await told(here)).filter(({ event }) => event === 'inventory.updated')).toHaveLength(1);
    });

    it('is refused for another body or another action, and says nothing to another key', async () => {
      const idempotencyKey = newKey();
      await post(MOVEMENTS, movement(), { idempotencyKey });
      const reused = { status: 422, body: { code: 'idempotency_key_reused' } };
      expect(await post(MOVEMENTS, movement({ reference_id: 'OTHER' }), { idempotencyKey })).toMatchObject(
        reused,
      );
      expect(await post(TRANSFERS, transfer(), { idempotencyKey })).toMatchObject(reused);
      const as = await shop.apiKey({ scopes: ['inventory'] });
      expect(await post(MOVEMENTS, movement(), { idempotencyKey, as })).toMatchObject({
        status: 201,
        replayed: null,
      });
      expect(await shop.stockOf(here)).toMatchObject({ [WINE]: [49, 0] });
    });

    it('must be there, and be one', async () => {
      for (const path of [MOVEMENTS, TRANSFERS]) {
        const body = path === MOVEMENTS ? movement() : transfer();
        expect(await client(key).post(path, body)).toMatchObject({ status: 400 });
        expect(await post(path, body, { idempotencyKey: 'short' })).toMatchObject({ status: 400 });
      }
      expect(await told(here)).toEqual([]);
    });
  });

  it('is for keys of that location, at both ends of a transfer', async () => {
    const mine = await shop.apiKey({ scopes: ['inventory'], locationId: here });
    const forbidden = { status: 403, body: { code: 'forbidden' } };
    expect(await post(MOVEMENTS, movement(), { as: mine })).toMatchObject({ status: 201 });
    expect(await post(MOVEMENTS, movement({ location_id: there }), { as: mine })).toMatchObject(forbidden);
    expect(await post(TRANSFERS, transfer(), { as: mine })).toMatchObject(forbidden);
    expect(
      await post(TRANSFERS, transfer({ from_location_id: there, to_location_id: here }), { as: mine }),
    ).toMatchObject(forbidden);
    for (const path of ['/api/stock', '/api/stock/low']) {
      expect(await client(mine).get(`${path}?location_id=${here}`)).toMatchObject({ status: 200 });
      expect(await client(mine).get(`${path}?location_id=${there}`)).toMatchObject(forbidden);
    }
    expect(await shop.stockOf(there)).toEqual({});
  });

  it('lists what is low, what lacks most first, in whole cases', async () => {
    const item = (sku: string, reorderPoint: number, active = true) =>
      shop.admin.post('/api/items', {
        sku,
        name: sku,
        category: 'snacks',
        cost: 1,
        price: 2,
        case_size: 6,
        active,
        reorder_point: reorderPoint,
      });
    await item(`LOW-${shops}`, 4);
    await item(`LOWER-${shops}`, 40);
    await item(`AT-POINT-${shops}`, 7);
    await item(`ABOVE-${shops}`, 7);
    await item(`GONE-${shops}`, 7, false);
    await shop.deliver(here, {
      [`LOW-${shops}`]: 3,
      [`LOWER-${shops}`]: 3,
      [`AT-POINT-${shops}`]: 7,
      [`ABOVE-${shops}`]: 8,
      [`GONE-${shops}`]: 1,
    });
    const { body } = await client(key).get(`/api/stock/low?location_id=${here}`);
    const low = (sku: string, quantity: number, reorderPoint: number, cases: number) => ({
      sku,
      name: sku,
      quantity,
      reserved: 0,
      reorder_point: reorderPoint,
      case_size: 6,
      suggested_cases: cases,
      suggested_order_quantity: cases * 6,
    });
    expect(body).toEqual({
      low_stock: [
        low(`LOWER-${shops}`, 3, 40, 13),
        low(`LOW-${shops}`, 3, 4, 1),
        low(`AT-POINT-${shops}`, 7, 7, 2),
      ],
    });
  });

  it('says where the table differs from the log, and makes it anew from there', async () => {
    const DIFFERENCES = '/api/stock/differences';
    expect((await shop.admin.get(DIFFERENCES)).body).toEqual({ differences: [] });
    await shop.withDatabase(async (database) => {
      await database.execute('UPDATE stock SET quantity = quantity + 3 WHERE location_id = $1 AND sku = $2', [
        here,
        WINE,
      ]);
      await database.execute('DELETE FROM stock WHERE location_id = $1 AND sku = $2', [here, SODA]);
      await database.execute('INSERT INTO stock (location_id, sku, quantity) VALUES ($1, $2, 9)', [
        there,
        CHIPS,
      ]);
    });
    const differences = [
      { location_id: here, sku: SODA, in_table: null, in_log: 100 },
      { location_id: here, sku: WINE, in_table: 28, in_log: 25 },
      { location_id: there, sku: CHIPS, in_table: 9, in_log: null },
    ];
    expect((await shop.admin.get(DIFFERENCES)).body).toEqual({ differences });
    expect(await shop.admin.post('/api/stock/rebuild')).toEqual({
      status: 200,
      body: { corrected: differences },
    });
    expect(await shop.admin.post('/api/stock/rebuild')).toEqual({ status: 200, body: { corrected: [] } });
    expect((await shop.admin.get(DIFFERENCES)).body).toEqual({ differences: [] });
    expect(await shop.stockOf(here)).toEqual({ [SODA]: [100, 0], [WINE]: [25, 0] });
    expect(await shop.stockOf(there)).toEqual({ [CHIPS]: [0, 0] });
    // The tills follow the log, and have the wrong figures too.
    await shop.withDatabase(async (database) => {
      const rows = await database.query(
        z.object({ location_id: z.string(), aggregate_id: z.string(), quantity: z.int() }),
        `SELECT location_id, aggregate_id, (payload->>'current_quantity')::int AS quantity
         FROM event_log WHERE event_type = 'inventory.restated' ORDER BY location_id, aggregate_id`,
      );
      expect(rows).toEqual([
        { location_id: here, aggregate_id: SODA, quantity: 100 },
        { location_id: here, aggregate_id: WINE, quantity: 25 },
        { location_id: there, aggregate_id: CHIPS, quantity: 0 },
      ]);
    });
  });
});
