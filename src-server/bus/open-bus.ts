/** Which bus a server has, by what it is configured with. */
import type { Logger } from '../logger.ts';
import type { EventBus } from './event-bus.ts';
import { inProcessBus } from './in-process-bus.ts';
import { openPostgresBus } from './postgres-bus.ts';
import { openRedisBus } from './redis-bus.ts';

export interface BusConfiguration {
  /** `REDIS_URL`; undefined and empty mean that there is none */
  readonly redisUrl?: string | undefined;
  /** `DATABASE_URL`; undefined and empty mean that the database is in this process, and then so is the bus */
  readonly postgresUrl?: string | undefined;
  readonly logger: Logger;
}

/** `REDIS_URL` is no URL of a Redis. A Redis that is merely away is no error: it costs latency. */
export class BusConfigurationError extends Error {
  readonly code = 'redis_url_invalid';

  constructor(options?: ErrorOptions) {
    super('REDIS_URL must look like redis://host:6379, or rediss://host:6379 for TLS.', options);
    this.name = 'BusConfigurationError';
  }
}

/** @throws {BusConfigurationError} */
export async function openBus({ redisUrl, postgresUrl, logger }: BusConfiguration): Promise<EventBus> {
  if (redisUrl !== undefined && redisUrl !== '') {
    return openRedisBus({ url: checkRedisUrl(redisUrl), logger });
  }
  if (postgresUrl !== undefined && postgresUrl !== '') return openPostgresBus({ url: postgresUrl, logger });
  return inProcessBus(logger);
}

/** ioredis takes any text for a host name and would look for it for ever. */
function checkRedisUrl(text: string): string {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) throw new BusConfigurationError();
  return text;
}
