import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, connect, createServer } from 'node:net';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type ManagerOptions, type Socket, type SocketOptions, io } from 'socket.io-client';
import { z } from 'zod';
import { type TestTill, openTestTill, removeTillTemplate } from '../test-support/test-till.ts';
import { type BrowserHost, startBrowserHost } from './browser-host.ts';

let till: TestTill;
let host: BrowserHost;
let screens: string;
let sockets: Socket[] = [];
beforeEach(async () => {
  till = await openTestTill();
  screens = till.temporary.join('screens');
  mkdirSync(screens);
  writeFileSync(`${screens}/index.html`, '<!doctype html><title>The till</title>');
  writeFileSync(till.temporary.join('secret.txt'), 'not for the browser');
  host = await startBrowserHost({ terminal: till.terminal, port: 0, screens });
});
afterEach(async () => {
  for (const socket of sockets) socket.close();
  sockets = [];
  await host.close();
  await till.close();
});
afterAll(removeTillTemplate);

const origin = () => `http://127.0.0.1:${host.port}`;

async function get(path: string, cookie?: string) {
  return fetch(`${origin()}${path}`, { redirect: 'manual', headers: cookie === undefined ? {} : { cookie } });
}

/** Opens the printed link, as a browser does, and keeps its cookie. */
async function openLink(): Promise<string> {
  const response = await fetch(host.link, { redirect: 'manual' });
  expect(response.status).toBe(303);
  expect(response.headers.get('location')).toBe('/');
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

type Options = Partial<ManagerOptions & SocketOptions>;

function dial(headers: Record<string, string>, options: Options = {}): Socket {
  const socket = io(origin(), {
    path: '/api/socket',
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    extraHeaders: headers,
    ...options,
  });
  sockets.push(socket);
  return socket;
}

/** `open`, or why not. */
async function outcome(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve('open'));
    socket.once('connect_error', (error) => resolve(error.message));
  });
}

async function openSocket(cookie: string): Promise<Socket> {
  const socket = dial({ cookie, origin: origin() });
  expect(await outcome(socket)).toBe('open');
  return socket;
}

const answerSchema = z.union([
  z.object({ ok: z.literal(true), reply: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.object({ code: z.string() }) }),
]);

async function ask(socket: Socket, message: unknown): Promise<string> {
  const answer = answerSchema.parse(await socket.timeout(5_000).emitWithAck('call', message));
  return answer.ok ? 'ok' : answer.error.code;
}

