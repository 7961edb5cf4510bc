/** Serves the terminal to a browser on this PC: the built screens over HTTP, the typed API over one WebSocket. */
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import Fastify, { type FastifyInstance } from 'fastify';
import { Server as SocketServer } from 'socket.io';
import type { CallOutcome } from '../api/client.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { type BrowserAccess, LOOPBACK, browserAccess, ownAddresses, sessionCookie } from './access.ts';
import { linkUsedPage } from './link-used-page.ts';

/** Larger than any call: the longest is a raw scan of 64 KiB. */
const MAX_MESSAGE_BYTES = 128 * 1024;

const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self' ws://127.0.0.1:* ws://localhost:*",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export interface BrowserHost {
  readonly port: number;
  /** With the one-time token. */
  readonly link: string;
  close(): Promise<void>;
}

export interface BrowserHostOptions {
  readonly terminal: Terminal;
  /** 0 takes a free one. */
  readonly port: number;
  /** Folder of the built screens. */
  readonly screens: string;
  readonly access?: BrowserAccess;
}

/** @throws with code EADDRINUSE when the port is taken */
export async function startBrowserHost(options: BrowserHostOptions): Promise<BrowserHost> {
  const { terminal, screens, access = browserAccess() } = options;
  const app = Fastify({ logger: false, forceCloseConnections: true });
  servePages(app, path.resolve(screens), access);
  await app.listen({ host: LOOPBACK, port: options.port });
  const address = app.server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  const sockets = serveApi(app, terminal, access, port);
  return {
    port,
    link: `http://${LOOPBACK}:${port}/?token=${access.oneTimeToken}`,
    async close() {
      await sockets.close();
      await app.close();
    },
  };
}

function servePages(app: FastifyInstance, screens: string, access: BrowserAccess): void {
  app.addHook('onRequest', async (request, reply) => {
    void reply.headers({
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    const port = request.socket.localPort ?? 0;
    if (!ownAddresses(port).some(({ host }) => host === request.headers.host)) {
      return reply.code(403).type('text/plain; charset=utf-8').send('The till has another address.');
    }
    const { token } = request.query as { token?: unknown };
    // Only what a person opens spends the token: not a HEAD of some checker, and not what a browser fetches on its own.
    const opens = request.method === 'GET' && request.url.split('?', 1)[0] === '/';
    const session = opens && typeof token === 'string' ? access.redeem(token) : undefined;
    if (session !== undefined) {
      return reply
        .header('set-cookie', `${sessionCookie(port)}=${session}; Path=/; HttpOnly; SameSite=Strict`)
        .redirect('/', 303);
    }
    if (!access.isSession(request.headers.cookie, port)) {
      return reply.code(401).type('text/html; charset=utf-8').send(linkUsedPage());
    }
    if (token !== undefined) return reply.redirect('/', 303);
    return undefined;
  });
  void app.register(fastifyStatic, { root: screens, index: 'index.html', cacheControl: false });
}

function serveApi(
  app: FastifyInstance,
  terminal: Terminal,
  access: BrowserAccess,
  port: number,
): SocketServer {
  const own = ownAddresses(port);
  const sockets = new SocketServer(app.server, {
    path: '/api/socket',
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    // All of it here: a stranger then has no open socket at all, whose messages would be parsed before it is refused.
    allowRequest: ({ headers }, decide) => {
      const isOurs =
        own.some(({ origin }) => origin === headers.origin) &&
        own.some(({ host }) => host === headers.host) &&
        access.isSession(headers.cookie, port);
      decide(null, isOurs);
    },
  });
  sockets.on('connection', (socket) => {
    const stop = terminal.onPush(({ name, body }) => socket.emit('push', name, body));
    socket.on('disconnect', stop);
    socket.on('call', (message: unknown, answer: unknown) => {
      const { name, request } = typeof message === 'object' && message !== null ? callOf(message) : noCall;
      void terminal.call(name, request).then((outcome) => {
        if (isCallback(answer)) answer(outcome);
      });
    });
  });
  return sockets;
}

/** socket.io passes a function when the peer wants an answer; a peer that wants none gets none. */
function isCallback(value: unknown): value is (outcome: CallOutcome) => void {
  return typeof value === 'function';
}

const noCall = { name: undefined, request: undefined };

function callOf(message: object): { name: unknown; request: unknown } {
  return {
    name: 'name' in message ? message.name : undefined,
    request: 'request' in message ? message.request : undefined,
  };
}
