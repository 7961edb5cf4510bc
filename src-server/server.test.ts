import fc from 'fast-check';
import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { decodeEvent } from '#domain/events/event-wire.ts';
import { LIVE_NAMESPACE } from '#sync/protocol/live-messages.ts';
import { MAX_BATCH_BYTES, PROTOCOL_VERSION } from '#sync/protocol/messages.ts';
import { PortError, type RunningServer, startServer } from './server.ts';
import { type AdminClient, adminClient } from './test-support/admin-client.ts';
import { TEST_DATABASES, type TestDatabase } from './test-support/databases.ts';
import { documentedFetch } from './test-support/documented-answers.ts';
import { eventually } from './test-support/eventually.ts';
import { connectLive } from './test-support/live-client.ts';
import { eventSource, pushOf } from './test-support/sale-events.ts';
import { connectTerminal, handshake, refusalOf } from './test-support/terminal-client.ts';

const ADMIN_KEY = 'a-key-for-tests-only';

describe.each(TEST_DATABASES)('the server on $kind', ({ create }) => {
  let home: TestDatabase;
  let server: RunningServer;
  let admin: AdminClient;
  let terminals = 0;
  let terminalId = '';
  let locationId = '';
  let token = '';

  const start = () =>
    startServer({ host: '127.0.0.1', port: 0, database: home.choice, admin: { key: ADMIN_KEY } });

  beforeAll(async () => {
    home = await create();
    server = await start();
    admin = adminClient(server.url, ADMIN_KEY);
  }, 120_000);
  afterAll(async () => {
    await server.close();
    await home.dispose();
  });
  beforeEach(async () => {
    terminals += 1;
    terminalId = `T${terminals}`;
    locationId = `STORE-${terminals}`;
    token = await admin.enrol(terminalId, locationId);
  });

  const connect = () => connectTerminal(server.url, handshake(terminalId, token));
  const eventsQuery = () => `/api/events?terminal_id=${terminalId}`;

  it('is alive and ready', async () => {
    expect(await admin.get('/healthz')).toMatchObject({ status: 200, body: { ok: true } });
    expect(await admin.get('/readyz')).toMatchObject({ status: 200, body: { ok: true } });
  });

  it('tells a terminal where it stands, before and after it sends', async () => {
    const till = eventSource(terminalId, locationId);
    const terminal = await connect();
    expect(await terminal.hello()).toMatchObject({ ok: true, ackedThrough: 0, headHash: '0'.repeat(64) });
    const sale = till.sale(2);
    expect(await terminal.push(pushOf(sale))).toEqual({ ok: true, ackedThrough: sale.length });
    expect(await terminal.hello()).toMatchObject({ ackedThrough: sale.length, headHash: sale.at(-1)?.hash });
    terminal.close();
    expect((await admin.get(`/api/terminals/${terminalId}/verify-chain`)).body).toEqual({
      events: sale.length,
      whole: true,
    });
  });

  it('keeps the order of batches that are in flight together', async () => {
    const till = eventSource(terminalId, locationId);
    const terminal = await connect();
    const batches = Array.from({ length: 6 }, () => till.sale(4));
    const replies = await Promise.all(batches.map((batch) => terminal.push(pushOf(batch))));
    expect(replies).toEqual(batches.map((batch) => ({ ok: true, ackedThrough: batch.at(-1)?.seq })));
    terminal.close();
  });

  it('answers every request of a terminal that floods it, and stores nothing out of order', async () => {
    const till = eventSource(terminalId, locationId);
    const terminal = await connect();
    const batches = Array.from({ length: 40 }, () => till.sale(1));
    const replies = await Promise.all(batches.map((batch) => terminal.push(pushOf(batch))));
    for (const reply of replies)
      expect(reply.ok || reply.code === 'unavailable' || reply.code === 'gap').toBe(true);
    expect((await admin.get(`/api/terminals/${terminalId}/verify-chain`)).body).toMatchObject({
      whole: true,
    });
    terminal.close();
  });

  it("gives the events back in the seed's envelope", async () => {
    const till = eventSource(terminalId, locationId);
    const terminal = await connect();
    const sale = till.sale(1);
    await terminal.push(pushOf(sale));
    terminal.close();
    const { events } = z
      .object({ events: z.array(z.looseObject({ event: z.string(), record: z.unknown() })) })
      .parse((await admin.get(eventsQuery())).body);
    const folder = new URL('../src-domain/events/contracts/', import.meta.url);
    const samples = new Map(
      readdirSync(folder).map((file) => {
        const sample = z
          .record(z.string(), z.unknown())
          .parse(JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
        return [String(sample['event']), sample];
      }),
    );
    for (const { record, ...envelope } of events) {
      expect(() => decodeEvent(envelope)).not.toThrow();
      expect(Object.keys(envelope)).toEqual(Object.keys(samples.get(envelope.event) ?? {}));
      expect(record).toMatchObject({ terminal_id: terminalId, metadata: { channel: 'counter' } });
    }
    expect(events.map(({ event }) => event)).toEqual(sale.map(({ eventType }) => eventType));
    const page = z
      .object({ events: z.array(z.unknown()) })
      .parse((await admin.get(`${eventsQuery()}&after_seq=1&limit=2`)).body);
    expect(page.events).toMatchObject(events.slice(1, 3).map(({ event }) => ({ event })));
  });

  it('says of each event whether all subscribers have taken it', async () => {
    const processed = async () =>
      z
        .object({ events: z.array(z.object({ record: z.object({ processed: z.boolean() }) })) })
        .parse((await admin.get(eventsQuery())).body)
        .events.map(({ record }) => record.processed);
    const sale = eventSource(terminalId, locationId).sale(1);
    const terminal = await connect();
    await terminal.push(pushOf(sale));
    terminal.close();
    await vi.waitFor(async () => expect(await processed()).toEqual(sale.map(() => true)), { timeout: 5000 });
  });

  it('lists terminals with their cursor, connection and nothing secret', async () => {
    const terminal = await connect();
    const list = z.object({ terminals: z.array(z.looseObject({ terminal_id: z.string() })) });
    const find = async () =>
      list
        .parse((await admin.get('/api/terminals')).body)
        .terminals.find((row) => row.terminal_id === terminalId);
    await terminal.hello();
    expect(await find()).toMatchObject({ location_id: locationId, epoch: 1, head_seq: 0, connected: true });
    expect(JSON.stringify(await find())).not.toContain('token');
    terminal.close();
  });

  it('refuses a wrong token, an unknown terminal, another protocol and a malformed handshake', async () => {
    expect(await refusalOf(server.url, handshake(terminalId, 'wrong'))).toMatchObject({
      code: 'unauthorized',
    });
    expect(await refusalOf(server.url, handshake('NOBODY', token))).toMatchObject({ code: 'unauthorized' });
    expect(await refusalOf(server.url, { protocol: PROTOCOL_VERSION + 1 })).toMatchObject({
      code: 'protocol_unsupported',
    });
    expect(await refusalOf(server.url, {})).toMatchObject({ code: 'malformed_handshake' });
    expect(
      await refusalOf(server.url, { ...handshake(terminalId, token), token: { $ne: '' } }),
    ).toMatchObject({
      code: 'malformed_handshake',
    });
  });

  it('ends the connection of a terminal that is revoked, and lets it in no more', async () => {
    const terminal = await connect();
    expect(await admin.post(`/api/terminals/${terminalId}/revoke`)).toMatchObject({ status: 200 });
    await terminal.ended;
    expect(await refusalOf(server.url, handshake(terminalId, token))).toMatchObject({ code: 'unauthorized' });
  });

  it('tells the other terminals of a location what one of them sold, until they are revoked', async () => {
    const listenerId = `L${terminals}`;
    const auth = handshake(listenerId, await admin.enrol(listenerId, locationId));
    const listener = await connectLive(server.url, auth);
    const terminal = await connect();
    await terminal.push(pushOf(eventSource(terminalId, locationId).sale(2)));
    await eventually(() => expect(Object.keys(listener.view().stock)).toHaveLength(2));
    await admin.post(`/api/terminals/${listenerId}/revoke`);
    await listener.ended;
    expect(await refusalOf(server.url, auth, LIVE_NAMESPACE)).toMatchObject({ code: 'unauthorized' });
    terminal.close();
  });

  it('gives a new token and a higher epoch when a terminal is enrolled again', async () => {
    const terminal = await connect();
    const again = await admin.post('/api/terminals', { terminal_id: terminalId, location_id: locationId });
    expect(again).toMatchObject({ status: 201, body: { epoch: 2 } });
    await terminal.ended;
    expect(await refusalOf(server.url, handshake(terminalId, token))).toMatchObject({ code: 'unauthorized' });
    const elsewhere = await admin.post('/api/terminals', {
      terminal_id: terminalId,
      location_id: 'ELSEWHERE',
    });
    expect(elsewhere).toMatchObject({ status: 409, body: { code: 'location_differs' } });
  });

  it('lets the newest connection of a terminal win', async () => {
    const first = await connect();
    const second = await connect();
    expect(await second.hello()).toMatchObject({ ok: true });
    await first.ended;
    second.close();
  });

  it('answers malformed messages with a code, and goes on', async () => {
    const terminal = await connect();
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (message) => {
        expect(await terminal.push(message)).toMatchObject({ ok: false, code: 'malformed' });
      }),
      { numRuns: 60 },
    );
    const [event] = eventSource(terminalId, locationId).sale(1);
    for (const change of [{ seq: -1 }, { hash: 'x' }, { timestamp: 7 }, { payload: 7 }, { eventId: null }]) {
      const request = { terminalId, from: 1, events: [{ ...event, ...change }] };
      expect(await terminal.push(request)).toMatchObject({ ok: false, code: 'malformed' });
    }
    terminal.close();
  });

  it('ignores messages without an answer, of unknown names and with too many parts', async () => {
    const terminal = await connect();
    terminal.socket.emit('events.push');
    terminal.socket.emit('events.push', { terminalId });
    terminal.socket.emit('events.push', 1, 2, 3);
    terminal.socket.emit('sync.hello');
    terminal.socket.emit('sync.hello', Buffer.from([1, 2, 3]));
    terminal.socket.emit('no.such.message', {}, () => undefined);
    expect(await terminal.hello()).toMatchObject({ ok: true, ackedThrough: 0 });
    terminal.close();
  });

  it('ends a connection that sends more than a batch may hold, and serves the next', async () => {
    const terminal = await connect();
    terminal.socket.emit('events.push', 'x'.repeat(5 * MAX_BATCH_BYTES), () => undefined);
    await terminal.ended;
    const next = await connect();
    expect(await next.hello()).toMatchObject({ ok: true });
    next.close();
  });

  it('has every API route behind the admin key', async () => {
    const intruder = adminClient(server.url, 'a-wrong-key-for-tests');
    for (const path of [
      'terminals',
      'events',
      'stock',
      'dead-letters',
      `terminals/${terminalId}/verify-chain`,
    ]) {
      expect(await intruder.get(`/api/${path}`)).toMatchObject({
        status: 401,
        body: { code: 'unauthorized' },
      });
    }
    for (const path of ['terminals', `terminals/${terminalId}/revoke`]) {
      expect(await intruder.post(`/api/${path}`, {})).toMatchObject({ status: 401 });
    }
    expect((await fetch(`${server.url}/api/terminals`)).status).toBe(401);
  });

  it.each([
    ['GET', '/api/events'],
    ['GET', '/api/events?terminal_id=%00'],
    ['GET', '/api/events?terminal_id=T1&after_seq=-1'],
    ['GET', '/api/events?terminal_id=T1&limit=999999999999999999'],
    ['GET', '/api/events?terminal_id=T1&terminal_id=T2'],
    ['GET', '/api/stock'],
    ['GET', '/api/stock?location_id=%ff'],
    ['GET', '/api/terminals/%00/verify-chain'],
    ['GET', '/api/terminals/NOBODY/verify-chain'],
    ['POST', '/api/terminals/NOBODY/revoke'],
    ['POST', '/api/terminals/%2e%2e/revoke'],
    ['GET', '/api/nothing'],
    ['GET', '/%'],
    ['POST', '/api/terminals', '{'],
    ['POST', '/api/terminals', '[]'],
    ['POST', '/api/terminals', '{"terminal_id":"T1"}'],
    ['POST', '/api/terminals', '{"terminal_id":"T1","location_id":"S","__proto__":{}}'],
    ['POST', '/api/terminals', JSON.stringify({ terminal_id: 'x'.repeat(100_000), location_id: 'S' })],
  ])('refuses %s %s %s with a code, not with a failure', async (method, path, body?: string) => {
    const { response, text } = await documentedFetch(server.url)(path, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_KEY}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body }),
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.status).toBeLessThan(500);
    const failure = z.object({ code: z.string(), message: z.string().min(1) }).parse(JSON.parse(text));
    expect(['bad_request', 'not_found', 'too_large']).toContain(failure.code);
  });

  it('says that a port is taken and lets go of the database', async () => {
    const other = await create();
    const choice = other.choice;
    const attempt = startServer({
      host: '127.0.0.1',
      port: server.port,
      database: choice,
      admin: { key: ADMIN_KEY },
    });
    await expect(attempt).rejects.toThrow(PortError);
    await expect(attempt).rejects.toMatchObject({ code: 'port_taken' });
    await (await other.open()).close();
    await other.dispose();
  });

  it('ends the batches in flight before it closes, and finds all of it again', async () => {
    const till = eventSource(terminalId, locationId);
    const terminal = await connect();
    const batches = Array.from({ length: 4 }, () => till.sale(5));
    const acknowledged: number[] = [];
    const pushes = batches.map(async (batch) => {
      const reply = await terminal.push(pushOf(batch)).catch(() => undefined);
      if (reply?.ok === true) acknowledged.push(reply.ackedThrough);
    });
    await pushes[0];
    await server.close();
    terminal.close();
    await Promise.all(pushes);
    server = await start();
    admin = adminClient(server.url, ADMIN_KEY);
    const again = await connect();
    const hello = await again.hello();
    expect(hello.ok && hello.ackedThrough).toBeGreaterThanOrEqual(Math.max(...acknowledged));
    again.close();
    expect((await admin.get(`/api/terminals/${terminalId}/verify-chain`)).body).toMatchObject({
      whole: true,
    });
  });
});
