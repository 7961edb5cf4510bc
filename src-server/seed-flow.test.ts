/**
 * The seed's "Simplified Event Flow Example": a customer buys two bottles of wine at the counter, from the scan to the
 * other tills, against a real PostgreSQL, a real Redis and a Stripe of our own that is as strict as the real one.
 * The back office and the analytics of its drawing follow the same log, when they come.
 */
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { JsonValue } from '#domain/events/canonical-json.ts';
import { decodeEvent } from '#domain/events/event-wire.ts';
import { type RunningServer, startServer } from './server.ts';
import { type AdminClient, adminClient } from './test-support/admin-client.ts';
import { type LiveClient, connectLive } from './test-support/live-client.ts';
import { type TestPostgres, startTestPostgres } from './test-support/postgres.ts';
import { type TestRedis, startTestRedis } from './test-support/redis.ts';
import { type StripeServer, startStripeServer } from './test-support/stripe-server/stripe-server.ts';
import { WINE } from './test-support/small-shop.ts';
import { handshake } from './test-support/terminal-client.ts';

const ADMIN_KEY = 'a-key-for-tests-only';
const LOCATION = 'STORE-001';
/** Those whose shape the seed gives; `product.created` and `category.created` it only names. */
const SEED_EVENTS = new Set<JsonValue | undefined>([
  'order.created',
  'order.completed',
  'payment.authorized',
  'payment.captured',
  'inventory.updated',
]);
const RUNS = 200;
/** "Total time: <2 seconds" */
const SEED_ALLOWS_MS = 2000;

const orderAnswer = z.looseObject({
  order_id: z.string(),
  status: z.string(),
  subtotal: z.number(),
  tax: z.number(),
  total: z.number(),
});
const envelopeSchema = z.looseObject({ event: z.string(), order_id: z.string().optional() });

