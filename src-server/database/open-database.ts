import type { Database } from './database.ts';
import { alignLogClock } from '../log/log-clock.ts';
import { isLogInUse, makeMonths } from '../log/months.ts';
import { migrate, underSchemaLock } from './migrate.ts';
import { ALL_MIGRATIONS } from './migrations/all-migrations.ts';
import { openPglite } from './pglite-database.ts';
import { openPostgres } from './postgres-database.ts';

export type DatabaseChoice =
  | { readonly kind: 'pglite'; readonly folder: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly onIdleError?: (error: Error) => void };

/**
 * Opens the database and brings its schema to this version, its log's clock forward and its months into being.
 * @throws {DatabaseStartError}
 */
export async function openDatabase(choice: DatabaseChoice): Promise<Database> {
  const database = choice.kind === 'pglite' ? await openPglite(choice) : await openPostgres(choice);
  try {
    await migrate(database, ALL_MIGRATIONS);
    await underSchemaLock(database, async (tx) => void (await alignLogClock(tx)));
    await underSchemaLock(database, (tx) => makeMonths(tx, new Date())).catch((error: unknown) => {
      // `keepMonths` tries again, and says so. Until then there is the default partition.
      if (!isLogInUse(error)) throw error;
    });
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}
