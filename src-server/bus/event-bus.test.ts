import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { SHARED_BUSES, TEST_BUSES, type TestBusServer } from '../test-support/buses.ts';
import { startFreezingProxy } from '../test-support/freezing-proxy.ts';
import { recordingLogger } from '../test-support/recording-logger.ts';
import type { Envelope, EventBus } from './event-bus.ts';
import { openBus } from './open-bus.ts';
import { openPostgresBus } from './postgres-bus.ts';
import { openRedisBus } from './redis-bus.ts';

const EVENT: Envelope = {
  event: 'order.completed',
  order_id: 'ORD-12345',
  data: { note: 'x'.repeat(1_000) },
};
const SHORT_LIVED = fileURLToPath(new URL('../test-support/short-lived-bus.ts', import.meta.url));

const soon = { timeout: 20_000, interval: 5 };
const up = (...buses: EventBus[]) =>
  vi.waitFor(() => {
    expect(buses.map((bus) => bus.isUp())).not.toContain(false);
  }, soon);
const down = (...buses: EventBus[]) =>
  vi.waitFor(() => {
    expect(buses.map((bus) => bus.isUp())).not.toContain(true);
  }, soon);
const called = (listener: { mock: { calls: unknown[] } }, times = 1) =>
  vi.waitFor(() => {
    expect(listener.mock.calls.length).toBeGreaterThanOrEqual(times);
  }, soon);

const opened: EventBus[] = [];
/** Opened, and past the wake that tells of it: the next one is for what comes. */
async function quiet(opening: Promise<EventBus>): Promise<EventBus> {
  const bus = await opening;
  opened.push(bus);
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
  return bus;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((bus) => bus.close()));
});

function listen(bus: EventBus): ReturnType<typeof vi.fn<() => void>> {
  const wake = vi.fn<() => void>();
  bus.onWake(wake);
  return wake;
}

/** Long enough for what is on its way to arrive; nothing is expected, so nothing can be waited for. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 150));

describe.each(TEST_BUSES)('the bus: $kind', ({ kind, startServer }) => {
  let server: TestBusServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());

  /** Two server processes, where there can be two. */
  async function processes(): Promise<[EventBus, EventBus]> {
    const first = await quiet(server.connect());
    return [first, kind === 'in_process' ? first : await quiet(server.connect())];
  }

  it('is what was configured, and up', async () => {
    const [bus] = await processes();
    expect([bus.kind, bus.isUp()]).toEqual([kind, true]);
  });

  it('wakes every listener of every process', async () => {
    const [first, second] = await processes();
    const listeners = [listen(first), listen(first), listen(second), listen(second)];
    first.announce([EVENT]);
    await Promise.all(listeners.map((wake) => called(wake)));
  });

  it('wakes nobody inside of the call that announces', async () => {
    const [bus] = await processes();
    const wake = listen(bus);
    bus.announce([EVENT]);
    expect(wake).not.toHaveBeenCalled();
    await called(wake);
  });

  it('has nothing to say of no events', async () => {
    const [bus] = await processes();
    const wake = listen(bus);
    bus.announce([]);
    await settle();
    expect(wake).not.toHaveBeenCalled();
  });

  it('takes a burst of 10,000 announcements, and wakes after the last of them', async () => {
    const [first, second] = await processes();
    const wake = listen(second);
    let announced = 0;
    let seen = 0;
    second.onWake(() => {
      seen = announced;
    });
    while (announced < 10_000) {
      first.announce([EVENT]);
      announced += 1;
      // As a server that is busy: many in one turn of the event loop, and many turns.
      if (announced % 500 === 0) await new Promise(setImmediate);
    }
    await vi.waitFor(() => {
      expect(seen).toBe(10_000);
    }, soon);
    expect(wake.mock.calls.length).toBeLessThan(10_000);
  });

  it('does not wake who has stopped listening, and still wakes the others', async () => {
    const [first, second] = await processes();
    const stays = listen(second);
    const goes = vi.fn<() => void>();
    const stop = second.onWake(goes);
    const twice = second.onWake(goes);
    stop();
    twice();
    first.announce([EVENT]);
    stop();
    await called(stays);
    expect(goes).not.toHaveBeenCalled();
  });

  it('does not let a listener that fails hurt the others, and says so', async () => {
    const logger = recordingLogger();
    const bus = await quiet(server.connect(logger));
    bus.onWake(() => {
      throw new Error('of the listener');
    });
    const wake = listen(bus);
    bus.announce([EVENT]);
    await called(wake);
    expect(logger.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'a listener of the event bus failed' }),
    );
  });

  it('closes once, and does nothing afterwards', async () => {
    const [first, second] = await processes();
    const [wake, other] = [listen(first), listen(second)];
    await Promise.all([first.close(), first.close()]);
    await first.close();
    first.announce([EVENT]);
    first.onWake(wake)();
    await settle();
    expect(wake).not.toHaveBeenCalled();
    expect(first.isUp()).toBe(false);
    expect(other).not.toHaveBeenCalled();
  });

  it('leaves nothing open that would keep a process from ending', async () => {
    expect(await runShortLived(kind, server.url)).toEqual({ stdout: `${kind} closed\n`, stderr: '' });
  });
});

