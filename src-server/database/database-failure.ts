/** Tells apart the ways a statement can fail, by SQLSTATE (PostgreSQL, appendix A) or by the socket's error code. */
export type StatementFailure =
  /** A value that the column cannot hold: repeating it cannot help. */
  | 'bad_value'
  /** The row exists already. */
  | 'conflict'
  /** The database is away, shutting down, out of space, or chose us as the victim of a deadlock: try again. */
  | 'unavailable'
  /** A defect of ours. */
  | 'defect';

const SOCKET_ERRORS: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOENT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** A standby after a failover (read_only_sql_transaction), and a transaction that did nothing for too long, or took too long. */
const ENDED_BY_THE_SERVER: ReadonlySet<string> = new Set(['25006', '25P03', '25P04']);

export function classifyFailure(error: unknown): StatementFailure {
  const code = errorCode(error);
  if (code === undefined) return isLostConnection(error) ? 'unavailable' : 'defect';
  if (SOCKET_ERRORS.has(code)) return 'unavailable';
  if (code === '23505') return 'conflict';
  if (ENDED_BY_THE_SERVER.has(code)) return 'unavailable';
  switch (code.slice(0, 2)) {
    // data exception; program limit exceeded (a value nested too deep, a row too large)
    case '22':
    case '54':
      return 'bad_value';
    // connection, rollback (serialization, deadlock), resources, not in a state, operator, system
    case '08':
    case '40':
    case '53':
    case '55':
    case '57':
    case '58':
      return 'unavailable';
    default:
      return 'defect';
  }
}

/** The SQLSTATE of a PostgreSQL error or the `code` of a Node error. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** node-postgres and PGlite report a connection that went away by message only. */
function isLostConnection(error: unknown): boolean {
  return (
    error instanceof Error &&
    /connection terminated|timeout exceeded when trying to connect|query read timeout|client has encountered a connection error|not queryable|is clos(ed|ing)|after calling end/i.test(
      error.message,
    )
  );
}

/** Why the database cannot be opened. Closed, because the command line turns each into a sentence and exit code. */
export type DatabaseStartCode =
  /** Another process holds the folder. */
  | 'data_in_use'
  /** The folder cannot be created or written. */
  | 'data_not_writable'
  /** There is a database that cannot be read. It is left as it is. */
  | 'database_damaged'
  /** PostgreSQL does not answer or refuses us. */
  | 'database_unreachable'
  /** The schema was made by a later version, or a migration's text was altered. */
  | 'schema_mismatch';

export class DatabaseStartError extends Error {
  readonly code: DatabaseStartCode;

  constructor(code: DatabaseStartCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DatabaseStartError';
    this.code = code;
  }
}
