import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SILENT } from '../logger.ts';
import { SHARED_BUSES, type TestBusServer } from '../test-support/buses.ts';
import { type LiveClient, type LiveNode, startLiveNode } from '../test-support/live-node.ts';
import { type RecordingLogger, recordingLogger } from '../test-support/recording-logger.ts';

const ROOM = 'STORE-001';
const SHORT_LIVED = fileURLToPath(new URL('../test-support/short-lived-node.ts', import.meta.url));
const soon = { timeout: 25_000, interval: 10 };

const say = (node: LiveNode, what: unknown) => node.io.of('/live').to(ROOM).emit('said', what);

/** Says something new until one is heard: what is said in a moment in which one end was away is lost, as in all of socket.io. */
async function reaches(from: LiveNode, client: LiveClient): Promise<void> {
  const said = new Set<unknown>();
  await vi.waitFor(() => {
    const word = Math.random();
    said.add(word);
    say(from, word);
    expect(client.heard.some((what) => said.has(what))).toBe(true);
  }, soon);
}

describe.each(SHARED_BUSES)('the cluster of live servers over $kind', ({ kind, startServer }) => {
  let server: TestBusServer;
  let logger: RecordingLogger;
  let nodes: LiveNode[];
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    await Promise.all(nodes.map((node) => node.close()));
  });

  const environment = () => ({
    REDIS_URL: kind === 'redis' ? server.url : '',
    DATABASE_URL: kind === 'postgres' ? server.url : '',
  });
  /** Two servers, each with a client in the room, that hear each other. */
  async function cluster(): Promise<{ here: LiveNode; there: LiveNode; local: LiveClient; far: LiveClient }> {
    logger = recordingLogger();
    const { REDIS_URL: redisUrl, DATABASE_URL: postgresUrl } = environment();
    const start = () => startLiveNode({ redisUrl, postgresUrl, logger });
    const [here, there] = await Promise.all([start(), start()]);
    nodes = [here, there];
    const [local, far] = [await here.join(ROOM), await there.join(ROOM)];
    await reaches(here, far);
    await reaches(there, local);
    // All that was said has arrived when the last of each has.
    say(here, 'last of here');
    say(there, 'last of there');
    await vi.waitFor(() => {
      for (const { heard } of [local, far]) {
        expect(heard).toEqual(expect.arrayContaining(['last of here', 'last of there']));
      }
    }, soon);
    local.heard.length = 0;
    far.heard.length = 0;
    return { here, there, local, far };
  }

  it('reaches a room on all servers, once each, in order, and no other room', async () => {
    const { here, there, local, far } = await cluster();
    const stranger = await there.join('STORE-002');
    const words = Array.from({ length: 200 }, (_, number) => number);
    for (const word of words) say(here, word);
    await vi.waitFor(() => {
      expect(far.heard.length).toBeGreaterThanOrEqual(words.length);
    }, soon);
    expect(far.heard).toEqual(words);
    expect(local.heard).toEqual(words);
    expect(stranger.heard).toEqual([]);
  });

  it('carries messages of every length around the limit of 8,000 bytes, and far above', async () => {
    const { here, far } = await cluster();
    const lengths = [...Array.from({ length: 400 }, (_, index) => 7_650 + index), 200_000];
    for (const length of lengths) say(here, 'x'.repeat(length));
    await vi.waitFor(() => {
      expect(far.heard).toHaveLength(lengths.length);
    }, soon);
    expect(far.heard.map((word) => String(word).length).sort((a, b) => a - b)).toEqual(lengths);
  });

  it('knows who is connected to the other servers', async () => {
    const { here } = await cluster();
    await vi.waitFor(async () => {
      expect(await here.io.of('/live').in(ROOM).fetchSockets()).toHaveLength(2);
    }, soon);
  });

  it('serves its own clients while its server is away, and all of them when it is back', async () => {
    const { here, there, local, far } = await cluster();
    for (let round = 0; round < 3; round += 1) {
      await server.crash();
      say(here, `away ${round}`);
      await vi.waitFor(() => {
        expect(local.heard).toContain(`away ${round}`);
      }, soon);
      await server.start();
      await Promise.all([reaches(here, far), reaches(there, local)]);
    }
    expect(local.socket.connected && far.socket.connected).toBe(true);
    const heard = new Set(far.heard);
    expect(far.heard).toHaveLength(heard.size);
    const said = logger.lines.filter(({ level }) => level !== 'debug');
    expect(said.length).toBeLessThanOrEqual(3 * 2 * 2);
    expect(said[0]).toMatchObject({ level: 'warn' });
  });

  it('reads on behind what is no message', async () => {
    const { here, far } = await cluster();
    await junk(kind, server.url);
    await reaches(here, far);
  });

  it('leaves nothing open, whether its server is there or not', async () => {
    nodes = [];
    const run = () => {
      const child = spawn(process.execPath, [SHORT_LIVED], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, ...environment() },
      });
      return { child, output: text(child.stdout), exit: exitOf(child) };
    };
    const first = run();
    first.child.stdin.end();
    expect([await first.exit, await first.output]).toEqual([0, 'said\nclosed\n']);

    const second = run();
    await once(second.child.stdout, 'data');
    await server.crash();
    second.child.stdin.end();
    expect([await second.exit, await second.output]).toEqual([0, 'said\nclosed\n']);
    await server.start();
  });
});

async function exitOf(child: ChildProcess): Promise<number | null> {
  await once(child, 'exit');
  return child.exitCode;
}

/** What a stranger, or another version, may leave where the messages are. */
async function junk(kind: string, url: string): Promise<void> {
  if (kind === 'redis') {
    const client = new Redis(url);
    await client.xadd('holdfast:live', '*', 'nsp', '/live', 'uid', 'x', 'type', '3');
    await client.xadd('holdfast:live', '*', 'nsp', '/live', 'uid', 'x', 'type', '3', 'data', '{"opts":1}');
    await client.xadd('holdfast:live', '*', 'nsp', '/live', 'uid', 'x', 'type', '99', 'data', '{');
    await client.xadd('holdfast:live', '*', 'what', 'ever');
    await client.publish('holdfast:live#/live#', 'junk');
    client.disconnect();
    return;
  }
  const client = new pg.Client(url);
  await client.connect();
  for (const payload of ['junk', '', '{}', '{"uid":"x","nsp":"/live","type":3}', '{"attachmentId":"-1"}']) {
    await client.query('SELECT pg_notify($1, $2)', ['holdfast#/live', payload]);
  }
  await client.end();
}

describe('the cluster adapter', () => {
  it('is none for one process alone', async () => {
    const node = await startLiveNode({ logger: SILENT });
    const client = await node.join(ROOM);
    await reaches(node, client);
    await node.close();
  });

  it('does not storm a Redis whose stream it cannot read, and reads it as soon as it can', async () => {
    const [, redis] = SHARED_BUSES;
    if (redis === undefined) throw new Error('no Redis');
    const server = await redis.startServer();
    const admin = new Redis(server.url);
    await admin.set('holdfast:live', 'not a stream');
    const node = await startLiveNode({ redisUrl: server.url, logger: SILENT });
    const other = await startLiveNode({ redisUrl: server.url, logger: SILENT });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const info = await admin.info('commandstats');
    expect(Number(/cmdstat_xread:calls=(\d+)/.exec(info)?.[1])).toBeLessThan(20);
    await admin.del('holdfast:live');
    await reaches(node, await other.join(ROOM));
    await Promise.all([node.close(), other.close()]);
    admin.disconnect();
    await server.stop();
  });
});
