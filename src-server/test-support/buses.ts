/** One suite, three buses: `describe.each(TEST_BUSES)`. */
import { Redis } from 'ioredis';
import pg from 'pg';
import type { BusKind, EventBus } from '../bus/event-bus.ts';
import { openBus } from '../bus/open-bus.ts';
import { type Logger, SILENT } from '../logger.ts';
import { startTestPostgres } from './postgres.ts';
import { startTestRedis } from './redis.ts';

export interface TestBusServer {
  /** Of the server; empty where there is none. */
  readonly url: string;
  /** The bus of one server process. */
  connect(logger?: Logger): Promise<EventBus>;
  /** A stranger says this on the channel. */
  shout(message: string): Promise<void>;
  crash(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestBus {
  readonly kind: BusKind;
  startServer(this: void): Promise<TestBusServer>;
}

export const IN_PROCESS: TestBus = {
  kind: 'in_process',
  async startServer() {
    const nothing = () => Promise.resolve();
    return {
      url: '',
      connect: (logger = SILENT) => openBus({ logger }),
      shout: nothing,
      crash: nothing,
      start: nothing,
      stop: nothing,
    };
  },
};

export const POSTGRES: TestBus = {
  kind: 'postgres',
  async startServer() {
    const cluster = await startTestPostgres({ unsafeFast: true });
    return {
      ...cluster,
      connect: (logger = SILENT) => openBus({ postgresUrl: cluster.url, logger }),
      async shout(message) {
        const client = new pg.Client(cluster.url);
        await client.connect();
        await client.query('SELECT pg_notify($1, $2)', ['events', message]);
        await client.end();
      },
    };
  },
};

export const REDIS: TestBus = {
  kind: 'redis',
  async startServer() {
    const server = await startTestRedis({ password: 'sésame:@/' });
    return {
      ...server,
      // As in a real shop: both are configured, and Redis is preferred.
      connect: (logger = SILENT) =>
        openBus({ redisUrl: server.url, postgresUrl: 'postgres://127.0.0.1:1/none', logger }),
      async shout(message) {
        const client = new Redis(server.url);
        await client.publish('events', message);
        await client.quit();
      },
    };
  },
};

/** Those that several processes share. */
export const SHARED_BUSES = [POSTGRES, REDIS];
export const TEST_BUSES = [IN_PROCESS, ...SHARED_BUSES];
