import type { Logger } from '../logger.ts';
import type { RecordedFork } from '../terminals/forks.ts';

/** To be called the first time only: a copy asks again each minute. */
export function logFork(logger: Logger, fork: RecordedFork): void {
  logger.warn(
    { ...fork },
    fork.kind === 'forked'
      ? 'another history came under the name of a terminal: is its data folder on two computers?'
      : 'an older copy of the data of a terminal has connected',
  );
}
