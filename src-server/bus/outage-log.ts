/** Says once that a service is away, and once that it is back, however many attempts fail in between. */
import { errorCode } from '../database/database-failure.ts';
import type { Logger } from '../logger.ts';

export interface OutageLog {
  /** `reason` is the error that told us, where there was one. */
  began(reason: unknown): void;
  ended(): void;
}

export interface OutageWords {
  /** Why nobody needs to get up at night, as far as that is true. */
  readonly away: string;
  readonly back: string;
}

export function createOutageLog(logger: Logger, fields: object, words: OutageWords): OutageLog {
  let away = false;
  return {
    began(reason) {
      if (away) return;
      away = true;
      logger.warn({ ...fields, reason: inWords(reason) }, words.away);
    },
    ended() {
      if (!away) return;
      away = false;
      logger.info(fields, words.back);
    },
  };
}

/** Never the error itself: ioredis hangs the command on it that failed, and that may be the one with the password. */
function inWords(reason: unknown): string {
  if (!(reason instanceof Error)) return 'the connection was closed';
  // Where a name has two addresses and neither answers, the message is empty.
  return reason.message === '' ? (errorCode(reason) ?? reason.name) : reason.message;
}
