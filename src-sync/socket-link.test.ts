import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { Server } from 'socket.io';
import { SYNC_NAMESPACE } from './protocol/messages.ts';
import { socketLink } from './socket-link.ts';
import type { SyncLink } from './sync-link.ts';

const handshake = { protocol: 1, terminalId: 'T1', token: 'secret' };
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

async function open(url: string, closed: string[] = [], timeouts = {}): Promise<SyncLink> {
  const opened = await socketLink({ url, handshake, ...timeouts })((reason) => closed.push(reason));
  if (!opened.ok) throw new Error(opened.message);
  cleanups.push(async () => opened.link.close());
  return opened.link;
}

describe('a server that answers', () => {
  test('sees the handshake, and its answers are parsed', async () => {
    const seen: unknown[] = [];
    const { url } = await serve((server) => {
      server.of(SYNC_NAMESPACE).on('connection', (socket) => {
        seen.push(socket.handshake.auth);
        socket.on('sync.hello', (_request, reply: (answer: unknown) => void) => reply(HELLO));
        socket.on('events.push', (_request, reply: (answer: unknown) => void) =>
          reply({ ok: true, ackedThrough: 7 }),
        );
      });
    });
    const link = await open(url);
    expect(await link.hello()).toEqual(HELLO);
    expect(await link.push({ terminalId: 'T1', from: 1, events: [] })).toEqual({ ok: true, ackedThrough: 7 });
    expect(seen).toEqual([handshake]);
  });

  test.each([[{ ok: true }], ['yes'], [null], [{ ok: true, ackedThrough: -1 }]])(
    'with %j, which is no answer: rejected',
    async (rubbish) => {
      const { url } = await serve((server) => {
        server.of(SYNC_NAMESPACE).on('connection', (socket) => {
          socket.onAny((_name, _request, reply: (answer: unknown) => void) => reply(rubbish));
        });
      });
      const link = await open(url);
      await expect(link.hello()).rejects.toThrow();
      await expect(link.push({ terminalId: 'T1', from: 1, events: [] })).rejects.toThrow();
    },
  );

  test('says nothing: rejected after the time for an acknowledgement', async () => {
    const { url } = await serve((server) => server.of(SYNC_NAMESPACE).on('connection', () => undefined));
    const link = await open(url, [], { ackTimeoutMs: 30 });
    await expect(link.hello()).rejects.toThrow('timed out');
  });

  test('breaks the line: told once, and what was asked is rejected', async () => {
    const closed: string[] = [];
    const { server, url } = await serve((io) => io.of(SYNC_NAMESPACE).on('connection', () => undefined));
    const link = await open(url, closed);
    const asked = link.hello().catch((error: unknown) => String(error));
    server.of(SYNC_NAMESPACE).disconnectSockets(true);
    expect(await asked).toContain('disconnected');
    expect(closed).toHaveLength(1);
    link.close();
    expect(closed).toHaveLength(1);
  });

  test('is left by us: not told as a break', async () => {
    const closed: string[] = [];
    const { server, url } = await serve((io) => io.of(SYNC_NAMESPACE).on('connection', () => undefined));
    const link = await open(url, closed);
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
    socketLink({ url, handshake, connectTimeoutMs })(() => undefined);

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
