/**
 * What the same rows cost when nobody brings them: written straight into the same table, with the same indexes, of the
 * same PostgreSQL, 500 rows a transaction, every transaction synced. Texts and values are made beforehand where the
 * statement lets them be.
 */
import type { EventRecord } from '#domain/events/event-record.ts';
import type { Database } from '#server/database/database.ts';
import { openDatabase } from '#server/database/open-database.ts';
import type { TestPostgres } from '#server/test-support/postgres.ts';
import { type RawStatement, copyPages, jsonStatements, valuesStatements } from '../replay/raw-inserts.ts';

export interface Baseline {
  readonly name: 'raw_insert' | 'raw_jsonb' | 'copy';
  /** @returns seconds. `run` is unlike that of any other call. */
  measure(run: string): Promise<number>;
}

export function baselines(postgres: TestPostgres, events: readonly EventRecord[]): readonly Baseline[] {
  const values = valuesStatements(events);
  const json = jsonStatements(events);
  const timed = (name: Baseline['name'], write: (database: Database) => Promise<void>): Baseline => ({
    name,
    async measure(run) {
      const database = await openDatabase({
        kind: 'postgres',
        url: await postgres.createDatabase(`${name}_${run}`),
      });
      try {
        const started = performance.now();
        await write(database);
        return (performance.now() - started) / 1000;
      } finally {
        await database.close();
      }
    },
  });
  return [
    timed('raw_insert', (database) => executeAll(database, values)),
    timed('raw_jsonb', (database) => executeAll(database, json)),
    timed('copy', (database) => copyPages(database, events)),
  ];
}

async function executeAll(database: Database, statements: readonly RawStatement[]): Promise<void> {
  for (const { sql, values } of statements) await database.execute(sql, values);
}
