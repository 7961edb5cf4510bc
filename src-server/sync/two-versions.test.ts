/** A till of release 0.1.0 and one of today, at the same server. What the old one says is literal here: it never changes. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { LIVE_NAMESPACE } from '#sync/protocol/live-messages.ts';
import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION, SYNC_NAMESPACE } from '#sync/protocol/messages.ts';
import { type RunningServer, startServer } from '../server.ts';
import { type AdminClient, adminClient } from '../test-support/admin-client.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { eventSource, pushOf } from '../test-support/sale-events.ts';
import {
  type ConnectedSocket,
  connectSocket,
  connectTerminal,
  handshake,
  refusalOf,
} from '../test-support/terminal-client.ts';

const GENESIS = '0000000000000000000000000000000000000000000000000000000000000000';
const COMMON = {
  terminalId: 'OLD1',
  locationId: 'STORE-001',
  timestamp: '2026-11-01T10:00:00.000Z',
  metadata: '{"channel":"counter","user_id":"U-1"}',
};
const SOLD = {
  ...COMMON,
  eventId: '0193b1c0-1111-7000-8000-000000000001',
  seq: 1,
  eventType: 'inventory.updated',
  aggregateId: 'WINE-CAB-001',
  payload:
    '{"change":-2,"new_quantity":8,"old_quantity":10,"reason":"sale","reference_id":"ORD-1","sku":"WINE-CAB-001"}',
  prevHash: GENESIS,
  hash: 'f7ff22221133ca286d76c9e86774c6b4a7a4af1a37760a1ff01081b1582dff56',
};
const COMPLETED = {
  ...COMMON,
  eventId: '0193b1c0-1111-7000-8000-000000000002',
  seq: 2,
  eventType: 'order.completed',
  aggregateId: 'ORD-1',
  payload: '{"fulfillment_status":"completed","payment_status":"captured"}',
  prevHash: SOLD.hash,
  hash: 'bbfc94169c0cd011cea4d75d7eef751eff133bcea93fd23af71418fa1d06fe8f',
};
/** Its payload is no canonical JSON. */
const UNSTORABLE = {
  ...COMMON,
  eventId: '0193b1c0-1111-7000-8000-000000000003',
  seq: 3,
  eventType: 'order.noted',
  aggregateId: 'ORD-1',
  payload: '{"b":1, "a":2}',
  prevHash: COMPLETED.hash,
  hash: '0490ae9c845f609a0263013be5ac902d5c70d7c5d20e1fd23f542e6712040079',
};
const aText: unknown = expect.any(String);

