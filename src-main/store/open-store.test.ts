import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readdirSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Child, startChild } from '../test-support/child.ts';
import { type TemporaryFolder, temporaryFolder } from '../test-support/temporary-folder.ts';
import { createStore, databaseFile, openCursorWriter, openReader, openStore } from './open-store.ts';
import { refuseOldSqlite } from './sqlite-version.ts';
import { StoreError } from './store-errors.ts';

// Real processes and files on a machine that others use too: slow is not wrong.
vi.setConfig({ testTimeout: 30_000 });

const ROOT = process.getuid?.() === 0;
const NOBODY = { uid: 65_534, gid: 65_534 };

let temporary: TemporaryFolder;
let folder: string;
let children: Child[] = [];
beforeEach(() => {
  temporary = temporaryFolder();
  folder = temporary.join('till');
});
afterEach(async () => {
  for (const child of children) await child.kill();
  children = [];
  temporary.remove();
});

function child(args: readonly string[], user?: typeof NOBODY): Child {
  const started = startChild('hold-store.ts', args, user);
  children.push(started);
  return started;
}

/** A till database of some fifty pages, closed. */
function filledStore(): void {
  const store = createStore(folder);
  const insert = store.writer.connection.prepare('INSERT INTO settings (key, value) VALUES (?, ?)');
  store.writer.transaction(() => {
    for (let row = 0; row < 400; row += 1) insert.run(`key ${row}`, 'x'.repeat(500));
  });
  store.close();
}

