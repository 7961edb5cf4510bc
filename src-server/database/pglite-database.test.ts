import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { pgliteFolder } from '../test-support/databases.ts';
import { openPglite } from './pglite-database.ts';

describe('PGlite on a folder', () => {
  const folders: string[] = [];
  const fresh = async () => {
    const folder = await pgliteFolder();
    folders.push(folder);
    return folder;
  };
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });

  it('syncs every commit to the disk before it is acknowledged', async () => {
    const database = await openPglite({ folder: await fresh() });
    await database.execute('CREATE TABLE t (a INT)');
    for (let commit = 0; commit < 5; commit += 1) {
      const before = database.syncs();
      await database.transaction((tx) => tx.execute('INSERT INTO t VALUES ($1)', [commit]));
      expect(database.syncs()).toBeGreaterThan(before);
    }
    await database.close();
  });

  it('ends the process when the disk refuses to sync, acknowledges nothing, and recovers', async () => {
    const folder = await fresh();
    const script = join(import.meta.dirname, '../test-support/failing-disk.ts');
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' });
    expect(status).toBe(74);
    expect(stdout).not.toContain('acknowledged');
    expect(stderr).toContain('refused to sync');
    const again = await openPglite({ folder });
    await again.execute('INSERT INTO written VALUES (2)');
    await again.close();
  });

  it('finds its rows again after closing', async () => {
    const folder = await fresh();
    const first = await openPglite({ folder });
    await first.execute('CREATE TABLE t (a BIGINT)');
    await first.execute('INSERT INTO t VALUES (7)');
    await first.close();
    const second = await openPglite({ folder });
    expect(await second.query(z.object({ a: z.int() }), 'SELECT a FROM t')).toEqual([{ a: 7 }]);
    await second.close();
  });

  it('makes checkpoints while it runs, so that a kill is recovered from quickly', async () => {
    const database = await openPglite({ folder: await fresh(), checkpointAfterBytes: 4_000_000 });
    await database.execute('CREATE TABLE t (a TEXT)');
    for (let commit = 0; commit < 200; commit += 1) {
      await database.transaction((tx) =>
        tx.execute('INSERT INTO t SELECT md5(g::text) FROM generate_series(1, 1000) g'),
      );
    }
    const [log] = await database.query(
      z.object({ open: z.coerce.number(), all: z.coerce.number() }),
      `SELECT pg_current_wal_lsn() - redo_lsn AS open, pg_current_wal_lsn() - '0/0' AS all FROM pg_control_checkpoint()`,
    );
    await database.close();
    expect(log?.open).toBeLessThan(12_000_000);
    expect(log?.all).toBeGreaterThan(30_000_000);
  });

  it('refuses a folder that another server holds, and takes it when that one is gone', async () => {
    const folder = await fresh();
    const first = await openPglite({ folder });
    await expect(openPglite({ folder })).rejects.toMatchObject({ code: 'data_in_use' });
    await first.close();
    await (await openPglite({ folder })).close();
  });

  it.each([
    [
      'PG_VERSION',
      (data: string) => {
        rmSync(join(data, 'PG_VERSION'));
      },
    ],
    [
      'its control file',
      (data: string) => {
        writeFileSync(join(data, 'global', 'pg_control'), 'garbage');
      },
    ],
    [
      'its log',
      (data: string) => {
        rmSync(join(data, 'pg_wal'), { recursive: true });
      },
    ],
    [
      'its tables',
      (data: string) => {
        rmSync(join(data, 'base'), { recursive: true });
      },
    ],
  ])('refuses a database that lost %s, and leaves it as it is', async (_, damage) => {
    const folder = await fresh();
    const data = join(folder, 'pgdata');
    damage(data);
    const files = () =>
      readdirSync(data)
        .filter((name) => name !== 'postmaster.pid')
        .sort();
    const before = files();
    await expect(openPglite({ folder })).rejects.toMatchObject({
      code: 'database_damaged',
      message: expect.stringContaining('Move the folder away') as string,
    });
    expect(files()).toEqual(before);
    // The refusal leaves no lock behind.
    await expect(openPglite({ folder })).rejects.toMatchObject({ code: 'database_damaged' });
  });

  it('begins anew over an initialisation that was interrupted', async () => {
    const folder = await fresh();
    const data = join(folder, 'pgdata');
    cpSync(data, join(folder, 'pgdata.new'), { recursive: true });
    rmSync(data, { recursive: true });
    rmSync(join(folder, 'pgdata.new', 'global'), { recursive: true });
    await (await openPglite({ folder })).close();
    expect(existsSync(data)).toBe(true);
    expect(existsSync(join(folder, 'pgdata.new'))).toBe(false);
  }, 60_000);

  it('says so when the folder cannot be made', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-file-'));
    folders.push(folder);
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    await expect(openPglite({ folder: join(file, 'data') })).rejects.toMatchObject({
      code: 'data_not_writable',
    });
  });
});
