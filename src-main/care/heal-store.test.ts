import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type EventRecord, GENESIS_HASH } from '#domain/events/event-record.ts';
import { findChainBreak } from '#sync/protocol/hash-chain.ts';
import { archiveFolder } from '../store/archive-file.ts';
import { eventLogOf } from '../store/event-log.ts';
import { healedFile } from '../store/healed-database.ts';
import { type Store, databaseFile, openStore } from '../store/open-store.ts';
import { isRecovering, setRecovered } from '../store/recovery.ts';
import { writeTerminalSettings } from '../store/settings-store.ts';
import { stockWriter } from '../store/stock-writer.ts';
import { StoreError } from '../store/store-errors.ts';
import { sqliteOutbox } from '../sync/sqlite-outbox.ts';
import { type TemporaryFolder, temporaryFolder } from '../test-support/temporary-folder.ts';
import { growHistory } from '../test-support/grow-history.ts';
import {
  NOON,
  SETTINGS,
  type TestTill,
  openTestTill,
  removeTillTemplate,
} from '../test-support/test-till.ts';
import { archiveSteps } from './archive-events.ts';
import { backupFolder, listBackups } from './backup-files.ts';
import { type HealOptions, healStore } from './heal-store.ts';
import { keepIdentity } from './identity-file.ts';
import { makeBackup } from './make-backup.ts';
import { openOrHeal } from './open-or-heal.ts';

// Real processes and files on a machine that others use too: slow is not wrong.
vi.setConfig({ testTimeout: 60_000 });

const AT = NOON.toISOString();
const WITH_SERVER = { ...SETTINGS, server: { url: 'http://127.0.0.1:1', token: 'a-token' } };
const wide = { maxEvents: 100_000, maxBytes: 1_000_000_000 };
const PAGE = 4096;

let temporary: TemporaryFolder;
let folder: string;
let store: Store | undefined;
beforeEach(() => {
  temporary = temporaryFolder();
  folder = temporary.join('till');
});
afterEach(() => {
  store?.close();
  store = undefined;
  temporary.remove();
});
afterAll(async () => {
  for (const day of days.values()) (await day).temporary.remove();
  await removeTillTemplate();
});

async function sell(till: TestTill, times: number): Promise<void> {
  for (let sale = 0; sale < times; sale += 1) {
    const { orderId, total } = await till.add(sale % 2 === 0 ? 'WATER-STILL-001' : 'SODA-COLA-001', 2 + sale);
    await till.client.call('sale.beginPayment', {});
    await (sale % 3 === 1
      ? till.client.call('sale.tenderCard', { orderId, total, approvalCode: 'A12345' })
      : till.client.call('sale.tenderCash', { orderId, total, tendered: total }));
  }
}

/** All that must be the same again. */
function booksOf({ connection }: Store['writer']) {
  const all = (sql: string) => connection.prepare(sql).all();
  return {
    events: all('SELECT seq, event_id, hash, payload, metadata FROM event_log ORDER BY seq'),
    orders: all(
      'SELECT order_id, receipt_number, completed_at, user_id, subtotal, deposit, tax, total, age_verified FROM orders ORDER BY order_id',
    ),
    lines: all('SELECT * FROM order_lines ORDER BY order_id, line_number'),
    payments: all('SELECT * FROM payments ORDER BY payment_id'),
    movements: all(
      'SELECT sku, change, quantity_after, reason, reference_id, moved_at, seq FROM stock_movements ORDER BY seq',
    ),
    receipts: all(
      "SELECT order_id, receipt ->> '$.total', receipt ->> '$.printedTime', receipt ->> '$.tenders', receipt ->> '$.lines' FROM orders ORDER BY order_id",
    ),
  };
}

interface Before {
  readonly books: ReturnType<typeof booksOf>;
  readonly events: readonly EventRecord[];
}
interface Day extends Before {
  readonly temporary: TemporaryFolder;
  readonly folder: string;
}
type NewSettings = Parameters<typeof writeTerminalSettings>[1];

