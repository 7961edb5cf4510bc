/**
 * socket.io's maintained adapter over a Redis stream, and what it leaves to its caller: it ignores errors, so that a
 * connection that fails at once makes its reading loop spin, and one bad entry in the stream is read for ever.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createAdapter } from '@socket.io/redis-streams-adapter';
import type { Redis } from 'ioredis';
import type { Namespace } from 'socket.io';
import { createOutageLog } from '../bus/outage-log.ts';
import { CalmRedis, type RedisConnection, connectRedis } from '../bus/redis-connection.ts';
import type { Logger } from '../logger.ts';
import type { ClusterAdapter } from './cluster-adapter.ts';

/** Entries that the stream keeps, roughly: what a process may be behind before its clients miss something. */
const STREAM_LENGTH = 10_000;
/** Shorter than a connection may be silent before it is taken for dead. */
const BLOCK_MS = 2_000;
const AFTER_A_FAILED_READ_MS = 1_000;

export function openRedisAdapter({
  url,
  logger,
}: {
  readonly url: string;
  readonly logger: Logger;
}): ClusterAdapter {
  const outage = createOutageLog(
    logger,
    { adapter: 'redis' },
    {
      away: 'live messages cannot be sent to the clients of other server processes',
      back: 'live messages reach the clients of other server processes again',
    },
  );
  const away = new Set<string>();
  const connections: RedisConnection[] = [];

  function open(name: string, whileAway: 'refuse' | 'keep', Client?: typeof CalmRedis): Redis {
    const connection = connectRedis(
      {
        url,
        name,
        whileAway,
        onReady: () => {
          away.delete(name);
          if (away.size === 0) outage.ended();
        },
        onAway: (reason) => {
          away.add(name);
          outage.began(reason);
        },
      },
      Client,
    );
    connections.push(connection);
    return connection.client;
  }

  // What is sent while Redis is away fails at once, and socket.io serves this process' own clients.
  const publisher = open('holdfast-live-publisher', 'refuse');
  // The adapter asks for its readers with `duplicate`. They must wait for Redis instead of failing.
  let readers = 0;
  const client = Object.assign(publisher, {
    duplicate: () => open(`holdfast-live-reader-${(readers += 1)}`, 'keep', PatientReader),
  });
  let create: ReturnType<typeof createAdapter> | undefined;

  return {
    // No arrow: socket.io calls it with `new`.
    adapter: function adapterOf(namespace: Namespace) {
      // Not before: it reads until its last namespace ends.
      create ??= createAdapter(client, {
        streamName: 'holdfast:live',
        channelPrefix: 'holdfast:live',
        maxLen: STREAM_LENGTH,
        blockTimeInMs: BLOCK_MS,
      });
      const adapter = create(namespace);
      const take = adapter.onRawMessage.bind(adapter);
      adapter.onRawMessage = (message, offset) => {
        try {
          take(message, offset);
        } catch (error) {
          logger.debug(
            { adapter: 'redis', entry: offset, err: error },
            'an entry of the live stream is no message',
          );
        }
      };
      return adapter;
    },
    async close() {
      await Promise.all(connections.map((connection) => connection.close()));
    },
  };
}

/** Reads again after a failure without spinning, and never again once it is closed. */
class PatientReader extends CalmRedis {
  override sendCommand(...sent: Parameters<Redis['sendCommand']>): unknown {
    const [command] = sent;
    if (command.name !== 'xread') return super.sendCommand(...sent);
    if (this.status === 'end') return new Promise(() => undefined);
    super.sendCommand(...sent);
    const answer = command.promise.catch(async (error: unknown) => {
      await delay(AFTER_A_FAILED_READ_MS, undefined, { ref: false });
      throw error;
    });
    // ioredis sends a command that was under way once more by itself, and looks at no answer then.
    answer.catch(() => undefined);
    return answer;
  }
}
