import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Database, Queryable } from './database.ts';
import { DatabaseStartError } from './database-failure.ts';
import type { Migration } from './migrations/migration.ts';

/** Key of the advisory lock: two servers that start together migrate one after the other. "HOLD" in ASCII. */
const MIGRATION_LOCK = 0x48_4f_4c_44;

const appliedRow = z.object({ number: z.int(), name: z.string(), checksum: z.string() });

/** Whoever changes tables holds this lock: of several servers one does, and the others wait. */
export async function underSchemaLock(
  database: Database,
  work: (tx: Queryable) => Promise<void>,
): Promise<void> {
  await database.transaction(async (tx) => {
    await tx.execute(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    await work(tx);
  });
}

/**
 * Brings the schema to this version: all missing steps in one transaction, or none of them.
 * @throws {DatabaseStartError} `schema_mismatch` when the database was migrated by a later version or a released
 *   step was edited. Nothing is changed then.
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<void> {
  await underSchemaLock(database, async (tx) => {
    await tx.execute(
      `CREATE TABLE IF NOT EXISTS schema_migrations (
         number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at TIMESTAMPTZ NOT NULL DEFAULT NOW()
       )`,
    );
    const applied = await tx.query(
      appliedRow,
      'SELECT number, name, checksum FROM schema_migrations ORDER BY number',
    );
    for (const row of applied) refuseUnlessSame(row, migrations);
    for (const migration of migrations.slice(applied.length)) await apply(tx, migration);
  });
}

function refuseUnlessSame(row: z.infer<typeof appliedRow>, migrations: readonly Migration[]): void {
  const known = migrations.find((migration) => migration.number === row.number);
  if (known === undefined) {
    throw new DatabaseStartError(
      'schema_mismatch',
      `The database has step ${row.number} (${row.name}), which this version does not know: ` +
        'it was used by a later version. Start that version.',
    );
  }
  if (checksum(known) !== row.checksum) {
    throw new DatabaseStartError(
      'schema_mismatch',
      `Step ${row.number} (${row.name}) of the database differs from the one in this version. ` +
        'Start the version that made it.',
    );
  }
}

async function apply(tx: Queryable, migration: Migration): Promise<void> {
  for (const statement of migration.statements) await tx.execute(statement);
  await tx.execute('INSERT INTO schema_migrations (number, name, checksum) VALUES ($1, $2, $3)', [
    migration.number,
    migration.name,
    checksum(migration),
  ]);
}

function checksum(migration: Migration): string {
  return createHash('sha256')
    .update(JSON.stringify([migration.name, migration.statements]))
    .digest('hex');
}