function refusal(open: () => unknown): StoreError {
  try {
    open();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('the store was opened');
}

/**
 * What the database consists of, by its hash. Looking at it may leave an empty WAL and the WAL's index: neither
 * holds data. The lock is not data either.
 */
function contents(): Map<string, string> {
  const files = readdirSync(folder)
    .filter((name) => !name.startsWith('holdfast.lock') && !name.endsWith('-shm'))
    .map((name) => ({ name, bytes: readFileSync(`${folder}/${name}`) }))
    .filter(({ name, bytes }) => bytes.length > 0 || !name.endsWith('-wal'));
  return new Map(files.map(({ name, bytes }) => [name, createHash('sha256').update(bytes).digest('hex')]));
}

function durability(connection: Database.Database) {
  return {
    synchronous: connection.pragma('synchronous', { simple: true }),
    journal: connection.pragma('journal_mode', { simple: true }),
    foreignKeys: connection.pragma('foreign_keys', { simple: true }),
    trusted: connection.pragma('trusted_schema', { simple: true }),
  };
}
const DURABLE = { synchronous: 2, journal: 'wal', foreignKeys: 1, trusted: 0 };

describe('a connection that writes', () => {
  test('is durable after a write: when made, when opened again, and in the sync thread', () => {
    createStore(folder).close();
    const store = openStore(folder);
    const cursor = openCursorWriter(folder);
    for (const { connection } of [store.writer, cursor.writer]) {
      expect(durability(connection)).toEqual(DURABLE);
      for (let write = 0; write < 3; write += 1) {
        connection.prepare("INSERT OR REPLACE INTO settings (key, value) VALUES ('test', '1')").run();
        expect(durability(connection)).toEqual(DURABLE);
      }
      connection.transaction(() => connection.exec("UPDATE settings SET value = '2'")).immediate();
      expect(durability(connection)).toEqual(DURABLE);
    }
    cursor.close();
    store.close();
  });

  test('has proved it with a write when it is handed out, in the sync thread too', () => {
    const store = createStore(folder);
    const version = () => store.writer.connection.pragma('data_version', { simple: true });
    const before = version();
    const cursor = openCursorWriter(folder);
    expect(version()).not.toBe(before);
    expect(durability(cursor.writer.connection)).toEqual(DURABLE);
    cursor.close();
    store.close();
  });

  test('prepares as a query only what reads', () => {
    const store = createStore(folder);
    for (const sql of [
      "INSERT INTO settings (key, value) VALUES ('a', 'b') RETURNING key",
      "UPDATE settings SET value = 'b'",
      'DELETE FROM settings RETURNING value',
      'BEGIN IMMEDIATE',
    ]) {
      expect(() => store.writer.prepareRead(sql)).toThrow(TypeError);
    }
    expect(store.writer.prepareRead('SELECT count(*) AS n FROM orders').get()).toEqual({ n: 0 });
    store.close();
  });

  test('enforces foreign keys', () => {
    const store = createStore(folder);
    expect(() =>
      store.writer.connection
        .prepare(
          "INSERT INTO print_jobs (order_id, is_copy, state, attempts, created_at) VALUES ('NO', 0, 'waiting', 0, '')",
        )
        .run(),
    ).toThrow('FOREIGN KEY');
    store.close();
  });

  test('leaves one file behind, and no WAL', () => {
    filledStore();
    expect(readdirSync(folder).sort()).toEqual(['holdfast.db', 'holdfast.lock']);
  });
});

test('a reader cannot write', () => {
  createStore(folder).close();
  const opened = openReader(folder);
  const { reader } = opened;
  expect(() => reader.prepareRead("INSERT INTO settings (key, value) VALUES ('a', 'b')").all()).toThrow();
  expect(reader.prepareRead<[], { n: number }>('SELECT count(*) AS n FROM orders').get()).toEqual({ n: 0 });
  opened.close();
});

describe('SQLite', () => {
  test.each(['3.51.3', '3.51.10', '3.52.0', '4.0.0', '3.54.0'])('%s is new enough', (version) => {
    expect(() => refuseOldSqlite(version)).not.toThrow();
  });

  test.each(['3.51.2', '3.50.99', '2.99.99', '3.7.17', ''])('%j is refused', (version) => {
    expect(refusal(() => refuseOldSqlite(version)).code).toBe('sqlite_too_old');
  });
});

describe('a database that is not as it should be', () => {
  test('is missing: refused, and nothing is made', () => {
    const error = refusal(() => openStore(folder));
    expect(error.code).toBe('store_missing');
    expect(error.message).toContain('restore that file from a backup');
    expect(existsSync(folder)).toBe(false);
  });

  test('is there already when one is to be made: refused, and left as it is', () => {
    filledStore();
    const before = contents();
    expect(refusal(() => createStore(folder)).code).toBe('store_exists');
    expect(contents()).toEqual(before);
  });

  test('was written by a later Holdfast: refused, and left as it is', () => {
    filledStore();
    const later = new Database(databaseFile(folder));
    later.pragma('user_version = 999');
    later.close();
    const before = contents();
    expect(refusal(() => openStore(folder)).code).toBe('store_newer');
    expect(contents()).toEqual(before);
  });

  const damage: readonly (readonly [string, () => void])[] = [
    ['is no database', () => writeFileSync(databaseFile(folder), 'This is a shopping list. '.repeat(500))],
    ['is a few bytes of something', () => writeFileSync(databaseFile(folder), 'oops')],
    ['has no bytes at all', () => truncateSync(databaseFile(folder), 0)],
    ['was cut in half', () => truncateSync(databaseFile(folder), sizeOf() / 2)],
    ['was cut in the middle of a page', () => truncateSync(databaseFile(folder), sizeOf() - 1000)],
    ['has its header overwritten', () => overwrite(0, Buffer.alloc(100, 0xff))],
    ['has a page in its middle overwritten', () => overwrite(4096 * 20, Buffer.alloc(4096, 0xa5))],
    ['has zeros in its middle', () => overwrite(4096 * 20, Buffer.alloc(8192))],
  ];
  const sizeOf = () => readFileSync(databaseFile(folder)).length;
  function overwrite(at: number, bytes: Buffer): void {
    const file = openSync(databaseFile(folder), 'r+');
    writeSync(file, bytes, 0, bytes.length, at);
    closeSync(file);
  }

  test.each(damage)('%s: store_corrupt with the way out, and not a byte is changed', (_name, spoil) => {
    filledStore();
    spoil();
    const before = contents();
    const error = refusal(() => openStore(folder));
    expect(error.code).toBe('store_corrupt');
    expect(error.message).toContain(databaseFile(folder));
    expect(error.message).toContain('restore the last backup');
    expect(contents()).toEqual(before);
    expect(refusal(() => openStore(folder)).code).toBe('store_corrupt');
  });

  test('is damaged and has a WAL from a till that was killed: neither is changed', async () => {
    filledStore();
    const killed = child([folder, 'write']);
    expect(JSON.parse(await killed.nextLine())).toEqual({ open: true });
    await killed.kill();
    overwrite(4096 * 20, Buffer.alloc(4096, 0xa5));
    const before = contents();
    expect([...before.keys()]).toContain('holdfast.db-wal');
    expect(refusal(() => openStore(folder)).code).toBe('store_corrupt');
    expect(contents()).toEqual(before);
  });
});

describe('a folder that is not as it should be', () => {
  test.skipIf(!ROOT)('cannot be written to: store_read_only, told by path (as another user)', async () => {
    filledStore();
    chmodSync(temporary.path, 0o755);
    const answer: unknown = JSON.parse(await child([folder], NOBODY).nextLine());
    expect(answer).toMatchObject({ open: false, code: 'store_read_only' });
    expect(JSON.stringify(answer)).toContain(folder);
  });

  test.skipIf(!ROOT)('has a database file that cannot be written to: store_read_only', async () => {
    filledStore();
    chmodSync(temporary.path, 0o755);
    chmodSync(folder, 0o777);
    chmodSync(databaseFile(folder), 0o444);
    expect(JSON.parse(await child([folder], NOBODY).nextLine())).toMatchObject({ code: 'store_read_only' });
  });

  test('cannot be made: store_read_only', () => {
    writeFileSync(temporary.join('file'), '');
    expect(refusal(() => createStore(temporary.join('file', 'till'))).code).toBe('store_read_only');
  });

  test('has a lock file that is none: refused with what to do', () => {
    filledStore();
    writeFileSync(`${folder}/holdfast.lock`, 'rubbish '.repeat(100));
    const error = refusal(() => openStore(folder));
    expect(error.code).toBe('store_locked');
    expect(error.message).toContain('delete it');
  });

  test('is in use: refused here and in another process, free when that one is killed', async () => {
    filledStore();
    const holder = child([folder]);
    expect(JSON.parse(await holder.nextLine())).toEqual({ open: true });
    expect(refusal(() => openStore(folder)).code).toBe('store_locked');
    expect(JSON.parse(await child([folder]).nextLine())).toMatchObject({ code: 'store_locked' });
    await holder.kill();
    const store = openStore(folder);
    expect(refusal(() => openStore(folder)).code).toBe('store_locked');
    store.close();
    openStore(folder).close();
  });

  test('is free again after a refusal', () => {
    filledStore();
    const whole = readFileSync(databaseFile(folder));
    truncateSync(databaseFile(folder), 0);
    expect(refusal(() => openStore(folder)).code).toBe('store_corrupt');
    writeFileSync(databaseFile(folder), whole);
    openStore(folder).close();
  });
});
