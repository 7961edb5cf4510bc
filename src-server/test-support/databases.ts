/** One suite, two databases: `describe.each(TEST_DATABASES)`. */
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Database, DatabaseKind } from '../database/database.ts';
import { type DatabaseChoice, openDatabase } from '../database/open-database.ts';
import { openPglite } from '../database/pglite-database.ts';
import { openPostgres } from '../database/postgres-database.ts';
import { startTestPostgres } from './postgres.ts';

export interface TestDatabase {
  readonly choice: DatabaseChoice;
  open(): Promise<Database>;
  /** Without a schema, for tests of migrations. */
  openBare(): Promise<Database>;
  /** Deletes what it made. The database must be closed. */
  dispose(): Promise<void>;
}

export const TEST_DATABASES: readonly { kind: DatabaseKind; create: () => Promise<TestDatabase> }[] = [
  { kind: 'pglite', create: createPglite },
  { kind: 'postgres', create: createPostgres },
];

async function createPglite(): Promise<TestDatabase> {
  const folder = await pgliteFolder();
  const choice = { kind: 'pglite', folder } satisfies DatabaseChoice;
  return {
    choice,
    open: () => openDatabase(choice),
    openBare: async () => withoutSchema(await openPglite(choice)),
    async dispose() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function createPostgres(): Promise<TestDatabase> {
  const cluster = await startTestPostgres({ unsafeFast: true });
  const choice = { kind: 'postgres', url: cluster.url } satisfies DatabaseChoice;
  return {
    choice,
    open: () => openDatabase(choice),
    openBare: async () => withoutSchema(await openPostgres(choice)),
    dispose: () => cluster.stop(),
  };
}

/** The template of PGlite has the newest schema already. */
async function withoutSchema(database: Database): Promise<Database> {
  await database.execute('DROP SCHEMA public CASCADE');
  await database.execute('CREATE SCHEMA public');
  return database;
}

const packageFile = new URL('../../node_modules/@electric-sql/pglite/package.json', import.meta.url);
const { version } = z.object({ version: z.string() }).parse(JSON.parse(readFileSync(packageFile, 'utf8')));

/**
 * A fresh folder with an initialised, empty PGlite: a copy of one that is made once per machine and version, because
 * making it takes seconds.
 */
export async function pgliteFolder(): Promise<string> {
  const template = join(tmpdir(), `holdfast-pglite-template-${version}-${process.getuid?.() ?? 0}`);
  if (!existsSync(template)) {
    const own = mkdtempSync(join(tmpdir(), 'holdfast-pglite-new-'));
    await (await openPglite({ folder: own })).close();
    try {
      renameSync(own, template);
    } catch {
      // Another test file was faster; its template is as good.
      rmSync(own, { recursive: true, force: true });
    }
  }
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-pglite-'));
  cpSync(join(template, 'pgdata'), join(folder, 'pgdata'), { recursive: true });
  return folder;
}
