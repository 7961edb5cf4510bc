import type Database from 'better-sqlite3';
import { type Migration, migrations } from './migrations/index.ts';
import { StoreError } from './store-errors.ts';

/** 0 for a database without tables. */
export function versionOf(connection: Database.Database): number {
  return Number(connection.pragma('user_version', { simple: true }));
}

/** @throws {StoreError} `store_newer` when a later Holdfast has written this database */
export function refuseNewer(connection: Database.Database, steps: readonly Migration[] = migrations): void {
  const current = versionOf(connection);
  const newest = steps.at(-1)?.version ?? 0;
  if (current <= newest) return;
  throw new StoreError(
    'store_newer',
    `This till database has version ${current}; this Holdfast knows versions up to ${newest}. Install the newer Holdfast again.`,
  );
}

/**
 * Brings the database to the newest version, each step in a transaction of its own. The version is SQLite's
 * `user_version`, which changes with the step or not at all.
 * @throws {StoreError} `store_newer`: nothing is touched then.
 */
export function migrate(connection: Database.Database, steps: readonly Migration[] = migrations): void {
  refuseNewer(connection, steps);
  const current = versionOf(connection);
  for (const step of steps) {
    if (step.version <= current) continue;
    connection
      .transaction(() => {
        connection.exec(step.sql);
        connection.pragma(`user_version = ${step.version}`);
      })
      .immediate();
  }
}