describe.each(TEST_DATABASES)('two versions of the protocol on $kind', ({ create }) => {
  let home: TestDatabase;
  let server: RunningServer;
  let admin: AdminClient;
  let token = '';

  beforeAll(async () => {
    home = await create();
    server = await startServer({
      host: '127.0.0.1',
      port: 0,
      database: home.choice,
      admin: { key: 'a-key-for-tests-only' },
    });
    admin = adminClient(server.url, server.adminKey);
    token = await admin.enrol('OLD1', 'STORE-001');
  }, 120_000);
  afterAll(async () => {
    await server.close();
    await home.dispose();
  });

  const connectOld = () => connectSocket(server.url, '/sync', { protocol: 1, terminalId: 'OLD1', token });
  const ask = ({ socket }: ConnectedSocket, name: string, message: unknown): Promise<unknown> =>
    socket.timeout(10_000).emitWithAck(name, message);

  it('lets an old till say all that it ever said, beside a new one', async () => {
    const fresh = await connectTerminal(
      server.url,
      handshake('NEW1', await admin.enrol('NEW1', 'STORE-001')),
    );
    const till = eventSource('NEW1', 'STORE-001');
    const old = await connectOld();
    // Word for word: an answer of version 1 has nothing in it that is not of version 1.
    expect(await ask(old, 'sync.hello', {})).toEqual({
      ok: true,
      ackedThrough: 0,
      headHash: GENESIS,
      serverTime: aText,
    });
    expect(await fresh.hello()).toMatchObject({ ok: true, flow: { pauseMs: 0 }, quarantined: 0 });
    const first = { terminalId: 'OLD1', from: 1, events: [SOLD, COMPLETED] };
    expect(await ask(old, 'events.push', first)).toEqual({ ok: true, ackedThrough: 2 });
    expect(await fresh.push(pushOf(till.sale(2)))).toMatchObject({ ok: true });
    expect(await ask(old, 'events.push', first)).toEqual({ ok: true, ackedThrough: 2 });
    expect(
      await ask(old, 'events.push', { terminalId: 'OLD1', from: 9, events: [{ ...SOLD, seq: 9 }] }),
    ).toEqual({ ok: false, code: 'chain_broken', message: aText });
    const behind = { ...first, events: [{ ...SOLD, terminalId: 'NEW1' }] };
    expect(await ask(old, 'events.push', behind)).toEqual({
      ok: false,
      code: 'wrong_terminal',
      message: aText,
    });
    expect(await ask(old, 'sync.hello', {})).toEqual({
      ok: true,
      ackedThrough: 2,
      headHash: COMPLETED.hash,
      serverTime: aText,
    });
    old.socket.close();
    fresh.close();
    expect((await admin.get('/api/terminals/OLD1/verify-chain')).body).toEqual({ events: 2, whole: true });
  });

  it('does not hold an old till up at an event that cannot be stored, and tells it in its own words', async () => {
    const old = await connectOld();
    const request = { terminalId: 'OLD1', from: 3, events: [UNSTORABLE] };
    expect(await ask(old, 'events.push', request)).toEqual({ ok: true, ackedThrough: 3 });
    expect((await admin.get('/api/terminals/OLD1/verify-chain')).body).toEqual({
      events: 3,
      whole: true,
      quarantined: 1,
    });
    // Its schema is the frozen one: a text that was never valid is malformed to it, as then.
    const invalid = { ...request, events: [{ ...UNSTORABLE, timestamp: 'yesterday' }] };
    expect(await ask(old, 'events.push', invalid)).toEqual({ ok: false, code: 'malformed', message: aText });
    old.socket.close();
  });

  it('has no new questions for an old till, and says in the list what it speaks', async () => {
    const old = await connectOld();
    await ask(old, 'sync.hello', {});
    let answers = 0;
    for (const [name, message] of [
      ['events.pull', { after: 0, limit: 1 }],
      ['quarantine.list', {}],
    ] as const) {
      old.socket.emit(name, message, () => {
        answers += 1;
      });
    }
    // Answered behind them, if they were.
    await ask(old, 'sync.hello', {});
    expect(answers).toBe(0);
    old.socket.close();
    const { terminals } = z
      .object({ terminals: z.array(z.looseObject({ terminal_id: z.string() })) })
      .parse((await admin.get('/api/terminals')).body);
    expect(terminals.filter(({ terminal_id }) => /^(OLD|NEW)/.test(terminal_id))).toMatchObject([
      { terminal_id: 'NEW1', protocol: PROTOCOL_VERSION },
      { terminal_id: 'OLD1', protocol: 1, skew_ms: null, quarantined: 1 },
    ]);
  });

  it.each([SYNC_NAMESPACE, LIVE_NAMESPACE])('says which side of %s is to be updated', async (namespace) => {
    const refused = (protocol: number) =>
      refusalOf(server.url, { protocol, terminalId: 'OLD1', token }, namespace);
    expect(await refused(OLDEST_PROTOCOL_VERSION - 1)).toMatchObject({
      code: 'protocol_unsupported',
      message: expect.stringContaining('update the till') as unknown,
    });
    expect(await refused(PROTOCOL_VERSION + 1)).toMatchObject({
      code: 'protocol_unsupported',
      message: expect.stringContaining('update the server') as unknown,
    });
  });
});