describe('the page', () => {
  test('opens once by its link, and then by the cookie', async () => {
    const response = await fetch(host.link, { redirect: 'manual' });
    const setCookie = response.headers.get('set-cookie') ?? '';
    expect(setCookie).toMatch(/^holdfast_session_\d+=[\w-]{40,}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(setCookie).toContain(`_${host.port}=`);
    const page = await get('/', setCookie.split(';')[0]);
    expect([page.status, await page.text()]).toEqual([200, '<!doctype html><title>The till</title>']);
    const again = await fetch(host.link, { redirect: 'manual' });
    expect([again.status, again.headers.get('set-cookie')]).toEqual([401, null]);
    expect(await again.text()).toContain('This link does not open the till');
  });

  test('opened again by its link in the same browser is the page, without the token in the address', async () => {
    const cookie = await openLink();
    const again = await fetch(host.link, { redirect: 'manual', headers: { cookie } });
    expect([again.status, again.headers.get('location')]).toEqual([303, '/']);
  });

  test.each([
    '/?token=wrong',
    '/?token=',
    '/?token=a&token=b',
    '/?token[]=x',
    '/',
    '/index.html',
    '/api/socket',
  ])('is not shown for %s without a cookie', async (path) => {
    const response = await get(path);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(await response.text()).not.toContain('The till</title>');
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test('is not shown for a cookie that is not ours', async () => {
    const cookie = await openLink();
    const [name = '', value = ''] = cookie.split('=');
    for (const wrong of [
      `${name}=`,
      `${name}=${value.slice(1)}`,
      `${name}=${value}x`,
      `other=${value}`,
      name,
    ]) {
      expect((await get('/', wrong)).status).toBe(401);
    }
    expect((await get('/', `a=b; ${cookie}; c=d`)).status).toBe(200);
  });

  test.each([
    ['HEAD', '/'],
    ['POST', '/'],
    ['OPTIONS', '/'],
    ['GET', '/index.html'],
    ['GET', '/favicon.ico'],
    ['GET', '//'],
  ])('is not spent by %s of %s with its token', async (method, path) => {
    const { search } = new URL(host.link);
    const response = await raw(`${path}${search}`, '', { method });
    expect(response.status).toBe(401);
    expect(response.setCookie).toBeUndefined();
    expect(await openLink()).toMatch(/^holdfast_session_/);
  });

  test('of two tills on one PC stay open side by side in one browser', async () => {
    const other = await startBrowserHost({ terminal: till.terminal, port: 0, screens });
    const first = await openLink();
    const second = await fetch(other.link, { redirect: 'manual' });
    const jar = new Map(
      [first, second.headers.get('set-cookie')?.split(';')[0] ?? ''].map((cookie) => [
        cookie.split('=')[0],
        cookie,
      ]),
    );
    const cookie = [...jar.values()].join('; ');
    expect((await get('/', cookie)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${other.port}/`, { headers: { cookie } })).status).toBe(200);
    await other.close();
  });

  test('answers to its own names only', async () => {
    const cookie = await openLink();
    const statusUnder = async (name: string) => (await raw('/', cookie, { host: name })).status;
    expect(await statusUnder(`127.0.0.1:${host.port}`)).toBe(200);
    expect(await statusUnder(`localhost:${host.port}`)).toBe(200);
    const others = [
      '127.0.0.1',
      'localhost:1',
      `rebound.example:${host.port}`,
      `127.0.0.1:${host.port}.evil`,
    ];
    for (const name of others) expect(await statusUnder(name)).toBe(403);
    const { pathname, search } = new URL(host.link);
    const rebound = await raw(`${pathname}${search}`, '', { host: `rebound.example:${host.port}` });
    expect([rebound.status, rebound.setCookie]).toEqual([403, undefined]);
  });

  test('comes with headers that keep strangers out, also where it is refused', async () => {
    const cookie = await openLink();
    for (const response of [await get('/', cookie), await get('/'), await get('/missing.js', cookie)]) {
      const policy = response.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain('script-src');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('referrer-policy')).toBe('no-referrer');
      expect(response.headers.get('cache-control')).toBe('no-store');
    }
  });

  test.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/%2e%2e%2fsecret.txt',
    '/....//secret.txt',
    '/..\\secret.txt',
    '/%00',
    '/index.html%00.txt',
    '//secret.txt',
    '/../till/holdfast.db',
    '/%c0%ae%c0%ae/secret.txt',
  ])('has no way out of its folder: %s', async (path) => {
    const cookie = await openLink();
    // Not fetch: it would tidy the path before it sends it.
    const response = await raw(path, cookie);
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect(response.body).not.toContain('not for the browser');
  });
});

interface RawAnswer {
  readonly status: number;
  readonly body: string;
  readonly setCookie: readonly string[] | undefined;
}

/** Sends path and Host as they are. */
async function raw(
  path: string,
  cookie: string,
  { method = 'GET', host: name = `127.0.0.1:${host.port}` } = {},
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: host.port, path, method, headers: { cookie, host: name } };
    const sent = request(options, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, setCookie: response.headers['set-cookie'] }),
      );
    });
    sent.on('error', reject).end();
  });
}

describe('the socket', () => {
  test('answers the page', async () => {
    const socket = await openSocket(await openLink());
    const pushed = new Promise((resolve) => socket.once('push', resolve));
    expect(await ask(socket, { name: 'session.signIn', request: { pin: '1111' } })).toBe('ok');
    expect(await ask(socket, { name: 'sale.get' })).toBe('ok');
    expect(await pushed).toBe('status.changed');
  });

  test.each([
    ['without a cookie', (_cookie: string) => ({ origin: origin() })],
    ['with a wrong cookie', () => ({ origin: origin(), cookie: `holdfast_session_${host.port}=guess` })],
    [
      'with the cookie under another name',
      (cookie: string) => ({ origin: origin(), cookie: cookie.replace(/_\d+=/, '=') }),
    ],
    [
      'under a name that is not ours',
      (cookie: string) => ({ cookie, origin: origin(), host: `rebound.example:${host.port}` }),
    ],
    ['from another page', (cookie: string) => ({ cookie, origin: 'https://evil.example' })],
    ['from another port of this PC', (cookie: string) => ({ cookie, origin: 'http://127.0.0.1:1' })],
    [
      'from our port by another name',
      (cookie: string) => ({ cookie, origin: `http://rebound.example:${host.port}` }),
    ],
    ['from a file', (cookie: string) => ({ cookie, origin: 'null' })],
    ['without an origin', (cookie: string) => ({ cookie })],
  ])('%s does not open', async (_name, headers) => {
    const cookie = await openLink();
    // The upgrade itself is refused; a socket that opened and was then turned away would say "unauthorized".
    expect(await outcome(dial(headers(cookie)))).toBe('websocket error');
  });

  test('does not open by long polling, which is harder to guard', async () => {
    const cookie = await openLink();
    const options = { transports: ['polling'] } satisfies Options;
    expect(await outcome(dial({ cookie, origin: origin() }, options))).not.toBe('open');
  });

  test('answers rubbish with a code, and goes on', async () => {
    const socket = await openSocket(await openLink());
    for (const message of [
      null,
      undefined,
      1,
      'sale.get',
      [],
      [[]],
      {},
      { name: {} },
      { name: 'sale.get', request: 7 },
    ]) {
      expect(await ask(socket, message)).toMatch(/unknown_method|not_signed_in/);
    }
    expect(await ask(socket, { name: 'constructor' })).toBe('unknown_method');
    expect(await ask(socket, { name: 'status.get' })).toBe('ok');
  });

  test('bears calls that want no answer, other events and too many arguments', async () => {
    const socket = await openSocket(await openLink());
    socket.emit('call', { name: 'status.get' });
    socket.emit('call', { name: 'status.get' }, 'no function');
    socket.emit('call');
    socket.emit('nothing', { a: 1 });
    socket.emit('call', { name: 'status.get' }, 1, 2, 3, () => undefined);
    socket.emit('call', Buffer.from([1, 2, 3]));
    expect(await ask(socket, { name: 'status.get' })).toBe('ok');
  });

  test('a message that is too long ends its own line only', async () => {
    const cookie = await openLink();
    const [mad, calm] = [await openSocket(cookie), await openSocket(cookie)];
    const ended = new Promise((resolve) => mad.once('disconnect', resolve));
    mad.emit('call', { name: 'sale.scan', request: { code: 'x'.repeat(300_000) } });
    await ended;
    expect(await ask(calm, { name: 'status.get' })).toBe('ok');
    expect(await ask(await openSocket(cookie), { name: 'status.get' })).toBe('ok');
  });

  test('bytes that are no WebSocket end their own line only', async () => {
    const cookie = await openLink();
    const calm = await openSocket(cookie);
    const stranger = connect(host.port, '127.0.0.1');
    stranger.on('error', () => undefined);
    stranger.write(Buffer.from([0, 1, 2, 255, 254, 13, 10, 13, 10]));
    stranger.resume();
    await once(stranger, 'close');
    expect(await ask(calm, { name: 'status.get' })).toBe('ok');
  });

  test('lets go of what listens when the window closes', async () => {
    const cookie = await openLink();
    const socket = await openSocket(cookie);
    const other = await openSocket(cookie);
    socket.close();
    expect(await ask(other, { name: 'session.signIn', request: { pin: '1111' } })).toBe('ok');
    expect(await ask(other, { name: 'sale.addItem', request: { sku: 'WATER-STILL-001', quantity: 1 } })).toBe(
      'ok',
    );
    expect(till.logged.filter(({ msg }) => msg === 'push failed')).toEqual([]);
  });
});

describe('the port', () => {
  test('that is taken is an error with a code, and the till still opens on another', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as AddressInfo;
    const options = { terminal: till.terminal, screens };
    await expect(startBrowserHost({ ...options, port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    const other = await startBrowserHost({ ...options, port: 0 });
    expect(other.port).not.toBe(port);
    expect(other.link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/);
    await other.close();
    squatter.close();
  });

  test('listens on this PC only', async () => {
    // Any other address of 127/8 is this PC as well, and would answer if it listened on all of them.
    const elsewhere = connect({ host: '127.0.0.2', port: host.port });
    const [error] = (await once(elsewhere, 'error')) as [unknown];
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('closes with its lines', async () => {
    const socket = await openSocket(await openLink());
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    await host.close();
    await gone;
    host = await startBrowserHost({ terminal: till.terminal, port: 0, screens });
  });
});
