/** The driver for a PostgreSQL server: a pool of connections, one of them for each transaction. */
import { hash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { z } from 'zod';
import { copyStatement, copyText } from './copy-text.ts';
import type { Database, Queryable, SqlValue } from './database.ts';
import { DatabaseStartError } from './database-failure.ts';

const INT8 = 20;

/** node-postgres gives `bigint` as text; ours are sequence numbers and bottles, far below 2^53. */
const typeParsers = new pg.TypeOverrides();
typeParsers.setTypeParser(INT8, Number);

export interface PostgresOptions {
  readonly url: string;
  /** Connections at most; default 10. */
  readonly poolSize?: number;
  /** How long PostgreSQL, or the way to it, may be silent before a connection is given up; default one minute. */
  readonly answerWithinMs?: number;
  /** How long a transaction of ours may do nothing before PostgreSQL ends it; default one minute. */
  readonly idleAtMostMs?: number;
  /** Told of connections that die while idle: they are replaced, so this is for the log only. */
  readonly onIdleError?: (error: Error) => void;
}

const ANSWER_WITHIN_MS = 60_000;
/**
 * A process that hangs, or a machine that lost its power, in the middle of a transaction keeps its locks: no other process
 * could work for its subscribers, and no reader gets past its number in the log.
 */
const IDLE_AT_MOST_MS = 60_000;
/** A dead machine says nothing: a connection that nobody uses is asked by TCP, so that no transaction gets it. */
const ASK_AFTER_SILENCE_MS = 15_000;

/**
 * @throws {DatabaseStartError} `database_unreachable`
 */
export async function openPostgres(options: PostgresOptions): Promise<Database> {
  const { answerWithinMs = ANSWER_WITHIN_MS, idleAtMostMs = IDLE_AT_MOST_MS } = options;
  const pool = new pg.Pool({
    connectionString: options.url,
    max: options.poolSize ?? 10,
    connectionTimeoutMillis: 10_000,
    types: typeParsers,
    application_name: 'holdfast-server',
    keepAlive: true,
    keepAliveInitialDelayMillis: ASK_AFTER_SILENCE_MS,
  });
  // Without a listener a connection that dies while idle would end the process.
  pool.on('error', (error) => options.onIdleError?.(error));

  const begin = await chooseBegin(pool, idleAtMostMs).catch(async (error: unknown) => {
    await pool.end();
    throw new DatabaseStartError(
      'database_unreachable',
      `PostgreSQL does not answer (${error instanceof Error && error.message !== '' ? error.message : String(error)}). ` +
        'Check DATABASE_URL and that the server runs.',
      { cause: error },
    );
  });

  const soon = (text: string) => ({ text, query_timeout: answerWithinMs });

  async function transaction<Result>(work: (tx: Queryable) => Promise<Result>): Promise<Result> {
    const client = await pool.connect();
    let broken = false;
    // A connection that dies between two statements reports it here; the next statement rejects as well.
    const markBroken = () => {
      broken = true;
    };
    client.on('error', markBroken);
    try {
      await client.query(soon(begin));
      const result = await work(clientQueryable(client, answerWithinMs));
      const { command } = await client.query(soon('COMMIT'));
      // So PostgreSQL ends a transaction in which a statement failed, whatever `work` thought of that.
      if (command !== 'COMMIT') throw new Error('The transaction was rolled back instead of committed');
      return result;
    } catch (error) {
      await client.query(soon('ROLLBACK')).catch(markBroken);
      throw error;
    } finally {
      client.off('error', markBroken);
      // A connection whose state is unknown is thrown away, never handed to the next transaction.
      client.release(broken);
    }
  }

  let closing: Promise<void> | undefined;
  return {
    kind: 'postgres',
    ...queryable(pool, answerWithinMs),
    copyRows: (table, columns, rows) => transaction((tx) => tx.copyRows(table, columns, rows)),
    transaction,
    close() {
      closing ??= pool.end();
      return closing;
    },
  };
}

/**
 * An acknowledgement promises that the commit is on the disk. Where `synchronous_commit` was turned off for the
 * server, database or role, every transaction turns it on for itself; stronger settings (remote_apply) are kept.
 * All of it is said with BEGIN: that costs no round trip, and goes through a pooler.
 */
async function chooseBegin(pool: pg.Pool, idleAtMostMs: number): Promise<string> {
  const { rows } = await pool.query<{ synchronous_commit: string }>('SHOW synchronous_commit');
  return [
    'BEGIN',
    `SET LOCAL idle_in_transaction_session_timeout = ${idleAtMostMs}`,
    ...(rows[0]?.synchronous_commit === 'off' ? ['SET LOCAL synchronous_commit = on'] : []),
  ].join('; ');
}

function clientQueryable(client: pg.PoolClient, answerWithinMs: number): Queryable {
  return {
    ...queryable(client, answerWithinMs),
    async copyRows(table, columns, rows) {
      const stream = client.query(copyFrom(copyStatement(table, columns, 'STDIN')));
      await pipeline(Readable.from([copyText(rows)], { objectMode: false }), stream);
    },
  };
}

function queryable(target: pg.Pool | pg.PoolClient, answerWithinMs: number): Omit<Queryable, 'copyRows'> {
  return {
    async query<Row>(rowSchema: z.ZodType<Row>, sql: string, parameters: readonly SqlValue[] = []) {
      const { rows } = await target.query<Record<string, unknown>>(
        statement(sql, parameters, answerWithinMs),
      );
      return z.array(rowSchema).parse(rows);
    },
    async execute(sql, parameters = []) {
      const { rowCount } = await target.query(statement(sql, parameters, answerWithinMs));
      return rowCount ?? 0;
    },
  };
}

/**
 * Statements with parameters are prepared once a connection: PostgreSQL then parses them once, and plans those over all
 * months of the log a few times instead of always. Those without are DDL and the like: they run once, and take their time.
 */
function statement(
  sql: string,
  parameters: readonly SqlValue[],
  answerWithinMs: number,
): pg.QueryConfig & { readonly query_timeout?: number } {
  return parameters.length === 0
    ? { text: sql }
    : {
        name: hash('sha256', sql, 'base64url'),
        text: sql,
        values: [...parameters],
        query_timeout: answerWithinMs,
      };
}