/** Made once; each test has a copy. */
const days = new Map<NewSettings, Promise<Day>>();

/** The folder of a till that sold, made a backup, sold more, left an open sale, and was closed. */
async function aDay(settings: NewSettings = WITH_SERVER): Promise<Before> {
  const made = days.get(settings) ?? makeDay(settings);
  days.set(settings, made);
  const day = await made;
  cpSync(day.folder, folder, { recursive: true });
  return day;
}

async function makeDay(settings: NewSettings): Promise<Day> {
  const till = await openTestTill();
  await till.signIn();
  await sell(till, 3);
  await till.terminal.close();
  let opened = openStore(till.folder);
  writeTerminalSettings(opened.writer, settings);
  await makeBackup(opened.writer, { folder: backupFolder(till.folder), now: NOON, keep: 7, reserveBytes: 0 });
  writeTerminalSettings(opened.writer, SETTINGS);
  opened.close();
  await till.reopen();
  await till.signIn();
  await sell(till, 4);
  await till.add('WATER-STILL-001', 1);
  await till.terminal.close();
  opened = openStore(till.folder);
  writeTerminalSettings(opened.writer, settings);
  keepIdentity(opened.writer, till.folder);
  const books = booksOf(opened.writer);
  const events = sqliteOutbox(opened.writer).read(1, wide);
  opened.close();
  return { temporary: till.temporary, folder: till.folder, books, events };
}

function overwrite(page: number): void {
  const file = openSync(databaseFile(folder), 'r+');
  writeSync(file, Buffer.alloc(PAGE, 0xa5), 0, PAGE, (page - 1) * PAGE);
  closeSync(file);
}

function rootPageOf(table: string): number {
  const connection = new Database(databaseFile(folder), { readonly: true });
  const page = Number(
    connection.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(table),
  );
  connection.close();
  return page;
}

const damageElsewhere = (): void => overwrite(rootPageOf('payments_by_order'));
const damageAll = (): void => overwrite(1);

const heal = (changes: Partial<HealOptions> = {}) =>
  healStore(folder, { now: NOON, from: 'newest', serverNeeded: true, ...changes });
const sha256 = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
function reopen(): Store {
  store = openStore(folder);
  return store;
}
const chainBreakOf = ({ writer }: Store) =>
  findChainBreak({ seq: 0, hash: GENESIS_HASH }, sqliteOutbox(writer).read(1, wide));

/** As the engine does it: page by page, until the server's last event is there. */
function giveBack({ writer }: Store, events: readonly EventRecord[], pageSize = 7): void {
  const outbox = sqliteOutbox(writer);
  for (let at = outbox.head().seq; at < events.length; at += pageSize) {
    outbox.restore(events.slice(at, at + pageSize), AT);
  }
}

/** Stock, movement and event in one transaction, as a sale does it. */
function sellThree({ writer }: Store): void {
  writer.transaction(() => {
    const moved = stockWriter(writer).move({
      sku: 'WATER-STILL-001',
      change: -3,
      reason: 'sale',
      referenceId: 'ORD-1',
      reorderPoint: 0,
      caseSize: 12,
    });
    const origin = { terminalId: 'T1', locationId: 'STORE-001', timestamp: AT };
    eventLogOf(writer).append(moved, { ...origin, metadata: { user_id: 'maya.torres' } });
  });
}

/** Of a till that the server has told nothing yet: each figure is the sum of its movements. */
function wrongFigures({ writer }: Pick<Store, 'writer'>): unknown {
  return writer.connection
    .prepare(
      'SELECT count(*) FROM stock WHERE quantity <> (SELECT sum(change) FROM stock_movements AS m WHERE m.sku = stock.sku)',
    )
    .pluck()
    .get();
}

