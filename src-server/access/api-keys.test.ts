import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { type RunningServer, startServer } from '../server.ts';
import { type AdminClient, adminClient } from '../test-support/admin-client.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { mayTouchLocation, mayUseChannel } from './access.ts';
import { authenticateApiKey, makeApiKey, revokeApiKey } from './api-keys.ts';

const ADMIN_KEY = 'a-key-for-tests-only';
const made = z.looseObject({ key: z.string(), key_id: z.string() });
const list = z.object({ api_keys: z.array(z.looseObject({ key_id: z.string() })) });

describe.each(TEST_DATABASES)('API keys on $kind', ({ create }) => {
  let home: TestDatabase;
  let server: RunningServer;
  let admin: AdminClient;

  beforeAll(async () => {
    home = await create();
    server = await startServer({
      host: '127.0.0.1',
      port: 0,
      database: home.choice,
      admin: { key: ADMIN_KEY },
    });
    admin = adminClient(server.url, ADMIN_KEY);
  }, 120_000);
  afterAll(async () => {
    await server.close();
    await home.dispose();
  });

  it('are shown once, listed without the key, and revoked for ever', async () => {
    const answer = await admin.post('/api/api-keys', {
      name: 'the web shop',
      scopes: ['orders', 'inventory'],
      channels: ['web'],
      location_id: 'STORE-1',
    });
    const { key, key_id: keyId } = made.parse(answer.body);
    expect(answer).toMatchObject({ status: 201, body: { name: 'the web shop', location_id: 'STORE-1' } });
    expect(key).toMatch(/^hf_[0-9a-f]{16}_[\w-]{43}$/);

    const find = async () => {
      const { body } = await admin.get('/api/api-keys');
      expect(JSON.stringify(body)).not.toContain(key.slice(20));
      return list.parse(body).api_keys.find(({ key_id }) => key_id === keyId);
    };
    expect(await find()).toEqual({
      key_id: keyId,
      name: 'the web shop',
      scopes: ['orders', 'inventory'],
      channels: ['web'],
      location_id: 'STORE-1',
      created_at: expect.any(String) as unknown,
      revoked_at: null,
    });

    const mine = adminClient(server.url, key);
    // The key is known, though not for this route.
    expect(await mine.get('/api/terminals')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect((await admin.post(`/api/api-keys/${keyId}/revoke`)).status).toBe(200);
    expect(await mine.get('/api/terminals')).toMatchObject({ status: 401, body: { code: 'unauthorized' } });
    const first = await find();
    expect(first?.['revoked_at']).toEqual(expect.any(String));
    expect((await admin.post(`/api/api-keys/${keyId}/revoke`)).status).toBe(200);
    expect(await find()).toEqual(first);
  });

  it.each([
    ['no scope', { name: 'x', scopes: [] }],
    ['an unknown scope', { name: 'x', scopes: ['everything'] }],
    ['a scope twice', { name: 'x', scopes: ['inventory', 'inventory'] }],
    ['orders without a channel', { name: 'x', scopes: ['orders'] }],
    ['orders with no channel', { name: 'x', scopes: ['orders'], channels: [] }],
    ['a channel without orders', { name: 'x', scopes: ['catalogue'], channels: ['web'] }],
    ['an unknown channel', { name: 'x', scopes: ['orders'], channels: ['fax'] }],
    ['a channel twice', { name: 'x', scopes: ['orders'], channels: ['web', 'web'] }],
    ['no name', { scopes: ['inventory'] }],
    ['a control character in the name', { name: 'a\u0000b', scopes: ['inventory'] }],
    ['a location that is none', { name: 'x', scopes: ['inventory'], location_id: 'store 1' }],
    ['the location that is all of them', { name: 'x', scopes: ['inventory'], location_id: 'ALL' }],
    ['a key of its own', { name: 'x', scopes: ['inventory'], key: 'mine' }],
  ])('are not made with %s', async (_what, body) => {
    const before = (await admin.get('/api/api-keys')).body;
    expect(await admin.post('/api/api-keys', body)).toMatchObject({
      status: 400,
      body: { code: 'bad_request' },
    });
    expect((await admin.get('/api/api-keys')).body).toEqual(before);
  });

  it('are unknown by another id or another form', async () => {
    expect(await admin.post(`/api/api-keys/${'0'.repeat(16)}/revoke`)).toMatchObject({ status: 404 });
    expect(await admin.post('/api/api-keys/x/revoke')).toMatchObject({ status: 400 });
  });
});

describe('an API key', () => {
  let home: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    home = await (TEST_DATABASES[0]?.create() ?? Promise.reject(new Error('no test database')));
    database = await home.open();
  }, 120_000);
  afterAll(async () => {
    await database.close();
    await home.dispose();
  });

  it('says what its bearer may do, and is nobody once it is revoked', async () => {
    const wishes = { name: 'x', scopes: ['orders'], channels: ['web'], locationId: 'STORE-1' } as const;
    const { key, listing } = await makeApiKey(database, wishes, new Date());
    const caller = await authenticateApiKey(database, key);
    expect(caller).toEqual({
      kind: 'api_key',
      keyId: listing.key_id,
      scopes: ['orders'],
      channels: ['web'],
      locationId: 'STORE-1',
    });
    if (caller === undefined) throw new Error('unknown');
    expect([mayUseChannel(caller, 'web'), mayUseChannel(caller, 'doordash')]).toEqual([true, false]);
    expect([mayTouchLocation(caller, 'STORE-1'), mayTouchLocation(caller, 'STORE-2')]).toEqual([true, false]);

    const last = key.endsWith('A') ? 'B' : 'A';
    expect(await authenticateApiKey(database, key.slice(0, -1) + last)).toBeUndefined();
    await revokeApiKey(database, listing.key_id, new Date());
    expect(await authenticateApiKey(database, key)).toBeUndefined();
  });

  it('without a location is for all of them', async () => {
    const wishes = { name: 'x', scopes: ['inventory'], channels: [], locationId: null } as const;
    const caller = await authenticateApiKey(database, (await makeApiKey(database, wishes, new Date())).key);
    if (caller === undefined) throw new Error('unknown');
    expect(mayTouchLocation(caller, 'STORE-9')).toBe(true);
    expect(mayUseChannel(caller, 'web')).toBe(false);
  });
});
