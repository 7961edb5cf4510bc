import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { Server } from 'socket.io';
import { z } from 'zod';
import { memoryOutbox } from './test-support/memory-outbox.ts';
import { type HelloRequest, PROTOCOL_VERSION, SYNC_NAMESPACE } from './protocol/messages.ts';
import { socketLink } from './socket-link.ts';
import type { SyncLink } from './sync-link.ts';

const handshake = { protocol: PROTOCOL_VERSION, terminalId: 'T1', token: 'secret' };
const genesis = { seq: 0, hash: '0'.repeat(64) };
const ask: HelloRequest = {
  head: genesis,
  acked: genesis,
  clock: '2026-11-23T12:00:00.000Z',
  recovering: false,
};
const HELLO = { ok: true, ackedThrough: 0, headHash: '0'.repeat(64), serverTime: '2026-11-23T12:00:00.000Z' };

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function serve(prepare: (server: Server) => void): Promise<{ server: Server; url: string }> {
  const server = new Server({ transports: ['websocket'] });
  prepare(server);
  server.listen(0);
  const { port } = server.httpServer.address() as AddressInfo;
  cleanups.push(() => server.close());
  return { server, url: `http://127.0.0.1:${port}` };
}

async function open(
  url: string,
  { closed = [] as string[], onChangesAvailable = () => undefined, timeouts = {} } = {},
): Promise<SyncLink> {
  const opened = await socketLink({ url, handshake, ...timeouts })({
    onClosed: (reason) => closed.push(reason),
    onChangesAvailable,
  });
  if (!opened.ok) throw new Error(opened.message);
  cleanups.push(async () => opened.link.close());
  return opened.link;
}

describe('a server that answers', () => {
  test('sees the handshake', async () => {
    const seen: unknown[] = [];
    const { url } = await serve((server) => {
      server.of(SYNC_NAMESPACE).on('connection', (socket) => void seen.push(socket.handshake.auth));
    });
    await open(url);
    expect(seen).toEqual([handshake]);
  });

  const outbox = memoryOutbox('T1');
  outbox.append(2);
  const events = [...outbox.log];
  const page = {
    to: 'c1',
    more: false,
    merchandise_codes: [],
    items: [],
    promotions: [],
    staff: [],
    settings: null,
    stock: [{ sku: 'BEER-001', quantity: 5, reserved: 0 }],
    stock_through: 2,
  };
  const offer = { path: '/api/snapshots/a1', bytes: 9, sha256: 'a'.repeat(64), cursor: 'c1', records: 0 };
  const CALLS: [string, (link: SyncLink) => Promise<unknown>, unknown, object][] = [
    ['sync.hello', (link) => link.hello(ask), ask, HELLO],
    [
      'events.push',
      (link) => link.push({ terminalId: 'T1', from: 1, events }),
      { terminalId: 'T1', from: 1, events },
      { ok: true, ackedThrough: 7 },
    ],
    [
      'events.pull',
      (link) => link.pullEvents({ after: 0, limit: 2 }),
      { after: 0, limit: 2 },
      { ok: true, events, head: outbox.head() },
    ],
    ['quarantine.list', (link) => link.listQuarantined(), {}, { ok: true, events: [], count: 0 }],
    [
      'changes.pull',
      (link) => link.pullChanges({ after: null, limit: 9 }),
      { after: null, limit: 9 },
      { ok: true, ...page },
    ],
    ['snapshot.prepare', (link) => link.prepareSnapshot(), {}, { ok: true, ...offer }],
  ];

  test.each(CALLS)('is asked %s, and its answer is parsed', async (name, call, request, answer) => {
    const asked: unknown[] = [];
    const { url } = await serve((server) => {
      server.of(SYNC_NAMESPACE).on('connection', (socket) => {
        socket.on(name, (message: unknown, reply: (answer: unknown) => void) => {
          asked.push(message);
          reply({ ...answer, from: 'a server of tomorrow' });
        });
      });
    });
    expect(await call(await open(url))).toEqual(answer);
    expect(asked).toEqual([request]);
  });

  test.each([[{ ok: true }], ['yes'], [null], [{ ok: false, code: 'of tomorrow', message: '' }]])(
    'with %j, which is no answer: rejected',
    async (rubbish) => {
      const { url } = await serve((server) => {
        server.of(SYNC_NAMESPACE).on('connection', (socket) => {
          socket.onAny((_name, _request, reply: (answer: unknown) => void) => reply(rubbish));
        });
      });
      const link = await open(url);
      for (const [, call] of CALLS) await expect(call(link)).rejects.toThrow(z.ZodError);
    },
  );

  test('says nothing: rejected after the time for an acknowledgement', async () => {
    const { url } = await serve((server) => server.of(SYNC_NAMESPACE).on('connection', () => undefined));
    const link = await open(url, { timeouts: { ackTimeoutMs: 30 } });
    const outcomes = await Promise.allSettled(CALLS.map(([, call]) => call(link)));
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { message: 'operation has timed out' } });
    }
    expect(outcomes).toHaveLength(6);
  });

  test('tells that something changed, until the line is closed', async () => {
    let told = 0;
    const { server, url } = await serve((io) => io.of(SYNC_NAMESPACE).on('connection', () => undefined));
    const first = Promise.withResolvers<undefined>();
    const link = await open(url, {
      onChangesAvailable: () => {
        told += 1;
        first.resolve(undefined);
      },
    });
    server.of(SYNC_NAMESPACE).emit('changes.available');
    await first.promise;
    link.close();
    server.of(SYNC_NAMESPACE).emit('changes.available');
    expect(told).toBe(1);
  });

  test('is not asked any more over a line that is closed', async () => {
    const { url } = await serve((server) => server.of(SYNC_NAMESPACE).on('connection', () => undefined));
    const link = await open(url);
    link.close();
    await expect(link.hello(ask)).rejects.toThrow('The line to the server is closed.');
  });

  test('breaks the line: told once, and what was asked is rejected', async () => {
    const closed: string[] = [];
    const { server, url } = await serve((io) => io.of(SYNC_NAMESPACE).on('connection', () => undefined));
    const link = await open(url, { closed });
    const asked = link.hello(ask).catch((error: unknown) => String(error));
    server.of(SYNC_NAMESPACE).disconnectSockets(true);
    expect(await asked).toContain('disconnected');
    expect(closed).toHaveLength(1);
    link.close();
    expect(closed).toHaveLength(1);
  });

  test('is left by us: not told as a break', async () => {
    const closed: string[] = [];
    const { server, url } = await serve((io) => io.of(SYNC_NAMESPACE).on('connection', () => undefined));
    const link = await open(url, { closed });
    const [peer] = await server.of(SYNC_NAMESPACE).fetchSockets();
    const gone = new Promise((resolve) =>
      server
        .of(SYNC_NAMESPACE)
        .sockets.get(peer?.id ?? '')
        ?.on('disconnect', resolve),
    );
    link.close();
    link.close();
    await gone;
    expect(closed).toEqual([]);
  });
});