describe('a damaged till with a backup', () => {
  test('whose history can be read gets all of it back without the server', async () => {
    const { books } = await aDay();
    damageElsewhere();
    const damaged = sha256(databaseFile(folder));
    const report = await heal();
    expect(report).toMatchObject({ salvaged: 4 * 5, tailWhole: true, fromServer: true });
    expect(report.text).toContain(listBackups(backupFolder(folder))[0]?.name);
    expect(sha256(path.join(report.aside ?? '', 'holdfast.db'))).toBe(damaged);

    const { writer } = reopen();
    expect(booksOf(writer)).toEqual(books);
    expect(isRecovering(writer)).toBe(true);
    const number = (sql: string) => writer.connection.prepare(sql).pluck().get();
    expect(number('SELECT count(*) FROM open_cart')).toBe(0);
    expect(number("SELECT count(*) FROM print_jobs WHERE state NOT IN ('printed', 'dismissed')")).toBe(0);
    expect(number("SELECT value FROM counters WHERE name = 'receipt'")).toBe(7 + 10_000);
    // The server has said nothing yet, so the till's own figure counts what it salvaged.
    expect(wrongFigures({ writer })).toBe(0);
    expect(readdirSync(folder)).not.toContain('healing');
  });

  test('healed twice from one backup prints no receipt number of the time between', async () => {
    await aDay();
    const receipts = "SELECT value FROM counters WHERE name = 'receipt'";
    const next = () => Number(reopen().writer.connection.prepare(receipts).pluck().get());
    damageAll();
    await heal();
    const first = next();
    store?.close();
    // Neither sold in between nor backed up: what counts is that the second gap does not end where the first did.
    damageAll();
    await heal();
    expect(next()).toBe(first + 10_000);
  });

  test('that is older than the archive gets what lies between from its files', async () => {
    await aDay();
    const living = reopen();
    const outbox = sqliteOutbox(living.writer);
    outbox.setAckedThrough(outbox.head().seq, AT);
    const later = new Date(NOON.getTime() + 50 * 86_400_000);
    const run = { folder: archiveFolder(folder), keepDays: 30, now: later, eventsPerFile: 16 };
    for (const _step of archiveSteps(living.writer, run)) continue;
    // Of these the server knows nothing.
    sellThree(living);
    const events = outbox.read(1, wide);
    const { orders, payments } = booksOf(living.writer);
    living.close();
    damageElsewhere();
    expect(await heal()).toMatchObject({ tailWhole: true });
    const healed = reopen();
    expect(sqliteOutbox(healed.writer).read(1, wide)).toEqual(events);
    expect(booksOf(healed.writer)).toMatchObject({ orders, payments });
    expect(wrongFigures(healed)).toBe(0);
  });

  test('of which nothing can be read gets the rest back from the server', async () => {
    const { books, events } = await aDay();
    damageAll();
    const report = await heal();
    expect(report).toMatchObject({ salvaged: 0, tailWhole: false });
    expect(report.text).toContain('may be missing');
    const healed = reopen();
    expect(booksOf(healed.writer).orders).toHaveLength(3);
    giveBack(healed, events);
    setRecovered(healed.writer);
    expect(isRecovering(healed.writer)).toBe(false);
    expect(booksOf(healed.writer)).toEqual(books);
    expect(chainBreakOf(healed)).toBeUndefined();
    const footers = healed.writer.connection
      .prepare<[], string>("SELECT receipt ->> '$.footer' FROM orders ORDER BY id")
      .pluck()
      .all();
    expect(footers.map((footer) => footer.includes('Made anew'))).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
      true,
    ]);
  });

  test('sells before it has its history back, and the two make one chain', async () => {
    const { events } = await aDay();
    damageAll();
    await heal();
    const healed = reopen();
    const outbox = sqliteOutbox(healed.writer);
    const known = outbox.head();
    growHistory(healed, 4, AT);
    // To the engine there is nothing behind what the backup has: nothing of it can be sent, nothing collides.
    expect(outbox.head()).toEqual(known);
    expect(outbox.read(known.seq + 1, wide)).toEqual([]);
    giveBack(healed, events.slice(0, -5));
    growHistory(healed, 2, AT);
    giveBack(healed, events);
    const waiting = healed.writer.connection
      .prepare<[], string>('SELECT event_id FROM event_log WHERE seq > 1000000 ORDER BY seq')
      .pluck()
      .all();
    expect(waiting).toHaveLength(6);
    setRecovered(healed.writer);
    const all = outbox.read(1, wide);
    expect(all.slice(0, events.length)).toEqual(events);
    expect(all.slice(events.length).map(({ eventId }) => eventId)).toEqual(waiting);
    expect(chainBreakOf(healed)).toBeUndefined();
    expect(outbox.head().seq).toBe(events.length + 6);
    expect(
      healed.writer.connection
        .prepare('SELECT count(*) FROM stock_movements WHERE seq NOT IN (SELECT seq FROM event_log)')
        .pluck()
        .get(),
    ).toBe(0);
    growHistory(healed, 2, AT);
    expect(outbox.head().seq).toBe(events.length + 8);
  });

  test('that was backed up while it waited for its history has no sale twice', async () => {
    const { events } = await aDay();
    damageAll();
    await heal();
    let healed = reopen();
    growHistory(healed, 4, AT);
    const later = new Date(NOON.getTime() + 1_000);
    const run = { folder: backupFolder(folder), now: later, keep: 7, reserveBytes: 0 };
    const { name } = await makeBackup(healed.writer, run);
    giveBack(healed, events);
    setRecovered(healed.writer);
    const books = booksOf(healed.writer);
    const whole = sqliteOutbox(healed.writer).read(1, wide);
    expect(whole).toHaveLength(events.length + 4);
    healed.close();

    damageAll();
    expect(await heal()).toMatchObject({ backup: { name } });
    healed = reopen();
    growHistory(healed, 2, AT);
    giveBack(healed, whole);
    setRecovered(healed.writer);
    const { events: log, movements, orders } = booksOf(healed.writer);
    expect(log.slice(0, -2)).toEqual(books.events);
    expect(movements.slice(0, -1)).toEqual(books.movements);
    expect(orders).toEqual(books.orders);
    expect(chainBreakOf(healed)).toBeUndefined();
  });

  test('that was backed up while it waited for its history takes each salvaged event once', async () => {
    const { events } = await aDay();
    damageAll();
    await heal();
    let healed = reopen();
    sellThree(healed);
    const later = new Date(NOON.getTime() + 1_000);
    await makeBackup(healed.writer, { folder: backupFolder(folder), now: later, keep: 7, reserveBytes: 0 });
    giveBack(healed, events);
    setRecovered(healed.writer);
    const books = booksOf(healed.writer);
    healed.close();

    damageElsewhere();
    expect(await heal()).toMatchObject({ tailWhole: true });
    healed = reopen();
    expect(booksOf(healed.writer).events).toEqual(books.events);
    expect(booksOf(healed.writer).movements).toEqual(books.movements);
    expect(wrongFigures(healed)).toBe(0);
  });

  test('that lost sales which waited for their numbers does not say that all is there', async () => {
    await aDay();
    damageAll();
    await heal();
    const healed = reopen();
    growHistory(healed, 2, AT);
    healed.close();
    damageElsewhere();
    const report = await heal();
    expect(report.tailWhole).toBe(false);
    expect(report.text).toContain('may be missing');
  });

  test('refuses events that do not continue its history', async () => {
    const { events } = await aDay();
    damageAll();
    await heal();
    const healed = reopen();
    const outbox = sqliteOutbox(healed.writer);
    const { seq } = outbox.head();
    const next = events.slice(seq, seq + 3);
    const altered = next.map((event, index) => (index === 1 ? { ...event, payload: '{}' } : event));
    for (const wrong of [events.slice(seq + 1), altered]) {
      expect(() => outbox.restore(wrong, AT)).toThrow('do not continue');
      expect(outbox.head().seq).toBe(seq);
    }
    outbox.restore(next, AT);
    expect(outbox.head().seq).toBe(seq + 3);
  });

  test('keeps events from which no sale can be made, and goes on', async () => {
    const { events } = await aDay();
    damageAll();
    await heal();
    const healed = reopen();
    // As a later version, or a quarantined record, looks to this one. Their place in the chain is all that counts.
    healed.writer.connection.exec(
      'DELETE FROM event_log; DELETE FROM stock_movements; DELETE FROM payments; DELETE FROM print_jobs; DELETE FROM order_lines; DELETE FROM orders;',
    );
    const { chainEvent } = await import('#sync/protocol/hash-chain.ts');
    let head = { seq: 0, hash: GENESIS_HASH };
    const odd = events.map((event, index) => {
      const { prevHash: _prev, hash: _hash, ...rest } = event;
      const texts = [
        { payload: 'no JSON' },
        { metadata: '[]' },
        { metadata: '{"schema":99}' },
        { payload: '{"total":1.234}' },
      ];
      const made = chainEvent(
        { ...rest, ...(event.eventType === 'order.created' ? texts[index % 4] : {}) },
        head.hash,
      );
      head = made;
      return made;
    });
    giveBack(healed, odd);
    expect(sqliteOutbox(healed.writer).head()).toEqual({ seq: head.seq, hash: head.hash });
    expect(booksOf(healed.writer).orders).toEqual([]);
  });

  test('takes the newest backup that is good', async () => {
    await aDay();
    const [newest] = listBackups(backupFolder(folder));
    const file = path.join(backupFolder(folder), newest?.name ?? '');
    const later = path.join(backupFolder(folder), 'till-000000009999-2026-11-23T13-00-00-000Z.db.gz');
    copyFileSync(file, later);
    copyFileSync(`${file}.sha256`, `${later}.sha256`);
    truncateSync(later, 3_000);
    damageAll();
    expect((await heal()).backup?.name).toBe(newest?.name);
  });

  test('takes the token that it had last', async () => {
    await aDay();
    const opened = openStore(folder);
    writeTerminalSettings(opened.writer, {
      ...WITH_SERVER,
      server: { url: 'http://127.0.0.1:1', token: 'another' },
    });
    keepIdentity(opened.writer, folder);
    opened.close();
    damageAll();
    await heal();
    expect(
      reopen()
        .writer.connection.prepare("SELECT value ->> '$.server.token' FROM settings WHERE key = 'terminal'")
        .pluck()
        .get(),
    ).toBe('another');
  });
});

