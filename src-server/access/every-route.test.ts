/**
 * Every route × every kind of caller. What is expected stands in one table here, written by hand and not read from the
 * routes' own `config.access`: who adds a route says a second time who may call it, and a slip in either place is red.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { adminClient } from '../test-support/admin-client.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { documentedFetch } from '../test-support/documented-answers.ts';
import { type WholeServer, startWholeServer } from '../test-support/whole-server.ts';
import { API_SCOPES, type ApiScope } from './access.ts';

/** `in`: the route itself answers, whatever it then thinks of an empty request. */
type Verdict = 'in' | 401 | 403;
type CallerName = 'nobody' | 'wrong key' | 'revoked key' | ApiScope | 'terminal' | 'admin';
type Row = Readonly<Record<CallerName, Verdict>>;

const CALLERS: readonly CallerName[] = [
  'nobody',
  'wrong key',
  'revoked key',
  ...API_SCOPES,
  'terminal',
  'admin',
];

const STRANGERS = { nobody: 401, 'wrong key': 401, 'revoked key': 401 } as const;
/** A terminal's token is no key. */
const KEYS_SHUT_OUT = { orders: 403, catalogue: 403, inventory: 403, terminal: 401 } as const;

const EVERYBODY: Row = {
  nobody: 'in',
  'wrong key': 'in',
  'revoked key': 'in',
  orders: 'in',
  catalogue: 'in',
  inventory: 'in',
  terminal: 'in',
  admin: 'in',
};
/** A bearer's key is no signature. */
const SIGNED: Row = { ...STRANGERS, orders: 401, catalogue: 401, inventory: 401, terminal: 401, admin: 401 };
/** Not even the admin: it has no location. */
const TERMINAL: Row = { ...SIGNED, terminal: 'in' };
const ORDERS: Row = { ...STRANGERS, ...KEYS_SHUT_OUT, orders: 'in', admin: 'in' };
const CATALOGUE: Row = { ...STRANGERS, ...KEYS_SHUT_OUT, catalogue: 'in', admin: 'in' };
const INVENTORY: Row = { ...STRANGERS, ...KEYS_SHUT_OUT, inventory: 'in', admin: 'in' };
const ADMIN: Row = { ...STRANGERS, ...KEYS_SHUT_OUT, admin: 'in' };

const EXPECTED: Readonly<Record<string, Row>> = {
  'GET /healthz': EVERYBODY,
  'GET /readyz': EVERYBODY,
  'GET /api/openapi.json': EVERYBODY,
  'GET /api/terminals': ADMIN,
  'POST /api/terminals': ADMIN,
  'POST /api/enrolment-codes': ADMIN,
  'POST /api/enrol': EVERYBODY,
  'POST /api/terminals/:id/revoke': ADMIN,
  'GET /api/terminals/:id/verify-chain': ADMIN,
  'GET /api/terminal-forks': ADMIN,
  'POST /api/terminal-forks/:id/clear': ADMIN,
  'GET /api/quarantine': ADMIN,
  'GET /api/quarantine/:terminal_id/:seq': ADMIN,
  'POST /api/quarantine/:terminal_id/:seq/dismiss': ADMIN,
  'GET /api/api-keys': ADMIN,
  'POST /api/api-keys': ADMIN,
  'POST /api/api-keys/:id/revoke': ADMIN,
  'GET /api/events': ADMIN,
  'GET /api/dead-letters': ADMIN,
  'POST /api/dead-letters/:id/retry': ADMIN,
  'POST /api/dead-letters/:id/dismiss': ADMIN,
  'GET /api/subscribers': ADMIN,
  'GET /api/stock': INVENTORY,
  'GET /api/stock/low': INVENTORY,
  'POST /api/stock/movements': INVENTORY,
  'POST /api/stock/transfers': INVENTORY,
  'GET /api/stock/differences': ADMIN,
  'POST /api/stock/rebuild': ADMIN,
  'GET /api/orders': ORDERS,
  'POST /api/orders': ORDERS,
  'GET /api/orders/:order_id': ORDERS,
  'POST /api/orders/:order_id/refunds': ORDERS,
  'GET /api/items': CATALOGUE,
  'POST /api/items': CATALOGUE,
  'POST /api/items/bulk': CATALOGUE,
  'GET /api/items/:sku': CATALOGUE,
  'PUT /api/items/:sku': CATALOGUE,
  'DELETE /api/items/:sku': CATALOGUE,
  'GET /api/merchandise-codes': CATALOGUE,
  'POST /api/merchandise-codes': CATALOGUE,
  'GET /api/merchandise-codes/:code': CATALOGUE,
  'PUT /api/merchandise-codes/:code': CATALOGUE,
  'DELETE /api/merchandise-codes/:code': CATALOGUE,
  'GET /api/promotions': CATALOGUE,
  'POST /api/promotions': CATALOGUE,
  'GET /api/promotions/:promotion_id': CATALOGUE,
  'PUT /api/promotions/:promotion_id': CATALOGUE,
  'DELETE /api/promotions/:promotion_id': CATALOGUE,
  'GET /api/locations/:location_id/staff': ADMIN,
  'GET /api/locations/:location_id/staff/:user_id': ADMIN,
  'PUT /api/locations/:location_id/staff/:user_id': ADMIN,
  'POST /api/locations/:location_id/staff/:user_id/deactivate': ADMIN,
  'GET /api/locations/:location_id/settings': ADMIN,
  'PUT /api/locations/:location_id/settings': ADMIN,
  'GET /api/snapshots/:snapshot_id': TERMINAL,
  'POST /webhooks/stripe': SIGNED,
};

