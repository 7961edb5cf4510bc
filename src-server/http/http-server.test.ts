import { request as httpRequest } from 'node:http';
import { type Socket, connect } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import { SILENT } from '../logger.ts';
import { TEST_DATABASES, type TestDatabase } from '../test-support/databases.ts';
import { type MemoryLog, memoryLog } from '../test-support/memory-log.ts';
import { failures } from './failure-responses.ts';
import type { ReadinessCheck } from './health-routes.ts';
import { HttpFailure } from './http-failure.ts';
import { type HttpFrame, type RouteModule, createHttpServer } from './http-server.ts';

const ADMIN_KEY = 'a-key-for-tests-only';
const described = { summary: 'For tests', tags: ['tests'] };

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

function frameWith(
  modules: readonly RouteModule[],
  { log, checks = [] }: { log?: MemoryLog; checks?: readonly ReadinessCheck[] } = {},
): HttpFrame {
  return createHttpServer({ database, adminKey: ADMIN_KEY, logger: log?.logger ?? SILENT, modules, checks });
}

const running: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});
async function listen({ app }: HttpFrame): Promise<string> {
  running.push(app);
  return app.listen({ host: '127.0.0.1', port: 0 });
}

describe('a route', () => {
  it.each([
    ['who may call it', { schema: described }, /GET \/api\/x does not declare config.access/],
    ['a summary', { config: { access: 'public' }, schema: { tags: ['tests'] } }, /no summary/],
    ['tags', { config: { access: 'public' }, schema: { summary: 'For tests' } }, /no tags/],
  ] as const)('does not start without %s', async (_what, options, message) => {
    const { app } = frameWith([
      async (api) => {
        api.route({
          method: 'GET',
          url: '/api/x',
          ...('config' in options ? { config: options.config } : {}),
          schema: {
            ...options.schema,
            ...('tags' in options.schema ? { tags: [...options.schema.tags] } : {}),
          },
          handler: async () => ({}),
        });
      },
    ]);
    running.push(app);
    await expect(app.ready()).rejects.toThrow(message);
  });

  const sample: RouteModule = async (api) => {
    api.route({
      method: 'POST',
      url: '/api/things/:id',
      config: { access: 'admin' },
      schema: {
        ...described,
        params: z.object({ id: z.string().max(5) }),
        body: z.strictObject({ count: z.int() }),
        response: { 200: z.strictObject({ count: z.int() }), ...failures('not_found') },
      },
      handler: async ({ params, body }) => {
        switch (params.id) {
          case 'gone':
            throw new HttpFailure('not_found', 'There is no such thing');
          case 'other':
            // Not declared by the route: the caller must learn of it all the same.
            throw new HttpFailure('location_differs', 'It is elsewhere');
          case 'lib':
            // As Stripe's library throws them: the status is of an answer to us.
            throw Object.assign(new Error('of another server'), { statusCode: 402, code: 'card_declined' });
          case 'row':
            // Not of the request, which was checked before: of a row that is not what we take it for.
            return { count: z.int().parse('seven') };
          case 'bug':
            throw new Error(`defect with Bearer ${ADMIN_KEY}`);
          case 'wrong':
            return { count: 0.5 };
          default:
            return body;
        }
      },
    });
  };
  const ask = (url: string, id: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${url}/api/things/${id}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  it('takes what fits and refuses the rest with a reason', async () => {
    const url = await listen(frameWith([sample]));
    expect(await (await ask(url, 'fine', { count: 1 })).json()).toEqual({ count: 1 });
    for (const [id, body] of [
      ['fine', { count: '1' }],
      ['fine', { count: 1, more: 1 }],
      ['fine', {}],
      ['fine', []],
      ['too-long', { count: 1 }],
    ] as const) {
      const answer = await ask(url, id, body);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code: 'bad_request' });
    }
    const tooMuch = await ask(url, 'fine', { count: 1, more: 'x'.repeat(100_000) });
    expect([tooMuch.status, await tooMuch.json()]).toMatchObject([413, { code: 'too_large' }]);
    for (const type of ['text/csv', 'text/plain', 'application/jsonp']) {
      const other = await ask(url, 'fine', { count: 1 }, { 'content-type': type });
      expect([other.status, await other.json()]).toMatchObject([400, { code: 'bad_request' }]);
    }
  });

  it('refuses text that is no UTF-8 instead of guessing it', async () => {
    const url = await listen(frameWith([sample]));
    const answer = await fetch(`${url}/api/things/fine`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'content-type': 'application/json' },
      body: Buffer.from('{"count":1,"caf\u00e9":2}', 'latin1'),
    });
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { code: 'bad_request', message: 'The body is not UTF-8' },
    ]);
  });

  it('that is cut off by its sender is no failure of ours', async () => {
    const log = memoryLog();
    const url = new URL(await listen(frameWith([sample], { log })));
    const socket = connect(Number(url.port), url.hostname);
    socket.write(
      `POST /api/things/fine HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ADMIN_KEY}\r\n` +
        'content-type: application/json\r\ncontent-length: 100\r\n\r\n{"count"',
    );
    // The server has read it when it answers what came later.
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
    socket.destroy();
    await vi.waitUntil(() => log.lines.length > 0);
    expect(log.entries().map(({ level, code }) => [level, code])).toEqual([[20, 'bad_request']]);
  });

  it('answers each failure in one form, and logs its own ones with the id of the request', async () => {
    const log = memoryLog();
    const url = await listen(frameWith([sample], { log }));
    for (const [id, status, code] of [
      ['gone', 404, 'not_found'],
      ['other', 409, 'location_differs'],
      ['bug', 500, 'internal'],
      ['lib', 500, 'internal'],
      ['row', 500, 'internal'],
      ['wrong', 500, 'internal'],
    ] as const) {
      const answer = await ask(url, id, { count: 1 }, { 'x-request-id': `try-${id}` });
      expect(answer.headers.get('x-request-id')).toBe(`try-${id}`);
      expect([answer.status, await answer.json()]).toEqual([
        status,
        { code, message: expect.any(String) as unknown },
      ]);
      expect(log.entries().at(-1)).toMatchObject({
        level: status === 500 ? 50 : 20,
        requestId: `try-${id}`,
        statusCode: status,
        code,
        caller: 'admin',
        url: `/api/things/${id}`,
      });
    }
    expect(log.lines.join('')).toContain('defect with Bearer [secret]');
    expect(log.lines.join('')).not.toContain(ADMIN_KEY);
  });

  it.each(['', 'a b', 'x'.repeat(101), 'a"b', '-', '{}'])(
    'gets an id of our own instead of %j',
    async (id) => {
      const url = await listen(frameWith([]));
      const answer = await fetch(`${url}/healthz`, { headers: { 'x-request-id': id } });
      expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it('takes no body and no query where it declares none', async () => {
    const url = await listen(
      frameWith([
        async (api) => {
          api.route({
            method: 'DELETE',
            url: '/api/x',
            config: { access: 'public' },
            schema: { ...described, response: { 200: z.strictObject({}) } },
            handler: async () => ({}),
          });
        },
      ]),
    );
    const remove = async (query: string, body?: string) =>
      (
        await fetch(`${url}/api/x${query}`, {
          method: 'DELETE',
          ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
        })
      ).status;
    expect([await remove(''), await remove('', '{}'), await remove('', 'null')]).toEqual([200, 200, 200]);
    expect([await remove('?a=1'), await remove('', '{"a":1}'), await remove('', '[]')]).toEqual([
      400, 400, 400,
    ]);
  });
});

