/**
 * Two kinds of handle on one database. A function that takes a ReadHandle cannot write by mistake: the type
 * has no way to, and the connection behind a reader that was opened as such is read-only as well.
 */
import type Database from 'better-sqlite3';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';

type Drizzle = BetterSQLite3Database;

/** Queries only. */
export interface ReadHandle {
  readonly query: Pick<Drizzle, 'select' | 'selectDistinct' | '$with' | 'with'>;
  /** For what drizzle cannot say (FTS5). @throws {TypeError} when the statement is no query, or one that writes */
  prepareRead<Parameters extends unknown[], Row>(sql: string): Database.Statement<Parameters, Row>;
}

/** The one writer. Its transactions begin IMMEDIATE, so that a lock is waited for at the start and not met in the middle. */
export interface WriteHandle extends ReadHandle {
  readonly write: Pick<Drizzle, 'insert' | 'update' | 'delete'>;
  /** Runs `work` in one transaction; it is on the disk when this returns. Never async: SQLite's transaction would end at the first await. */
  transaction<Result>(work: () => Result): Result;
  readonly connection: Database.Database;
}

export function readHandle(connection: Database.Database, query: Drizzle): ReadHandle {
  return { query, prepareRead: (sql) => onlyReading(connection.prepare(sql)) };
}

/** The writer's connection has `prepareRead` too, and would run an INSERT … RETURNING without a word. */
function onlyReading<Prepared extends Pick<Database.Statement, 'readonly' | 'reader' | 'source'>>(
  statement: Prepared,
): Prepared {
  if (statement.readonly && statement.reader) return statement;
  throw new TypeError(`Not a query that only reads: ${statement.source}`);
}

export function writeHandle(connection: Database.Database, drizzle: Drizzle): WriteHandle {
  const runInTransaction = connection.transaction((work: () => unknown) => work());
  return {
    ...readHandle(connection, drizzle),
    write: drizzle,
    connection,
    transaction: <Result>(work: () => Result) => runInTransaction.immediate(work) as Result,
  };
}
