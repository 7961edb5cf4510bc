import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { prepareHead } from '../store/recovery.ts';
import { type Store, openCareWriter, openStore } from '../store/open-store.ts';
import { growHistory } from '../test-support/grow-history.ts';
import { removeTillTemplate, testTillFolder } from '../test-support/test-till.ts';
import type { TemporaryFolder } from '../test-support/temporary-folder.ts';
import { backupFolder, hashFile, listBackups, unpackBackup } from './backup-files.ts';
import { checkedHead } from './check-copy.ts';
import { type BackupRun, makeBackup } from './make-backup.ts';

// Real processes and files on a machine that others use too: slow is not wrong.
vi.setConfig({ testTimeout: 30_000 });

let temporary: TemporaryFolder;
let store: Store;
let care: ReturnType<typeof openCareWriter>;
beforeEach(async () => {
  const made = await testTillFolder();
  temporary = made.temporary;
  store = openStore(made.folder);
  care = openCareWriter(made.folder);
});
afterEach(() => {
  care.close();
  store.close();
  temporary.remove();
});
afterAll(removeTillTemplate);

const NOW = new Date('2026-11-24T12:00:00.000Z');
const folder = () => backupFolder(store.folder);
const names = () =>
  readdirSync(folder())
    .filter((name) => !name.startsWith('holdfast.lock'))
    .sort();
const head = () => prepareHead(store.writer)();
const sell = () => growHistory(store, 2, NOW.toISOString());

function backUp(changes: Partial<BackupRun> = {}) {
  return makeBackup(care.writer, { folder: folder(), now: NOW, keep: 7, reserveBytes: 0, ...changes });
}

describe('a backup', () => {
  test('is the whole database as one file, with its hash beside it, for the till alone', async () => {
    sell();
    const made = await backUp();
    expect(made).toEqual({
      name: `till-${String(head().seq).padStart(12, '0')}-2026-11-24T12-00-00-000Z.db.gz`,
      seq: head().seq,
      madeAt: NOW.toISOString(),
    });
    expect(names()).toEqual([made.name, `${made.name}.sha256`]);
    const file = path.join(folder(), made.name);
    const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex');
    expect(readFileSync(hashFile(file), 'utf8')).toBe(`${sha256}  ${made.name}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const back = temporary.join('back.db');
    await unpackBackup(file, back);
    const copy = new Database(back, { readonly: true });
    expect(checkedHead(copy)).toEqual(head());
    const all = (connection: Database.Database) =>
      connection.prepare('SELECT * FROM event_log ORDER BY seq').all();
    expect(all(copy)).toEqual(all(store.writer.connection));
    copy.close();
  });

  test('is one moment of a till that sells meanwhile', async () => {
    growHistory(store, 4_000, NOW.toISOString());
    const before = head().seq;
    const making = backUp();
    const state = { done: false };
    void making.finally(() => {
      state.done = true;
    });
    while (!state.done) {
      sell();
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    const made = await making;
    expect(made.seq).toBeGreaterThanOrEqual(before);
    expect(made.seq).toBeLessThan(head().seq);
    await unpackBackup(path.join(folder(), made.name), temporary.join('back.db'));
    const copy = new Database(temporary.join('back.db'), { readonly: true });
    expect(checkedHead(copy).seq).toBe(made.seq);
    // A movement and its event are of one transaction.
    const torn = `SELECT count(*) FROM stock_movements WHERE seq NOT IN (SELECT seq FROM event_log)`;
    expect(copy.prepare(torn).pluck().get()).toBe(0);
    copy.close();
  });

  test('pushes out the oldest by their history, whatever the clock said', async () => {
    const when = ['2027-11-24', '2026-11-21', '2026-11-22', '2026-11-23'].map(
      (day) => new Date(`${day}T12:00:00.000Z`),
    );
    for (const now of when) {
      sell();
      await backUp({ now, keep: 3 });
    }
    expect(listBackups(folder()).map(({ madeAt }) => madeAt.slice(0, 10))).toEqual([
      '2026-11-23',
      '2026-11-22',
      '2026-11-21',
    ]);
    expect(names()).toHaveLength(6);
  });

  test('is refused while there is no space for it beside the sales, and leaves nothing', async () => {
    await backUp();
    const before = names();
    await expect(backUp({ reserveBytes: 2 ** 50 })).rejects.toMatchObject({ code: 'disk_nearly_full' });
    expect(names()).toEqual(before);
  });

  test('waits for no other: of two at once the second is refused', async () => {
    const first = backUp();
    await expect(backUp()).rejects.toMatchObject({ code: 'store_locked' });
    await first;
    await backUp({ now: new Date(NOW.getTime() + 1) });
    expect(names()).toHaveLength(4);
  });

  test('goes over what one that was cut off has left', async () => {
    await backUp();
    writeFileSync(path.join(folder(), 'copy.part'), 'half a database');
    writeFileSync(path.join(folder(), 'copy.part-journal'), 'half a journal');
    writeFileSync(path.join(folder(), 'till-x.db.gz.part'), 'half a backup');
    sell();
    await backUp();
    expect(names()).toHaveLength(4);
  });

  test('of a damaged database is none', async () => {
    store.writer.connection.prepare("UPDATE event_log SET payload = '{}' WHERE seq = ?").run(head().seq);
    await expect(backUp()).rejects.toThrow('not what its hash says');
    expect(names()).toEqual([]);
  });

  test.each([
    ['cut off', (file: string) => truncateSync(file, 1_000)],
    ['without its hash', (file: string) => truncateSync(hashFile(file), 0)],
  ])('that is %s is not unpacked', async (_name, damage) => {
    const made = await backUp();
    const file = path.join(folder(), made.name);
    damage(file);
    await expect(unpackBackup(file, temporary.join('back.db'))).rejects.toThrow('damaged');
  });
});
