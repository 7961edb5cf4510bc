import type { Database, Queryable } from './database.ts';

/**
 * Everything that `work` reads is of one moment, however many statements it takes: that of its first one. It writes nothing,
 * so it waits for nobody, nobody waits for it, and it has no number in the order of the log.
 */
export async function readMoment<Result>(
  database: Database,
  work: (tx: Queryable) => Promise<Result>,
): Promise<Result> {
  return database.transaction(async (tx) => {
    await tx.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    return work(tx);
  });
}

/**
 * As {@link readMoment}, with somebody beside it who writes down what is read: on PostgreSQL by another connection, statement
 * by statement, so that no transaction that writes stays open for as long as the reading takes. PGlite has one session:
 * there the writing is part of the same transaction, which has the database to itself anyway.
 */
export async function readWhileWriting<Result>(
  database: Database,
  work: (tx: Queryable, beside: Queryable) => Promise<Result>,
): Promise<Result> {
  if (database.kind === 'postgres') return readMoment(database, (tx) => work(tx, database));
  return database.transaction(async (tx) => {
    await tx.execute('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    return work(tx, tx);
  });
}