describe('a till that nothing can be done for', () => {
  const contents = () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => statSync(path.join(folder, name)).isFile() && !/-shm$|\.lock$/.test(name))
      .sort()
      .map((name) => [name, sha256(path.join(folder, name))]);

  test.each([
    ['has no server', 'no_server', () => aDay(SETTINGS)],
    [
      'has no backup',
      'no_good_backup',
      async () => (await aDay(), rmSync(backupFolder(folder), { recursive: true })),
    ],
    [
      'has none that is good',
      'no_good_backup',
      async () => {
        await aDay();
        for (const { name } of listBackups(backupFolder(folder)))
          truncateSync(path.join(backupFolder(folder), name), 99);
      },
    ],
    [
      'has one of another till',
      'no_good_backup',
      async () => {
        await aDay();
        const file = path.join(folder, 'identity.json');
        writeFileSync(file, readFileSync(file, 'utf8').replace('"T1"', '"T2"'));
      },
    ],
  ] as const)('because it %s is left as it is: %s', async (_name, code, prepare) => {
    await prepare();
    damageAll();
    const before = contents();
    await expect(heal()).rejects.toMatchObject({ code });
    expect(contents()).toEqual(before);
    const opening = openOrHeal(folder, () => openStore(folder), {
      now: () => NOON,
      onHealed: () => expect.unreachable(),
    });
    await expect(opening).rejects.toMatchObject({ code: 'store_corrupt' });
    await expect(opening).rejects.toThrow('could not heal itself');
    expect(contents()).toEqual(before);
  });

  test('is restored by hand where no server has the rest', async () => {
    await aDay(SETTINGS);
    damageAll();
    const report = await heal({ serverNeeded: false });
    expect(report.fromServer).toBe(false);
    const { writer } = reopen();
    expect([booksOf(writer).orders.length, isRecovering(writer)]).toEqual([3, false]);
  });

  test('because it is in order is not touched', async () => {
    await aDay();
    await expect(heal()).rejects.toMatchObject({ code: 'not_damaged' });
    reopen();
    await expect(heal()).rejects.toMatchObject({ code: 'store_locked' });
  });
});

