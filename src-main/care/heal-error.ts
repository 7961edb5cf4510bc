/**
 * - `not_damaged`: there is nothing to heal.
 * - `no_good_backup`: none is there, or none can be read; the message says what was wrong with each.
 * - `no_server`: what happened since the backup is nowhere else.
 * - `no_identity`: an empty store can be made only for a till whose name and token are known.
 */
export type HealErrorCode = 'not_damaged' | 'no_good_backup' | 'no_server' | 'no_identity';

/** Nothing was moved or changed. */
export class HealError extends Error {
  readonly code: HealErrorCode;

  constructor(code: HealErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'HealError';
    this.code = code;
  }
}
