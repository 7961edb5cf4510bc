import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type RunningServer, startServer } from '../server.ts';
import { type AdminClient, adminClient } from '../test-support/admin-client.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { handshake, refusalOf } from '../test-support/terminal-client.ts';

const ADMIN_KEY = 'a-key-for-tests-only';

const terminalsSchema = z.object({
  terminals: z.array(
    z.looseObject({ terminal_id: z.string(), location_id: z.string(), revoked_at: z.string().nullable() }),
  ),
});

describe.each(TEST_DATABASES)('names that no till may have, on $kind', ({ create }) => {
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
    // The server begins a chain of its own with the first event that it makes: ALL's, by a merchandise code.
    await makeMerchandiseCode('WINE');
  }, 120_000);
  afterAll(async () => {
    await server.close();
    await home.dispose();
  });

  async function makeMerchandiseCode(code: string): Promise<void> {
    const body = { code, description: code, tax_category: 'alcohol', tax_rate: 700, gl_account: '4000' };
    expect(await admin.post('/api/merchandise-codes', body)).toMatchObject({ status: 201 });
  }
  const terminals = async () =>
    terminalsSchema
      .parse((await admin.get('/api/terminals')).body)
      .terminals.map(({ terminal_id, location_id }) => `${terminal_id} ${location_id}`);
  const enrol = (terminalId: string, locationId: string) =>
    admin.post('/api/terminals', { terminal_id: terminalId, location_id: locationId });

  it.each([
    ['the chain that the server writes', 'SERVER1', 'ALL'],
    ['the same one, in a shop', 'SERVER1', 'STORE-001'],
    ['a chain that the server will begin', 'SERVER2', 'STORE-001'],
    ['a chain with leading zeros', 'SERVER007', 'STORE-001'],
    ['all shops together', 'T1', 'ALL'],
  ])('refuses %s by name: %s at %s', async (_, terminalId, locationId) => {
    const before = await terminals();
    expect(await enrol(terminalId, locationId)).toMatchObject({
      status: 422,
      body: { code: 'reserved_name' },
    });
    expect(await terminals()).toEqual(before);
    expect(before).toEqual(['SERVER1 ALL']);
  });

  it('has no token that lets anybody in as the server', async () => {
    for (const token of ['x', 'A'.repeat(43)]) {
      expect((await refusalOf(server.url, handshake('SERVER1', token))).code).toBe('unauthorized');
    }
  });

  it("cannot revoke the server's own chain, which goes on", async () => {
    expect(await admin.post('/api/terminals/SERVER1/revoke')).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
    await makeMerchandiseCode('BEER');
    expect(await admin.get('/api/terminals/SERVER1/verify-chain')).toMatchObject({
      body: { events: 2, whole: true },
    });
  });

  it.each(['SERVER', 'SERVER1A', 'ASERVER1', 'ALL'])('lets a till be called %s', async (terminalId) => {
    expect(await enrol(terminalId, 'STORE-001')).toMatchObject({ status: 201 });
  });
});