describe('a till that opens or heals', () => {
  test('opens at once when it is in order, heals when it is not, and tells', async () => {
    await aDay();
    const told: string[] = [];
    const open = () =>
      openOrHeal(folder, () => openStore(folder), {
        now: () => NOON,
        onHealed: ({ text }) => told.push(text),
      });
    (await open()).close();
    expect(told).toEqual([]);
    damageElsewhere();
    store = await open();
    expect(told).toHaveLength(1);
    expect(booksOf(store.writer).orders).toHaveLength(7);
  });

  test('passes on whatever else is wrong', async () => {
    await aDay();
    reopen();
    const again = openOrHeal(folder, () => openStore(folder), {
      now: () => NOON,
      onHealed: () => expect.unreachable(),
    });
    await expect(again).rejects.toBeInstanceOf(StoreError);
    await expect(again).rejects.toMatchObject({ code: 'store_locked' });
  });
});

describe('a till of which only the name is left', () => {
  test('becomes an empty one that gets all of its history back', async () => {
    const { events } = await aDay();
    rmSync(backupFolder(folder), { recursive: true });
    damageAll();
    const report = await heal({ from: 'none' });
    expect(report).toMatchObject({ backup: null, fromServer: true });
    const healed = reopen();
    expect(sqliteOutbox(healed.writer).head()).toEqual({ seq: 0, hash: GENESIS_HASH });
    giveBack(healed, events);
    setRecovered(healed.writer);
    expect(sqliteOutbox(healed.writer).read(1, wide)).toEqual(events);
    expect(booksOf(healed.writer).orders).toHaveLength(7);
    // Nobody's PIN is known before the server has told it.
    expect(healed.writer.connection.prepare('SELECT DISTINCT active FROM staff').pluck().all()).toEqual([0]);
  });

  test('and not even that must be enrolled anew', async () => {
    await aDay();
    rmSync(path.join(folder, 'identity.json'));
    damageAll();
    await expect(heal({ from: 'none' })).rejects.toMatchObject({ code: 'no_identity' });
  });
});

