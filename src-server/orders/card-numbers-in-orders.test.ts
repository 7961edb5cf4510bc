import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { documentedFetch } from '../test-support/documented-answers.ts';
import { type OrderApi, openOrderApi } from '../test-support/order-api.ts';
import { type ShopServer, startShopServer } from '../test-support/shop-server.ts';

/** The networks' documented test numbers, put together so that no scanner takes them for somebody's. */
const NUMBER = ['4242', '4242', '4242', '4242'].join('');
const SPACED = ['5555', '5555', '5555', '4444'].join(' ');
const DIGITS = /4242\D?4242\D?4242\D?4242|5555\D?5555\D?5555\D?4444/;

const nameRow = z.object({ name: z.string() });
const textRow = z.object({ row: z.string() });

describe.each(TEST_DATABASES)('orders with a card number on $kind', ({ create }) => {
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

  it('is refused wherever it stands, and is neither answered nor logged nor kept', async () => {
    const { order_id: orderId } = await api.placed(api.order());
    const ask = documentedFetch(shop.url);
    const bodies: unknown[] = [
      api.order({ customer_id: NUMBER }),
      api.order({ customer_id: `card ${SPACED}, exp 12/27` }),
      api.order({ payment: { provider: 'external_terminal', approval_code: NUMBER } }),
      api.order({ payment: { provider: 'external_terminal', approval_code: SPACED } }),
      api.order({ payment: { provider: 'stripe', payment_method: `card_${NUMBER}` } }),
      api.order({ payment: { provider: 'card', number: NUMBER, cvc: '123' } }),
      api.order({ note: SPACED }),
      api.order({ card: { number: Number(NUMBER) } }),
      api.order({ [NUMBER]: true }),
      api.order({ items: [{ sku: NUMBER, quantity: 1 }] }),
      api.order({ channel: NUMBER }),
      JSON.stringify(NUMBER),
    ];
    const answers = [
      ...(await Promise.all(bodies.map((body) => api.post(body)))),
      await api.post(api.order(), { idempotencyKey: NUMBER }),
      await api.post(api.order(), { idempotencyKey: `order-${SPACED.replaceAll(' ', '-')}` }),
      await api.refund(orderId, { reason: NUMBER }),
      await api.refund(orderId, { reason: 'broken' }, { idempotencyKey: NUMBER }),
      await api.refund(NUMBER, { reason: 'broken' }),
    ];
    for (const path of [
      `/api/orders/${NUMBER}`,
      `/api/orders?location_id=${NUMBER}`,
      `/api/orders?location_id=${api.location}&before=${NUMBER}`,
      `/api/orders?location_id=${api.location}&${NUMBER}=1`,
    ]) {
      const { response, text } = await ask(path, { headers: { authorization: `Bearer ${api.webKey}` } });
      answers.push({ status: response.status, replayed: null, body: JSON.parse(text), text });
    }
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 422, body: { code: 'card_number_refused' } });
      expect(answer.text).not.toMatch(DIGITS);
    }
    // Each refusal is in the log, without the number.
    expect(shop.log.entries().filter((entry) => entry['code'] === 'card_number_refused')).toHaveLength(
      answers.length,
    );
    expect(await api.listed(api.webKey)).toEqual([orderId]);
    expect(shop.log.lines.join('')).not.toMatch(DIGITS);
    for (const row of await allRows(shop)) expect(row).not.toMatch(DIGITS);
  });

  it('stands in no answer either where the request cannot be read, or where nothing reads it', async () => {
    const headers = { authorization: `Bearer ${api.webKey}`, 'idempotency-key': api.newKey() };
    const json = { 'content-type': 'application/json' };
    const unreadable: [path: string, method: string, headers: Record<string, string>, body?: string][] = [
      ['/api/orders', 'POST', json, `{"card": ${NUMBER}`],
      ['/api/orders', 'POST', json, SPACED],
      ['/api/orders', 'POST', { 'content-type': `text/${NUMBER}` }, NUMBER],
      ['/api/orders', 'POST', { 'content-type': NUMBER }, NUMBER],
      [`/api/orders/${NUMBER}/nothing`, 'POST', {}],
      [`/api/${NUMBER}`, 'GET', {}],
      [`/api/orders/%zz${NUMBER}`, 'GET', {}],
      ['/healthz', 'GET', { 'x-request-id': NUMBER }],
    ];
    for (const [path, method, more, body] of unreadable) {
      const response = await fetch(`${shop.url}${path}`, {
        method,
        headers: { ...headers, ...more },
        ...(body === undefined ? {} : { body }),
      });
      const said = `${response.status} ${JSON.stringify([...response.headers])} ${await response.text()}`;
      expect(said).toMatch(/^[24]\d\d /);
      expect(said).not.toMatch(DIGITS);
    }
    expect(shop.log.lines.join('')).not.toMatch(DIGITS);
  });
});

/** All text of all rows, as the database has it. */
function allRows(shop: ShopServer): Promise<string[]> {
  return shop.withDatabase(async (database) => {
    const tables = await database.query(
      nameRow,
      `SELECT table_name AS name FROM information_schema.tables
       WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    expect(tables.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['orders', 'payments', 'refunds', 'idempotency_keys', 'event_log']),
    );
    const rows = await Promise.all(
      tables.map(({ name }) => database.query(textRow, `SELECT to_jsonb(t)::text AS row FROM "${name}" t`)),
    );
    return rows.flat().map(({ row }) => row);
  });
}
