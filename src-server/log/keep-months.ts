/** Makes the coming months of the log while the server runs: it may run for longer than the months made at its start. */
import type { Database } from '../database/database.ts';
import { underSchemaLock } from '../database/migrate.ts';
import type { Logger } from '../logger.ts';
import { makeMonths } from './months.ts';

const LOOK_EVERY_MS = 6 * 60 * 60 * 1000;

export function keepMonths(database: Database, logger: Logger): { stop(): Promise<void> } {
  const look = () =>
    underSchemaLock(database, (tx) => makeMonths(tx, new Date())).catch((error: unknown) => {
      logger.error(
        { err: error },
        'the next months of the log could not be made; events of a month that is missing go to the default one',
      );
    });
  // Also now: the start gives way to who reads the log for long.
  let round = look();
  const timer = setInterval(() => {
    round = look();
  }, LOOK_EVERY_MS);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await round;
    },
  };
}