describe('a healing that was cut off', () => {
  test.each([
    ['before the damaged files moved', 0],
    ['when the database had moved', 1],
    ['when its WAL had moved too', 2],
  ])('%s is finished by whoever opens the till next', async (_name, moved) => {
    const { books } = await aDay();
    damageElsewhere();
    const damaged = readFileSync(databaseFile(folder));
    const { aside } = await heal();
    // Back to where it stood, with a WAL that belongs to the damaged database.
    renameSync(databaseFile(folder), healedFile(folder));
    rmSync(aside ?? '', { recursive: true });
    const parts = [databaseFile(folder), `${databaseFile(folder)}-wal`];
    writeFileSync(parts[0] ?? '', damaged);
    writeFileSync(parts[1] ?? '', 'what the damaged till wrote last');
    const made = statSync(healedFile(folder)).mtime.toISOString().replaceAll(/[:.]/g, '-');
    const place = path.join(folder, `damaged-${made}`);
    mkdirSync(place);
    for (const part of parts.slice(0, moved)) renameSync(part, path.join(place, path.basename(part)));
    const healed = reopen();
    expect(booksOf(healed.writer)).toEqual(books);
    expect(existsSync(healedFile(folder))).toBe(false);
    expect(readFileSync(path.join(place, 'holdfast.db')).equals(damaged)).toBe(true);
    expect(readFileSync(path.join(place, 'holdfast.db-wal'), 'utf8')).toContain('wrote last');
  });
});