/** A connection that the server cuts with our bytes unread ends in a reset, behind the answer. */
async function allThatComes(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  await new Promise((resolve) => {
    socket.on('error', resolve).on('close', resolve);
  });
  return text;
}

describe('an unreadable request', () => {
  it.each([
    ['no HTTP', 'hello\r\n\r\n', 400],
    ['an unknown method', 'FROB / HTTP/1.1\r\nhost: x\r\n\r\n', 400],
    ['headers without end', `GET /healthz HTTP/1.1\r\nhost: x\r\na: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
    ['a zero byte in a header', 'GET /healthz HTTP/1.1\r\nhost: x\r\na: \0\r\n\r\n', 400],
    [
      'two lengths',
      'POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      400,
    ],
    ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
  ])('is answered in our form: %s', async (_what, sent, status) => {
    const url = new URL(await listen(frameWith([])));
    const socket = connect(Number(url.port), url.hostname);
    socket.write(sent);
    const answer = await allThatComes(socket);
    expect(answer.split(' ')[1]).toBe(String(status));
    if (sent.includes('host: x') || !sent.includes('HTTP/1.1')) {
      expect(JSON.parse(answer.slice(answer.indexOf('{')))).toMatchObject({ code: 'bad_request' });
    }
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
  });

  it.each(['/%', '/api/things/%c3%28', `/api/api-keys/${'x'.repeat(300)}/revoke`])(
    'has a bad address: %s',
    async (path) => {
      const url = await listen(frameWith([]));
      const answer = await fetch(url + path);
      expect([400, 404]).toContain(answer.status);
      expect(await answer.json()).toMatchObject({ code: expect.any(String) as unknown });
      expect(answer.headers.get('x-request-id')).toMatch(/./);
    },
  );
});

describe('readiness', () => {
  const check = (name: string, required: boolean, isWell: ReadinessCheck['isWell']) => ({
    name,
    required,
    isWell,
  });

  it('shows what may fail and fails with what may not', async () => {
    let bus = true;
    const checks = [
      check('bus', false, () => bus),
      check('broken', false, () => Promise.reject(new Error('broken'))),
      check('log', true, async () => true),
    ];
    const url = await listen(frameWith([], { checks }));
    const ready = async (): Promise<unknown> => (await fetch(`${url}/readyz`)).json();
    expect(await ready()).toEqual({ ok: true, database: 'pglite', checks: { bus: 'ok', broken: 'failing' } });
    bus = false;
    expect(await ready()).toMatchObject({ ok: true, checks: { bus: 'failing' } });
    const strict = await listen(frameWith([], { checks: [check('log', true, () => false)] }));
    const answer = await fetch(`${strict}/readyz`);
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'unavailable' }]);
  });
});

describe('a closing server', () => {
  /** A route whose answers wait until the test lets them go. */
  function slowModule() {
    let arrived: () => void = () => undefined;
    let release: () => void = () => undefined;
    const hasArrived = new Promise<void>((resolve) => (arrived = resolve));
    const mayAnswer = new Promise<void>((resolve) => (release = resolve));
    const module: RouteModule = async (api) => {
      api.route({
        method: 'GET',
        url: '/api/slow',
        config: { access: 'admin' },
        schema: { ...described, response: { 200: z.strictObject({ done: z.literal(true) }) } },
        handler: async () => {
          arrived();
          await mayAnswer;
          return { done: true as const };
        },
      });
    };
    return { module, hasArrived, release: () => release() };
  }
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };

  it('answers what is under way, refuses what comes, and lets go of every connection', async () => {
    const slow = slowModule();
    const frame = frameWith([slow.module]);
    const url = await listen(frame);
    const underWay = fetch(`${url}/api/slow`, { headers });
    await slow.hasArrived;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);

    frame.beginClosing();
    const refused = await fetch(`${url}/api/slow`, { headers });
    expect([refused.status, await refused.json()]).toMatchObject([503, { code: 'unavailable' }]);
    expect(refused.headers.get('connection')).toBe('close');
    expect((await fetch(`${url}/nothing`)).status).toBe(503);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(503);

    const closed = frame.app.close();
    slow.release();
    const answer = await underWay;
    expect([answer.status, await answer.json()]).toEqual([200, { done: true }]);
    expect(answer.headers.get('connection')).toBe('close');
    await closed;
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
  });

  it('refuses the next request of a connection that it has not closed yet, also after close() was called', async () => {
    const slow = slowModule();
    const frame = frameWith([slow.module]);
    const url = new URL(await listen(frame));
    // Two requests behind each other on one connection: the second arrives while the first is under way.
    const socket = connect(Number(url.port), url.hostname);
    const line = `GET /api/slow HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ADMIN_KEY}\r\n\r\n`;
    socket.write(line);
    await slow.hasArrived;
    frame.beginClosing();
    const closed = frame.app.close();
    socket.write(line);
    slow.release();
    const answers = await allThatComes(socket);
    await closed;
    expect(answers.startsWith('HTTP/1.1 200')).toBe(true);
    // Node answers the second or closes behind the first: in no case may it have run.
    expect(answers.match(/"done":true/g)).toHaveLength(1);
  });

  it('cuts a request that never ends', async () => {
    const { app, beginClosing } = createHttpServer({
      database,
      adminKey: ADMIN_KEY,
      logger: SILENT,
      modules: [],
      checks: [],
      cutAfterMs: 50,
    });
    running.push(app);
    const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
    const request = httpRequest(new URL('/api/api-keys', url), {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', 'content-length': '9' },
    });
    const failed = new Promise((resolve) => request.on('error', resolve));
    request.write('{');
    // The server has it when another that came later is answered.
    expect((await fetch(new URL('/healthz', url))).status).toBe(200);
    beginClosing();
    await app.close();
    expect(await failed).toBeInstanceOf(Error);
  });
});