const madeKey = z.object({ key: z.string(), key_id: z.string() });

const [{ create } = { create: () => Promise.reject(new Error('no test database')) }] = TEST_DATABASES;

describe('access', () => {
  let home: TestDatabase;
  let server: WholeServer;
  let keys: Readonly<Record<CallerName, string | undefined>>;

  beforeAll(async () => {
    home = await create();
    server = await startWholeServer(home.choice);
    const admin = adminClient(server.url, server.adminKey);
    const make = async (scopes: readonly ApiScope[]) => {
      const channels = scopes.includes('orders') ? ['web'] : [];
      const { status, body } = await admin.post('/api/api-keys', {
        name: scopes.join(' '),
        scopes,
        channels,
      });
      expect(status).toBe(201);
      return madeKey.parse(body);
    };
    const revoked = await make(API_SCOPES);
    await admin.post(`/api/api-keys/${revoked.key_id}/revoke`);
    const orders = await make(['orders']);
    keys = {
      nobody: undefined,
      // Of a key that exists, with another secret.
      'wrong key': `hf_${orders.key_id}_${randomBytes(32).toString('base64url')}`,
      'revoked key': revoked.key,
      orders: orders.key,
      catalogue: (await make(['catalogue'])).key,
      inventory: (await make(['inventory'])).key,
      terminal: await admin.enrol('T1', 'STORE-001'),
      admin: server.adminKey,
    };
  }, 120_000);
  afterAll(async () => {
    await server.close();
    await home.dispose();
  });

  it('is decided in the table for each route, and for nothing that is no route', () => {
    expect(Object.keys(EXPECTED).sort()).toEqual(
      server.routes.map(({ method, url }) => `${method} ${url}`).sort(),
    );
  });

  it.each(CALLERS)('is as the table says for: %s', async (caller) => {
    const ask = documentedFetch(server.url);
    const key = keys[caller];
    const headers: Record<string, string> = {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(caller === 'terminal' ? { 'x-terminal-id': 'T1' } : {}),
    };
    for (const { method, url } of server.routes) {
      const path = url.replace(/:\w+/g, 'nothing-of-this-name');
      for (const asked of method === 'GET' ? ['GET', 'HEAD'] : [method]) {
        const { response } = await ask(path, { method: asked, headers });
        expect(`${asked} ${url}: ${verdictOf(response.status)}`).toBe(
          `${asked} ${url}: ${EXPECTED[`${method} ${url}`]?.[caller]}`,
        );
        if (response.status === 401) expect(response.headers.get('www-authenticate')).toBe('Bearer');
      }
    }
  });

  it.each([
    ['no scheme', () => server.adminKey],
    ['another scheme', () => `Basic ${server.adminKey}`],
    ['the key twice', () => `Bearer ${server.adminKey} ${server.adminKey}`],
    ['half the key', () => `Bearer ${server.adminKey.slice(0, -1)}`],
    ['an empty key', () => 'Bearer '],
    ['the id of a key only', () => `Bearer ${(keys.orders ?? '').slice(0, 20)}`],
    ['the key in capitals', () => `Bearer ${(keys.orders ?? '').toUpperCase()}`],
    ['a stored hash', () => `Bearer ${'a'.repeat(64)}`],
  ])('is refused to %s', async (_name, authorization) => {
    const { response } = await documentedFetch(server.url)('/api/terminals', {
      headers: { authorization: authorization() },
    });
    expect(response.status).toBe(401);
  });

  it('takes the name of the scheme in any case', async () => {
    const headers = { authorization: `bEARER ${server.adminKey}` };
    expect((await documentedFetch(server.url)('/api/terminals', { headers })).response.status).toBe(200);
  });
});

function verdictOf(status: number): string {
  if (status === 401 || status === 403) return String(status);
  return status < 500 ? 'in' : `failed with ${status}`;
}
