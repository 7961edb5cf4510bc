import { StoreError } from './store-errors.ts';

/** Before this release a WAL checkpoint race could corrupt a database (fixed in SQLite 3.51.3). */
const OLDEST = [3, 51, 3] as const;

/** @throws {StoreError} `sqlite_too_old` */
export function refuseOldSqlite(version: string): void {
  const found = version.split('.').map(Number);
  for (const [index, oldest] of OLDEST.entries()) {
    const part = found[index] ?? 0;
    if (part > oldest) return;
    if (part < oldest) {
      throw new StoreError(
        'sqlite_too_old',
        `SQLite ${version} can lose data; ${OLDEST.join('.')} or later is needed.`,
      );
    }
  }
}
