import { readFileSync, readdirSync } from 'node:fs';
import { inspect } from 'node:util';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { decodeEvent, encodeEvent } from '#domain/events/event-wire.ts';
import { SILENT } from '../logger.ts';
import { startFreezingProxy } from '../test-support/freezing-proxy.ts';
import { recordingLogger } from '../test-support/recording-logger.ts';
import { type TestRedis, startTestRedis } from '../test-support/redis.ts';
import type { Envelope, EventBus } from './event-bus.ts';
import { openRedisBus } from './redis-bus.ts';

const CONTRACTS = new URL('../../src-domain/events/contracts/', import.meta.url);
const samples = readdirSync(CONTRACTS).map((name): unknown =>
  JSON.parse(readFileSync(new URL(name, CONTRACTS), 'utf8')),
);
const EVENT: Envelope = {
  event: 'order.completed',
  order_id: 'ORD-12345',
  data: { note: 'x'.repeat(1_000) },
};
const soon = { timeout: 20_000, interval: 5 };

let server: TestRedis;
beforeAll(async () => {
  server = await startTestRedis();
});
afterAll(() => server.stop());

async function withBus(work: (bus: EventBus) => Promise<void>): Promise<void> {
  const bus = await openRedisBus({ url: server.url, logger: SILENT });
  try {
    await work(bus);
  } finally {
    await bus.close();
  }
}

/** One figure of Redis' INFO. */
async function figure(name: string): Promise<number> {
  const client = new Redis(server.url);
  const info = await client.info('all');
  client.disconnect();
  return Number(new RegExp(`^${name}(\\d+)`, 'm').exec(info)?.[1] ?? 0);
}

describe('the Redis bus', () => {
  it("says each event as the seed's envelope, byte for byte, in order", async () => {
    const plain = new Redis(server.url);
    const heard: string[] = [];
    await plain.subscribe('events');
    plain.on('message', (_channel, message) => heard.push(message));
    await withBus(async (bus) => {
      bus.announce(
        samples.map((sample) => {
          const { event, timestamp, locationId } = decodeEvent(sample);
          return encodeEvent(event, { timestamp, locationId: locationId ?? 'STORE-001' });
        }),
      );
      await vi.waitFor(() => {
        expect(heard).toHaveLength(samples.length);
      }, soon);
    });
    expect(samples.length).toBeGreaterThanOrEqual(7);
    expect(heard).toEqual(samples.map((sample) => JSON.stringify(sample)));
    plain.disconnect();
  });

  it('sends a batch of 500 events in few writes', async () => {
    await withBus(async (bus) => {
      const [reads, published] = [await figure('total_reads_processed:'), await publishCalls()];
      bus.announce(Array.from({ length: 500 }, () => EVENT));
      await vi.waitFor(async () => {
        expect((await publishCalls()) - published).toBe(500);
      }, soon);
      // Redis reads 16 KB and more at a time; the questions of this test are among them.
      expect((await figure('total_reads_processed:')) - reads).toBeLessThan(200);
    });
  });

  it('says nothing of an outage when it is over', async () => {
    await withBus(async (bus) => {
      const flood = setInterval(() => {
        bus.announce(Array.from({ length: 100 }, () => EVENT));
      }, 1);
      await server.crash();
      await vi.waitFor(() => {
        expect(bus.isUp()).toBe(false);
      }, soon);
      clearInterval(flood);
      bus.announce(Array.from({ length: 5_000 }, () => EVENT));
      await server.start();
      await vi.waitFor(() => {
        expect(bus.isUp()).toBe(true);
      }, soon);
      bus.announce([EVENT]);
      await vi.waitFor(async () => {
        expect(await publishCalls()).toBeGreaterThan(0);
      }, soon);
      // Redis came back with its counters at 0: only what was announced since is counted.
      expect(await publishCalls()).toBe(1);
    });
  });

  it('does not write a wrong password into the log', async () => {
    const guarded = await startTestRedis({ password: 'the right one' });
    const logger = recordingLogger();
    const url = new URL(guarded.url);
    url.password = 'hunter2hunter2';
    const bus = await openRedisBus({ url: url.href, logger });
    await bus.close();
    await guarded.stop();
    expect(logger.lines).toEqual([expect.objectContaining({ level: 'warn' })]);
    expect(JSON.stringify(logger.lines)).toContain('WRONGPASS');
    expect(inspect(logger.lines, { depth: 20 })).not.toContain('hunter2');
  });

  it('keeps a bounded backlog for a Redis that is slow, and says so once', async () => {
    const proxy = await startFreezingProxy(Number(new URL(server.url).port));
    const logger = recordingLogger();
    const bus = await openRedisBus({
      url: `redis://127.0.0.1:${proxy.port}`,
      logger,
      pulse: { askEveryMs: 60_000, answerWithinMs: 2_000 },
    });
    proxy.freeze();
    const before = process.memoryUsage().heapUsed;
    for (let round = 0; round < 200; round += 1) bus.announce(Array.from({ length: 500 }, () => EVENT));
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(64 * 1024 * 1024);
    expect(logger.lines.map(({ message }) => message)).toEqual([
      'Redis is slow: some events are not announced',
    ]);
    await bus.close();
    await proxy.close();
  });
});

const publishCalls = () => figure('cmdstat_publish:calls=');
