/** The order routes as a web shop asks them, at one location after the other. Each answer must be as documented. */
import { expect } from 'vitest';
import { z } from 'zod';
import { type AdminClient, adminClient } from './admin-client.ts';
import { documentedFetch } from './documented-answers.ts';
import type { ShopServer } from './shop-server.ts';
import { CHIPS, SODA, WINE } from './small-shop.ts';

export const orderBody = z.looseObject({ order_id: z.string(), status: z.string(), refunded: z.number() });
const ordersBody = z.object({ orders: z.array(orderBody) });

export interface Asked {
  /** Default: that of the web shop. */
  readonly key?: string;
  /** Default: a new one. */
  readonly idempotencyKey?: string;
  readonly path?: string;
}

export interface OrderAnswer {
  readonly status: number;
  /** The header `idempotent-replayed`. */
  readonly replayed: string | null;
  readonly body: unknown;
  readonly text: string;
}

export interface OrderApi {
  /** Of the channel web, at all locations. */
  readonly webKey: string;
  /** Where {@link order} buys. */
  readonly location: string;
  /** Goes on at a new location with 25 wines, 100 sodas and 3 chips. */
  nextLocation(): Promise<void>;
  newKey(): string;
  /** Two bottles of wine for the web, 42.78. */
  order(change?: object): object;
  post(body: unknown, asked?: Asked): Promise<OrderAnswer>;
  /** The order, which must be completed. */
  placed(body: unknown, asked?: Asked): Promise<z.infer<typeof orderBody>>;
  refund(orderId: string, body: object, asked?: Asked): Promise<OrderAnswer>;
  client(key: string): AdminClient;
  /** The ids of the location's orders that this key sees. */
  listed(key: string, query?: string): Promise<string[]>;
}

export async function openOrderApi(shop: ShopServer): Promise<OrderApi> {
  const ask = documentedFetch(shop.url);
  const webKey = await shop.apiKey({ channels: ['web'] });
  let locations = 0;
  let location = '';
  let keys = 0;

  const newKey = () => {
    keys += 1;
    return `key-${String(keys).padStart(6, '0')}`;
  };
  async function post(body: unknown, asked: Asked = {}): Promise<OrderAnswer> {
    const { key = webKey, idempotencyKey = newKey(), path = '/api/orders' } = asked;
    const { response, text } = await ask(path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/json',
        'idempotency-key': idempotencyKey,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const replayed = response.headers.get('idempotent-replayed');
    return { status: response.status, replayed, body: JSON.parse(text), text };
  }
  const client = (key: string) => adminClient(shop.url, key);

  return {
    webKey,
    get location() {
      return location;
    },
    async nextLocation() {
      locations += 1;
      location = `STORE-${locations}`;
      await shop.deliver(location, { [WINE]: 25, [SODA]: 100, [CHIPS]: 3 });
    },
    newKey,
    order: (change = {}) => ({
      location_id: location,
      channel: 'web',
      customer_id: 'CUST-789',
      items: [{ sku: WINE, quantity: 2 }],
      payment: { provider: 'simulator' },
      age_verified: true,
      ...change,
    }),
    post,
    async placed(body, asked) {
      const answer = await post(body, asked);
      expect(answer).toMatchObject({ status: 201, body: { status: 'completed' } });
      return orderBody.parse(answer.body);
    },
    refund: (orderId, body, asked) => post(body, { ...asked, path: `/api/orders/${orderId}/refunds` }),
    client,
    async listed(key, query = '') {
      const { status, body } = await client(key).get(`/api/orders?location_id=${location}${query}`);
      expect(status).toBe(200);
      return ordersBody.parse(body).orders.map(({ order_id }) => order_id);
    },
  };
}
