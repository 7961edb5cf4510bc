/** How socket.io reaches the clients of the other server processes. One process alone needs nothing for that. */
import type { ServerOptions } from 'socket.io';
import type { Logger } from '../logger.ts';
import { openPostgresAdapter } from './postgres-adapter.ts';
import { openRedisAdapter } from './redis-adapter.ts';

export interface ClusterAdapter {
  /** For `new Server({ adapter })`; undefined is socket.io's own, in memory. */
  readonly adapter: ServerOptions['adapter'] | undefined;
  /** Lets go of the connections. After `io.close()`: only that ends the timers of the adapter. */
  close(): Promise<void>;
}

export interface ClusterAdapterOptions {
  /** undefined and empty mean that there is none */
  readonly redisUrl?: string | undefined;
  readonly postgresUrl?: string | undefined;
  readonly logger: Logger;
}

/**
 * While Redis or PostgreSQL is away, each process still reaches its own clients.
 * @throws {Error} of PostgreSQL, when it does not let us prepare its table
 */
export async function openClusterAdapter(options: ClusterAdapterOptions): Promise<ClusterAdapter> {
  const { redisUrl, postgresUrl, logger } = options;
  if (redisUrl !== undefined && redisUrl !== '') return openRedisAdapter({ url: redisUrl, logger });
  if (postgresUrl !== undefined && postgresUrl !== '')
    return openPostgresAdapter({ url: postgresUrl, logger });
  return { adapter: undefined, close: () => Promise.resolve() };
}
