/** Why the store cannot be opened. Each tells what to do; none is answered with a new, empty database. */
export type StoreErrorCode =
  | 'store_missing'
  | 'store_exists'
  | 'store_locked'
  | 'store_corrupt'
  | 'store_read_only'
  | 'store_newer'
  | 'store_settings_unreadable'
  | 'sqlite_too_old'
  | 'not_durable';

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

/** The `code` of an error that SQLite raised, such as `SQLITE_FULL`; undefined for any other error. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return error.code.startsWith('SQLITE_') ? error.code : undefined;
}