function runShortLived(kind: string, url: string): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(process.execPath, [SHORT_LIVED], {
    env: {
      ...process.env,
      REDIS_URL: kind === 'redis' ? url : '',
      DATABASE_URL: kind === 'postgres' ? url : '',
    },
  });
}

describe.each(SHARED_BUSES)('the bus over a server that dies: $kind', ({ kind, startServer }) => {
  let server: TestBusServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    await server.crash().catch(() => undefined);
    await server.start();
  });

  it('goes down and up again, wakes once it is back, and says each once', async () => {
    const logger = recordingLogger();
    const [first, second] = [await quiet(server.connect()), await quiet(server.connect(logger))];
    const wake = listen(second);

    await server.crash();
    await down(first, second);
    expect(wake).not.toHaveBeenCalled();
    await settle();
    await server.start();
    await up(first, second);
    await called(wake);
    expect(logger.lines.map(({ level, message }) => `${level}: ${message.split(':')[0]}`)).toEqual([
      'warn: the event bus cannot be reached',
      'info: the event bus is back',
    ]);

    await settle();
    wake.mockClear();
    first.announce([EVENT]);
    await called(wake);
  });

  it('drops what is announced meanwhile: it is not kept, and not said late', async () => {
    const [first, second] = [await quiet(server.connect()), await quiet(server.connect())];
    const [own, other] = [listen(first), listen(second)];
    await server.crash();
    await down(first, second);

    const before = process.memoryUsage().heapUsed;
    for (let round = 0; round < 200; round += 1) first.announce(Array.from({ length: 500 }, () => EVENT));
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(50 * 1024 * 1024);
    // Our own subscribers need no server to be woken.
    await called(own);
    expect(other).not.toHaveBeenCalled();

    await server.start();
    await up(first, second);
    await called(other);
    await settle();
    expect(other.mock.calls.length).toBeLessThanOrEqual(2);
  });

  it('does not keep a server from starting, and is there when its server is', async () => {
    await server.crash();
    const logger = recordingLogger();
    const bus = await quiet(server.connect(logger));
    const wake = vi.fn<() => void>();
    bus.onWake(wake);
    expect(bus.isUp()).toBe(false);
    bus.announce([EVENT]);
    await called(wake);
    await server.start();
    await up(bus);
    await called(wake, 2);
    expect(logger.lines.map(({ level }) => level)).toEqual(['warn', 'info']);
  });

  it('closes while its server is away, and leaves nothing open', async () => {
    const bus = await quiet(server.connect());
    await server.crash();
    await down(bus);
    await bus.close();
    expect(bus.isUp()).toBe(false);
    const { stdout, stderr } = await runShortLived(kind, server.url);
    expect(stdout).toBe(`${kind} closed\n`);
    expect(stderr).toMatch(/^the event bus cannot be reached: [^\n]*\n$/);
  });

  it('survives many announcements on their way when the server dies', async () => {
    const bus = await quiet(server.connect());
    const wake = listen(bus);
    const stop = setInterval(() => {
      bus.announce(Array.from({ length: 500 }, () => EVENT));
    }, 1);
    await called(wake, 5);
    await server.crash();
    await down(bus);
    clearInterval(stop);
    await server.start();
    await up(bus);
    await settle();
    wake.mockClear();
    bus.announce([EVENT]);
    await called(wake);
  });

  it('is woken by what strangers say, and by nothing else moved', async () => {
    const logger = recordingLogger();
    const bus = await quiet(server.connect(logger));
    const huge = kind === 'redis' ? 'x'.repeat(8 * 1024 * 1024) : 'x'.repeat(7_900);
    for (const message of ['', 'not JSON', '{"event":', '[]', '{"event":{"toString":1}}', '\u0001', huge]) {
      const wake = listen(bus);
      await server.shout(message);
      await called(wake);
    }
    expect(bus.isUp()).toBe(true);
    expect(logger.lines).toEqual([]);
  });

  it('notices a server that has fallen silent without hanging up', async () => {
    const proxy = await startFreezingProxy(Number(new URL(server.url).port));
    const url = new URL(server.url);
    url.port = String(proxy.port);
    const options = {
      url: url.href,
      logger: recordingLogger(),
      pulse: { askEveryMs: 50, answerWithinMs: 500 },
    };
    const bus = await quiet(kind === 'redis' ? openRedisBus(options) : openPostgresBus(options));
    try {
      const wake = listen(bus);
      proxy.freeze();
      await down(bus);
      await up(bus);
      await called(wake);
    } finally {
      await bus.close();
      await proxy.close();
    }
  });
});

describe('the configuration of the bus', () => {
  it.each(['localhost:6379', 'http://localhost', 'redis://[', 'postgres://x/y'])(
    'refuses %s as REDIS_URL in words',
    async (redisUrl) => {
      await expect(openBus({ redisUrl, logger: recordingLogger() })).rejects.toMatchObject({
        code: 'redis_url_invalid',
      });
    },
  );
});
