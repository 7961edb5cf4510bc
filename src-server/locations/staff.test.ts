import { verify } from '@node-rs/argon2';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readTerminalEvents, verifyChain } from '../log/read-log.ts';
import { type RunningServer, startServer } from '../server.ts';
import { type AdminAnswer, type AdminClient, adminClient } from '../test-support/admin-client.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { readStaff } from './staff-table.ts';

const ANN = { name: 'Ann', role: 'manager', active: true };
const BOB = { name: 'Bob', role: 'cashier', active: true };
const chainRow = z.object({ terminal_id: z.string() });

describe.each(TEST_DATABASES)('the people of a location on $kind', ({ create }) => {
  let home: TestDatabase;
  let server: RunningServer;
  let admin: AdminClient;
  let here = '';
  let numbers = 0;

  beforeAll(async () => {
    home = await create();
    server = await startServer({
      host: '127.0.0.1',
      port: 0,
      database: home.choice,
      admin: { key: 'a-key-for-tests-only' },
    });
    admin = adminClient(server.url, server.adminKey);
  }, 120_000);
  afterAll(async () => {
    await server.close();
    await home.dispose();
  });
  beforeEach(() => {
    numbers += 1;
    here = `SHOP-${numbers}`;
  });

  const put = (id: string, body: object, version?: number): Promise<AdminAnswer> =>
    admin.ask(
      'PUT',
      `/api/locations/${here}/staff/${id}`,
      body,
      version === undefined ? {} : { 'if-match': `"${version}"` },
    );
  const get = (id: string) => admin.get(`/api/locations/${here}/staff/${id}`);
  const deactivate = (id: string, version: number) =>
    admin.ask('POST', `/api/locations/${here}/staff/${id}/deactivate`, undefined, {
      'if-match': `"${version}"`,
    });
  const refused = (status: number, code: string) => ({ status, body: { code } });

  it('are made with a PIN that nobody sees again', async () => {
    const made = await put('U-1', { ...ANN, pin: '2468' });
    expect(made).toMatchObject({ status: 201, body: { user_id: 'U-1', ...ANN, version: 1 } });
    expect(await put('U-2', { ...BOB, pin: '1357' })).toMatchObject({ status: 201 });
    const list = await admin.get(`/api/locations/${here}/staff`);
    expect(list.body).toMatchObject({ staff: [{ user_id: 'U-1' }, { user_id: 'U-2' }] });
    expect(JSON.stringify([made, list, await get('U-1')])).not.toMatch(/pin|argon|2468/i);
  });

  it('have a version that goes on through leaving and coming back', async () => {
    await put('U-1', { ...ANN, pin: '2468' });
    expect(await put('U-1', { ...ANN, name: 'Anna' }, 1)).toMatchObject({
      status: 200,
      body: { version: 2 },
    });
    expect(await deactivate('U-1', 2)).toMatchObject({ status: 200, body: { version: 3, active: false } });
    expect(await deactivate('U-1', 3)).toMatchObject({ body: { version: 3 } });
    expect(await put('U-1', ANN, 3)).toMatchObject(refused(422, 'pin_required'));
    expect(await put('U-1', { ...ANN, pin: '2468' }, 3)).toMatchObject({
      body: { version: 4, active: true },
    });
    // The same again says nothing new.
    expect(await put('U-1', { ...ANN, pin: '2468' }, 4)).toMatchObject({ body: { version: 4 } });
    expect(await get('U-1')).toMatchObject({ body: { version: 4, name: 'Ann' } });
  });

  it('are changed by nobody who has not read them', async () => {
    await put('U-1', { ...ANN, pin: '2468' });
    expect(await put('U-1', BOB)).toMatchObject(refused(428, 'version_required'));
    expect(await put('U-1', BOB, 7)).toMatchObject(refused(412, 'version_differs'));
    expect(await deactivate('U-1', 7)).toMatchObject(refused(412, 'version_differs'));
    expect(await put('U-2', BOB, 1)).toMatchObject(refused(404, 'not_found'));
    expect(await deactivate('U-2', 1)).toMatchObject(refused(404, 'not_found'));
    expect(await get('U-2')).toMatchObject(refused(404, 'not_found'));
    expect(await get('U-1')).toMatchObject({ body: { ...ANN, version: 1 } });
  });

  it('never have the PIN of another who may sign in', async () => {
    await put('U-1', { ...ANN, pin: '2468' });
    expect(await put('U-2', { ...BOB, pin: '2468' })).toMatchObject(refused(409, 'pin_taken'));
    expect(await put('U-2', BOB)).toMatchObject(refused(422, 'pin_required'));
    await put('U-2', { ...BOB, pin: '1357' });
    expect(await put('U-1', { ...ANN, pin: '1357' }, 1)).toMatchObject(refused(409, 'pin_taken'));
    await deactivate('U-2', 1);
    expect(await put('U-1', { ...ANN, pin: '1357' }, 1)).toMatchObject({ status: 200 });
    expect(await put('U-2', { ...BOB, pin: '1357' }, 2)).toMatchObject(refused(409, 'pin_taken'));
    // Elsewhere it is free.
    here = `${here}-B`;
    expect(await put('U-2', { ...BOB, pin: '1357' })).toMatchObject({ status: 201 });
  });

  it('never have the same PIN when they are made at once', async () => {
    const answers = await Promise.all(
      ['U-1', 'U-2', 'U-3'].map((id) => put(id, { ...BOB, name: id, pin: '9753' })),
    );
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409, 409]);
  });

  it('may be brought with hashes that were made elsewhere, if a till would compute them', async () => {
    const hash = `$argon2id$v=19$m=19456,t=2,p=1$${'A'.repeat(22)}$${'B'.repeat(43)}`;
    expect(await put('U-1', { ...ANN, pin_hash: hash })).toMatchObject({ status: 201 });
    expect(await put('U-2', { ...BOB, pin_hash: hash })).toMatchObject(refused(409, 'pin_taken'));
    for (const bad of [
      'x',
      hash.replace('argon2id', 'argon2i'),
      hash.replace('19456', '65537'),
      hash.replace('19456', '1945600'),
      hash.replace('t=2', 't=99'),
      `${hash} `,
    ]) {
      expect(await put('U-3', { ...BOB, pin_hash: bad })).toMatchObject(refused(400, 'bad_request'));
    }
    expect(await put('U-3', { ...BOB, pin: '1111', pin_hash: hash })).toMatchObject(
      refused(400, 'bad_request'),
    );
  });

  it.each([
    ['a PIN of letters', 'U-1', { ...ANN, pin: 'abcd' }],
    ['a PIN of three digits', 'U-1', { ...ANN, pin: '123' }],
    ['another role', 'U-1', { ...ANN, role: 'owner', pin: '2468' }],
    ['no name', 'U-1', { ...ANN, name: '', pin: '2468' }],
    ['an unknown field', 'U-1', { ...ANN, pin: '2468', more: 1 }],
    ['an id with a blank', 'U%201', { ...ANN, pin: '2468' }],
  ])('are not made with %s', async (_name, id, body) => {
    expect(await put(id, body)).toMatchObject(refused(400, 'bad_request'));
    expect(await admin.get(`/api/locations/${here}/staff`)).toMatchObject({ body: { staff: [] } });
  });

  it('are those of no shop at ALL', async () => {
    here = 'ALL';
    expect(await put('U-1', { ...ANN, pin: '2468' })).toMatchObject(refused(400, 'bad_request'));
  });

  it('have settings beside them, with versions of their own', async () => {
    const url = `/api/locations/${here}/settings`;
    const body = {
      store_name: 'Corner Wines',
      store_address: ['1 Main Street'],
      receipt_footer: ['Thank you'],
      quick_keys: [{ sku: 'WINE-1', label: 'Cabernet', picture: 'wine' }],
      keep_events_days: 90,
    };
    expect(await admin.get(url)).toMatchObject(refused(404, 'not_found'));
    expect(await admin.ask('PUT', url, body, { 'if-match': '"1"' })).toMatchObject(refused(404, 'not_found'));
    expect(await admin.ask('PUT', url, body)).toMatchObject({ status: 201, body: { ...body, version: 1 } });
    expect(await admin.ask('PUT', url, body)).toMatchObject(refused(428, 'version_required'));
    const same = await admin.ask('PUT', url, body, { 'if-match': '"1"' });
    expect(same).toMatchObject({ status: 200, body: { version: 1 } });
    const more = { ...body, keep_events_days: 30 };
    expect(await admin.ask('PUT', url, more, { 'if-match': '"1"' })).toMatchObject({ body: { version: 2 } });
    expect(await admin.ask('PUT', url, body, { 'if-match': '"1"' })).toMatchObject(
      refused(412, 'version_differs'),
    );
    expect(await admin.get(url)).toMatchObject({ status: 200, body: { ...more, version: 2 } });
    for (const bad of [
      { ...body, more: 1 },
      { ...body, quick_keys: [{ ...body.quick_keys[0], more: 1 }] },
      { ...body, keep_events_days: 0 },
      { ...body, store_address: ['', ''] },
    ]) {
      expect(await admin.ask('PUT', url, bad, { 'if-match': '"2"' })).toMatchObject(
        refused(400, 'bad_request'),
      );
    }
  });

  it('are in the log without their PINs, which are kept as the tills check them', async () => {
    here = 'SHOP-LOGGED';
    await put('U-1', { ...ANN, pin: '2468' });
    await put('U-2', { ...BOB, pin: '1357' });
    // PGlite is one process's.
    await server.close();
    const database = await home.open();
    const chains = await database.query(chainRow, "SELECT terminal_id FROM terminals WHERE kind = 'server'");
    expect(chains.length).toBeGreaterThan(0);
    for (const { terminal_id } of chains) {
      expect(await verifyChain(database, terminal_id)).toMatchObject({ whole: true });
      const events = await readTerminalEvents(database, terminal_id, 0, 10_000);
      expect(JSON.stringify(events)).not.toMatch(/argon2|pin/i);
    }
    for (const { pin_hash, name } of await readStaff(database, here)) {
      expect([name, await verify(pin_hash, '2468')]).toEqual([name, name === 'Ann']);
    }
    await database.close();
  });
});