describe("the seed's event flow", () => {
  let postgres: TestPostgres;
  let redis: TestRedis;
  let stripe: StripeServer;
  let server: RunningServer;
  let admin: AdminClient;
  let web: AdminClient;
  let outside: Redis;
  let otherTill: LiveClient;
  const published: Record<string, JsonValue>[] = [];
  let orders = 0;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    redis = await startTestRedis();
    stripe = await startStripeServer();
    server = await startServer({
      host: '127.0.0.1',
      port: 0,
      database: { kind: 'postgres', url: postgres.url },
      redisUrl: redis.url,
      admin: { key: ADMIN_KEY },
      payments: { simulator: false, stripe: { secretKey: stripe.secretKey, apiUrl: new URL(stripe.url) } },
    });
    admin = adminClient(server.url, ADMIN_KEY);
    // Another program that listens as the seed draws it.
    outside = new Redis(redis.url);
    await outside.subscribe('events');
    outside.on('message', (_channel, text) => {
      published.push(JSON.parse(text) as Record<string, JsonValue>);
    });
    const token = await admin.enrol('T2', LOCATION);
    otherTill = await connectLive(server.url, handshake('T2', token));
    const made = z.object({ key: z.string() }).parse(
      (
        await admin.post('/api/api-keys', {
          name: 'counter',
          scopes: ['orders'],
          channels: ['counter'],
          location_id: LOCATION,
        })
      ).body,
    );
    web = adminClient(server.url, made.key);
    await put('/api/merchandise-codes', {
      code: 'WINE',
      description: 'Wine Products',
      tax_category: 'alcohol',
      tax_rate: 700,
      gl_account: '4000',
    });
    await put('/api/items', {
      sku: WINE,
      name: 'Cabernet Sauvignon 750ml',
      category: 'wine',
      cost: 12.5,
      price: 19.99,
      case_size: 12,
      active: true,
      minimum_age: 21,
      reorder_point: 10,
    });
    await count(25);
  }, 120_000);
  afterAll(async () => {
    otherTill.close();
    outside.disconnect();
    await server.close();
    await stripe.close();
    await redis.stop();
    await postgres.stop();
  });

  async function put(path: string, body: object): Promise<void> {
    expect(await admin.post(path, body)).toMatchObject({ status: 201 });
  }
  async function count(change: number): Promise<void> {
    const body = {
      location_id: LOCATION,
      reason: 'restock',
      reference_id: 'DELIVERY-1',
      movements: [{ sku: WINE, change }],
    };
    expect(
      await admin.ask('POST', '/api/stock/movements', body, {
        'idempotency-key': `count-${(orders += 1)}-00`,
      }),
    ).toMatchObject({ status: 201 });
  }
  const stockAtOtherTill = () => otherTill.view().stock[WINE]?.quantity;
  const publishedOf = (orderId: string) => published.filter((event) => event['order_id'] === orderId);

  /** Two bottles. Resolves when the till has its answer, the other till its stock, and the bus the completed order. */
  async function buyTwo(): Promise<{ orderId: string; ms: number; answer: z.infer<typeof orderAnswer> }> {
    const before = stockAtOtherTill() ?? 0;
    const key = `flow-${(orders += 1)}-00000000`;
    const started = performance.now();
    const { status, body } = await web.ask(
      'POST',
      '/api/orders',
      {
        location_id: LOCATION,
        channel: 'counter',
        customer_id: 'CUST-789',
        items: [{ sku: WINE, quantity: 2 }],
        payment: { provider: 'stripe', payment_method: 'pm_card_visa' },
        age_verified: true,
      },
      { 'idempotency-key': key },
    );
    expect(status).toBe(201);
    const answer = orderAnswer.parse(body);
    const orderId = answer.order_id;
    await vi.waitFor(
      () => {
        expect(stockAtOtherTill()).toBe(before - 2);
        expect(publishedOf(orderId).at(-1)).toMatchObject({ event: 'order.completed' });
      },
      { interval: 1, timeout: SEED_ALLOWS_MS },
    );
    return { orderId, ms: performance.now() - started, answer };
  }

  it('goes step by step from the scan to the other tills', async () => {
    await vi.waitFor(() => expect(stockAtOtherTill()).toBe(25));
    // 1. Cashier scans items → POST /api/orders; 5. … and gets its success.
    const { orderId, answer } = await buyTwo();
    expect(answer).toMatchObject({ status: 'completed', subtotal: 39.98, tax: 2.8, total: 42.78 });
    // 2. Order record, payment authorised at Stripe and captured once, all of it in the log.
    expect(stripe.charges).toMatchObject([{ amount: 4278, orderId }]);
    const { body } = await admin.get('/api/terminals');
    const chain = z
      .object({ terminals: z.array(z.looseObject({ terminal_id: z.string(), location_id: z.string() })) })
      .parse(body)
      .terminals.find((one) => one.location_id === LOCATION && one.terminal_id.startsWith('SERVER'));
    const page = await admin.get(`/api/events?terminal_id=${chain?.terminal_id ?? ''}`);
    const { events } = z.object({ events: z.array(envelopeSchema) }).parse(page.body);
    expect(events.map(({ event }) => event)).toEqual([
      'inventory.updated',
      'order.created',
      'payment.authorized',
      'payment.captured',
      'inventory.updated',
      'order.completed',
    ]);
    // 3. The event bus publishes each of them with the seed's payload.
    expect(publishedOf(orderId).map(({ event }) => event)).toEqual([
      'order.created',
      'payment.authorized',
      'payment.captured',
      'order.completed',
    ]);
    for (const event of published.filter((one) => SEED_EVENTS.has(one['event'])))
      expect(() => decodeEvent(event)).not.toThrow();
    expect(publishedOf(orderId)[0]).toMatchObject({ location_id: LOCATION, channel: 'counter' });
    // 4. Inventory: 25 → 23, reorder point 10, no alert; the live hub: the other till knows.
    const moved = published.filter(({ event }) => event === 'inventory.updated').at(-1);
    expect(moved).toMatchObject({
      data: {
        sku: WINE,
        old_quantity: 25,
        new_quantity: 23,
        change: -2,
        reason: 'sale',
        reference_id: orderId,
      },
    });
    expect(published.some(({ event }) => event === 'inventory.low_stock')).toBe(false);
    expect(stockAtOtherTill()).toBe(23);
  });

  it(`takes less than the seed's two seconds, ${RUNS} times`, async () => {
    await count(2 * RUNS + 100);
    await vi.waitFor(() => expect(stockAtOtherTill()).toBe(23 + 2 * RUNS + 100));
    const times: number[] = [];
    for (let run = 0; run < RUNS; run += 1) times.push((await buyTwo()).ms);
    times.sort((a, b) => a - b);
    const at = (share: number) => (times[Math.floor(RUNS * share)] ?? 0).toFixed(1);
    process.stdout.write(
      `seed flow, ${RUNS} runs, POST /api/orders with Stripe → answer, bus and other till: ` +
        `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, longest ${(times.at(-1) ?? 0).toFixed(1)} ms (goal p95 ≤ 200, the seed allows 2000)\n`,
    );
    expect(times.at(-1)).toBeLessThan(SEED_ALLOWS_MS);
  }, 120_000);
});
