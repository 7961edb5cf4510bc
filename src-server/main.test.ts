import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { adminClient } from './test-support/admin-client.ts';
import { pgliteFolder } from './test-support/databases.ts';
import { startTestPostgres } from './test-support/postgres.ts';
import { eventSource, pushOf } from './test-support/sale-events.ts';
import { type ServerProcess, spawnServer } from './test-support/server-process.ts';
import { connectTerminal, handshake } from './test-support/terminal-client.ts';

const ready = z.object({
  ready: z.literal(true),
  service: z.literal('server'),
  url: z.string(),
  pid: z.int(),
  database: z.enum(['pglite', 'postgres']),
});
const stockAnswer = z.object({ stock: z.array(z.object({ quantity: z.int() })) });

describe('the server as a process', () => {
  let folder: string;
  const started: ServerProcess[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-server-'));
    const prepared = await pgliteFolder();
    renameSync(prepared, join(folder, 'database'));
  });
  afterEach(async () => {
    for (const server of started.splice(0)) {
      server.kill('SIGKILL');
      await server.exit;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(
    args: readonly string[] = [],
    environment?: Record<string, string>,
  ): Promise<ServerProcess> {
    const server = await spawnServer(['--port', '0', '--data', folder, ...args], environment);
    started.push(server);
    return server;
  }
  const adminOf = (server: ServerProcess) =>
    adminClient(ready.parse(server.announcement).url, readFileSync(join(folder, 'admin.key'), 'utf8').trim());

  it('announces itself, keeps its key to itself, and stops on SIGTERM and SIGINT', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const server = await start();
      expect(ready.parse(server.announcement).database).toBe('pglite');
      expect(statSync(join(folder, 'admin.key')).mode & 0o777).toBe(0o600);
      expect(await adminOf(server).get('/api/terminals')).toMatchObject({ status: 200 });
      server.kill(signal);
      expect(await server.exit).toEqual({ code: 0, signal: null });
    }
  });

  it('loses and doubles nothing when it is killed in the middle of batches, again and again', async () => {
    const till = eventSource('T1', 'STORE-001');
    const batches = Array.from({ length: 24 }, () => [...till.sale(3), ...till.sale(3)]);
    const all = batches.flat();
    let server = await start();
    const token = await adminOf(server).enrol('T1', 'STORE-001');
    let acknowledged = 0;

    for (let kill = 1; kill <= 3; kill += 1) {
      const terminal = await connectTerminal(ready.parse(server.announcement).url, handshake('T1', token));
      const hello = await terminal.hello();
      // What was acknowledged is there; what was not may be.
      expect(hello.ok && hello.ackedThrough).toBeGreaterThanOrEqual(acknowledged);
      const from = hello.ok ? hello.ackedThrough : 0;
      const pushes = [0, 1, 2, 3].map(async (batch) => {
        const events = all.slice(from + batch * 14, from + batch * 14 + 14);
        const reply = await terminal.push(pushOf(events)).catch(() => undefined);
        if (reply?.ok === true) acknowledged = Math.max(acknowledged, reply.ackedThrough);
      });
      // In flight: the first is answered, the others are somewhere between the socket and the disk.
      await pushes[0];
      server.kill('SIGKILL');
      await server.exit;
      terminal.close();
      server = await start();
    }

    const terminal = await connectTerminal(ready.parse(server.announcement).url, handshake('T1', token));
    const hello = await terminal.hello();
    const rest = all.slice(hello.ok ? hello.ackedThrough : 0);
    expect(await terminal.push(pushOf(rest))).toEqual({ ok: true, ackedThrough: all.length });
    terminal.close();
    const admin = adminOf(server);
    expect((await admin.get('/api/terminals/T1/verify-chain')).body).toEqual({
      events: all.length,
      whole: true,
    });
    const { stock } = stockAnswer.parse((await admin.get('/api/stock?location_id=STORE-001')).body);
    expect(stock.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(-24 * 2 * 3);
  }, 60_000);

  it('says in one line that a port is taken', async () => {
    const blocker = createServer();
    await new Promise<void>((resolve) => {
      blocker.listen(0, '127.0.0.1', resolve);
    });
    const address = blocker.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const server = await start(['--port', port]);
    expect(server.announcement).toMatchObject({ ready: false, service: 'server', code: 'port_taken' });
    expect(await server.exit).toEqual({ code: 1, signal: null });
    blocker.close();
  });

  it('refuses the folder of a running server, and takes it over when that one was killed', async () => {
    const first = await start();
    const second = await start();
    expect(second.announcement).toMatchObject({ ready: false, code: 'data_in_use' });
    expect((await second.exit).code).toBe(1);
    first.kill('SIGKILL');
    await first.exit;
    expect(ready.safeParse((await start()).announcement).success).toBe(true);
  });

  it('refuses a damaged database with the way out', async () => {
    rmSync(join(folder, 'database', 'pgdata', 'global'), { recursive: true });
    const server = await start();
    expect(server.announcement).toMatchObject({
      ready: false,
      code: 'database_damaged',
      message: expect.stringContaining('Move the folder away') as string,
    });
    expect((await server.exit).code).toBe(1);
  });

  it('refuses a folder that is a file', async () => {
    rmSync(join(folder, 'database'), { recursive: true });
    mkdirSync(join(folder, 'admin.key'));
    const server = await start();
    expect(server.announcement).toMatchObject({ ready: false, code: 'data_not_writable' });
    expect((await server.exit).code).toBe(1);
  });

  it('uses PostgreSQL when DATABASE_URL names one, and says so when it does not answer', async () => {
    const cluster = await startTestPostgres({ unsafeFast: true });
    try {
      const server = await start([], { DATABASE_URL: cluster.url });
      expect(ready.parse(server.announcement).database).toBe('postgres');
      server.kill('SIGTERM');
      expect(await server.exit).toEqual({ code: 0, signal: null });
    } finally {
      await cluster.stop();
    }
    const server = await start([], { DATABASE_URL: cluster.url });
    expect(server.announcement).toMatchObject({ ready: false, code: 'database_unreachable' });
  });
});
