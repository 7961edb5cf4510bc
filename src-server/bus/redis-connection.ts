/** Connections to Redis that survive its death: they come back by themselves, notice silence, and never throw. */
import { Redis, type RedisOptions } from 'ioredis';
import { type Pulse, USUAL_PULSE } from './pulse.ts';
import { createReconnectWait } from './reconnect-wait.ts';

export interface RedisConnection {
  readonly client: Redis;
  /** Hangs up. Resolves when nothing is left of it. */
  close(): Promise<void>;
}

export interface RedisConnectionOptions {
  /** `redis://` or, with TLS, `rediss://`, with user and password where there are any. */
  readonly url: string;
  /** As Redis shows it in CLIENT LIST. */
  readonly name: string;
  /**
   * What happens to a command while Redis is away. `refuse`: it fails at once, so nothing piles up and nothing is said
   * late. `keep`: it waits, for the few commands that must not be given up, such as a subscription.
   */
  readonly whileAway: 'refuse' | 'keep';
  readonly pulse?: Pulse;
  readonly onReady?: () => void;
  /** Each attempt that fails and each connection that is lost, with the error where there is one. */
  readonly onAway?: (reason: unknown) => void;
}

const CONNECT_WITHIN_MS = 5_000;
const GOODBYE_WITHIN_MS = 1_000;

/**
 * ioredis sends some commands itself, such as the subscriptions after a reconnection, and lets nobody catch what becomes
 * of them. One that fails because Redis dies again in that moment would end the process.
 */
export class CalmRedis extends Redis {
  override sendCommand(...sent: Parameters<Redis['sendCommand']>): unknown {
    sent[0].promise.catch(() => undefined);
    return super.sendCommand(...sent);
  }
}

/** @param Client for a caller that needs other manners than {@link CalmRedis} has */
export function connectRedis(
  options: RedisConnectionOptions,
  Client: new (url: string, options: RedisOptions) => CalmRedis = CalmRedis,
): RedisConnection {
  const { pulse = USUAL_PULSE } = options;
  const wait = createReconnectWait();
  const keep = options.whileAway === 'keep';
  let reason: unknown;
  const client = new Client(options.url, {
    connectionName: options.name,
    connectTimeout: CONNECT_WITHIN_MS,
    // Hangs up, and so comes back, when a question has no answer for so long.
    socketTimeout: pulse.answerWithinMs,
    disconnectTimeout: GOODBYE_WITHIN_MS,
    keepAlive: pulse.askEveryMs,
    retryStrategy: () => wait.next(),
    enableOfflineQueue: keep,
    autoResubscribe: keep,
    // 0: what was under way when the line broke fails then, instead of being sent again later.
    maxRetriesPerRequest: keep ? null : 0,
  });
  const asking = setInterval(() => {
    // Without an answer the connection is cut, and its end is what is told.
    if (client.status === 'ready') client.ping().catch(() => undefined);
  }, pulse.askEveryMs);

  client.on('error', (error) => {
    reason = error;
  });
  client.on('ready', () => {
    wait.connected();
    options.onReady?.();
  });
  client.on('close', () => {
    options.onAway?.(reason);
    reason = undefined;
  });

  return {
    client,
    close() {
      clearInterval(asking);
      return hangUp(client);
    },
  };
}

/** Between two attempts there is no line to wait for, and `end` never comes. */
function hangUp(client: Redis): Promise<void> {
  const lineIsUp = ['connecting', 'connect', 'ready'].includes(client.status);
  return new Promise((resolve) => {
    if (lineIsUp) client.once('end', resolve);
    else resolve();
    client.disconnect();
  });
}