describe('a line that does not open', () => {
  const opening = (url: string, connectTimeoutMs = 5_000) =>
    socketLink({ url, handshake, connectTimeoutMs })({
      onClosed: () => undefined,
      onChangesAvailable: () => undefined,
    });

  test('is refused with the words of the server', async () => {
    const refused = { code: 'unauthorized', message: 'This token was revoked.' };
    const { url } = await serve((server) =>
      server
        .of(SYNC_NAMESPACE)
        .use((_socket, next) => next(Object.assign(new Error('no'), { data: refused }))),
    );
    expect(await opening(url)).toEqual({ ok: false, refused, message: refused.message });
  });

  test('is refused by something else: not taken for an answer of the server', async () => {
    const { url } = await serve((server) =>
      server.of(SYNC_NAMESPACE).use((_socket, next) => next(new Error('?'))),
    );
    expect(await opening(url)).toMatchObject({ ok: false, refused: null });
  });

  test('where nobody listens', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const { port } = probe.address() as AddressInfo;
    probe.close();
    await once(probe, 'close');
    const opened = await opening(`http://127.0.0.1:${port}`);
    expect(opened).toMatchObject({ ok: false, refused: null });
  });

  test('where a server takes the connection and never lets it in', async () => {
    const { url } = await serve((server) => server.of(SYNC_NAMESPACE).use(() => undefined));
    expect(await opening(url, 100)).toMatchObject({ ok: false, refused: null });
  });

  test('where the server goes away before it lets it in', async () => {
    const { url } = await serve((server) => server.of(SYNC_NAMESPACE).use((socket) => socket.conn.close()));
    expect(await opening(url)).toMatchObject({ ok: false, refused: null });
  });
});
