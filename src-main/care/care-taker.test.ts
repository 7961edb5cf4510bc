import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { manualTimers } from '#sync/test-support/manual-timers.ts';
import type { CareStatus } from '../api/sync-status.ts';
import { archiveFolder } from '../store/archive-file.ts';
import { type Store, openCareWriter, openStore } from '../store/open-store.ts';
import { sqliteOutbox } from '../sync/sqlite-outbox.ts';
import { growHistory } from '../test-support/grow-history.ts';
import { canMountDisks, mountSmallDisk } from '../test-support/small-disk.ts';
import { removeTillTemplate, testTillFolder } from '../test-support/test-till.ts';
import type { TemporaryFolder } from '../test-support/temporary-folder.ts';
import { backupFolder, listBackups } from './backup-files.ts';
import { type CareOptions, type CareTaker, careTaker } from './care-taker.ts';
import { readIdentity } from './identity-file.ts';

// Real processes and files on a machine that others use too: slow is not wrong.
vi.setConfig({ testTimeout: 30_000 });

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const START = Date.parse('2026-11-24T12:00:00.000Z');
const patience = { timeout: 10_000, interval: 5 };

let temporary: TemporaryFolder;
let store: Store;
let care: ReturnType<typeof openCareWriter>;
let taker: CareTaker;
let timers: ReturnType<typeof manualTimers>;
let clock: number;
let told: CareStatus[];
beforeEach(async () => {
  const made = await testTillFolder();
  temporary = made.temporary;
  open(made.folder);
});
afterEach(async () => {
  await close();
  temporary.remove();
});
afterAll(removeTillTemplate);

function open(folder: string, options: Partial<CareOptions> = {}): void {
  store = openStore(folder);
  care = openCareWriter(folder);
  timers = manualTimers();
  clock = START;
  told = [];
  taker = careTaker({
    folder,
    store: care.writer,
    now: () => new Date(clock),
    setTimer: timers.set,
    onStatus: (status) => told.push(status),
    reserveBytes: 0,
    ...options,
  });
}

async function close(): Promise<void> {
  await taker.stop();
  care.close();
  store.close();
}

/** Lets time pass, and what is begun by it end. */
async function pass(ms: number): Promise<void> {
  clock += ms;
  // The archive takes its steps by timers of its own.
  for (let round = 0; round < 20; round += 1) timers.fire();
  await vi.waitFor(() => expect(isAtRest()).toBe(true), patience);
}
const isAtRest = () =>
  !existsSync(backupFolder(store.folder)) ||
  !readdirSync(backupFolder(store.folder)).some((name) => name.includes('.part'));
const backups = () => listBackups(backupFolder(store.folder)).map(({ madeAt }) => madeAt);

/** Old events, acknowledged, and one of today. */
function growOld(events: number): void {
  growHistory(store, events, '2026-01-01T12:00:00.000Z');
  growHistory(store, 2, '2026-11-24T11:00:00.000Z');
  const outbox = sqliteOutbox(store.writer);
  outbox.setAckedThrough(outbox.head().seq, '2026-11-24T11:30:00.000Z');
}

describe('the care of a till', () => {
  test('clears away what an earlier one has left that died, and no backup', async () => {
    const made = await taker.backUp();
    const left = [
      'healing/holdfast.db',
      'backups/copy.part',
      'backups/till-000000000001-2026-11-20T12-00-00-000Z.db.gz.sha256',
    ].map((name) => path.join(store.folder, name));
    mkdirSync(path.join(store.folder, 'healing'));
    for (const file of left) writeFileSync(file, 'cut off');
    taker.start();
    await pass(10_000);
    expect(left.filter((file) => existsSync(file))).toEqual([]);
    expect(existsSync(path.join(store.folder, 'healing'))).toBe(false);
    const kept = readdirSync(backupFolder(store.folder)).filter((name) => name.startsWith('till-'));
    expect(kept.sort()).toEqual([made.name, `${made.name}.sha256`]);
    expect(told.at(-1)?.backupProblem).toBeNull();
  });

  test('makes a backup a while after the start and then each day, and says so', async () => {
    taker.start();
    expect(told.at(-1)).toMatchObject({
      lastBackupAt: null,
      backupProblem: null,
      archivedThrough: 0,
      healed: null,
    });
    expect(told.at(-1)?.databaseBytes).toBeGreaterThan(10_000);
    await pass(MINUTE);
    await vi.waitFor(() => expect(told.at(-1)?.lastBackupAt).toBe('2026-11-24T12:01:00.000Z'), patience);
    await pass(DAY - MINUTE);
    expect(backups()).toHaveLength(1);
    await pass(2 * MINUTE);
    await vi.waitFor(() => expect(backups()).toHaveLength(2), patience);
    expect(readIdentity(store.folder)?.settings.terminalId).toBe('T1');
  });

  test('makes none after a start while the last one is young, and one when its clock was ahead', async () => {
    const { folder } = store;
    await taker.backUp();
    await close();
    open(folder);
    taker.start();
    await pass(MINUTE);
    expect(backups()).toHaveLength(1);
    clock = START - DAY;
    await pass(0);
    await vi.waitFor(() => expect(backups()).toHaveLength(2), patience);
  });

  test('makes one when it is asked, and one only for two who ask at once', async () => {
    const [one, two] = await Promise.all([taker.backUp(), taker.backUp()]);
    expect(two).toEqual(one);
    expect(told.at(-1)?.lastBackupAt).toBe(one.madeAt);
  });

  test('archives step by step, and stops between two', async () => {
    growOld(3_000);
    taker.start();
    timers.fire();
    await taker.stop();
    const left = timers.delays();
    expect(left).toEqual([]);
    expect(
      sqliteOutbox(store.writer).read(1, { maxEvents: 5_000, maxBytes: 10_000_000 }).length,
    ).toBeGreaterThan(3_000);
    const { folder } = store;
    care.close();
    store.close();
    open(folder);
    taker.start();
    await pass(MINUTE);
    await vi.waitFor(() => expect(told.at(-1)?.archivedThrough).toBeGreaterThanOrEqual(3_000), patience);
    expect(told.at(-1)?.archiveProblem).toBeNull();
  });

  test('goes on with the rest when it cannot read how long events stay', async () => {
    const write = (value: string) =>
      store.writer.connection
        .prepare("INSERT OR REPLACE INTO settings (key, value) VALUES ('keep_events_days', ?)")
        .run(value);
    write('"long"');
    taker.start();
    await pass(MINUTE);
    expect(taker.status().archiveProblem).toContain('keep_events_days');
    await vi.waitFor(() => expect(backups()).toHaveLength(1), patience);
    write('90');
    await pass(16 * MINUTE);
    expect(taker.status().archiveProblem).toBeNull();
  });

  test('says what is wrong, leaves it alone for a while, and takes it back', async () => {
    growOld(100);
    const broken = store.writer.connection.prepare('UPDATE event_log SET payload = ? WHERE seq = 20');
    const payload = store.writer.connection
      .prepare('SELECT payload FROM event_log WHERE seq = 20')
      .pluck()
      .get();
    broken.run('{}');
    taker.start();
    await pass(MINUTE);
    expect(told.at(-1)?.archiveProblem).toContain('broken at event 20');
    broken.run(payload);
    await pass(MINUTE);
    expect(told.at(-1)?.archiveProblem).toContain('broken at event 20');
    await pass(15 * MINUTE);
    expect(told.at(-1)?.archiveProblem).toBeNull();
  });

  test('near the end of the disk does nothing, and leaves the sales their space', async () => {
    const { folder } = store;
    await close();
    open(folder, { reserveBytes: 2 ** 50 });
    growOld(100);
    taker.start();
    await pass(MINUTE);
    await vi.waitFor(() => expect(told.at(-1)?.backupProblem).toContain('nearly full'), patience);
    expect(told.at(-1)).toMatchObject({
      archiveProblem: expect.stringContaining('nearly full') as string,
      archivedThrough: 0,
    });
    expect(backups()).toEqual([]);
    await expect(taker.backUp()).rejects.toMatchObject({ code: 'disk_nearly_full' });
  });
});

describe.skipIf(!canMountDisks)('a disk that is full', () => {
  test('stops backup and archive with a clear problem, disturbs no reader, and both go on when there is space', async () => {
    const from = store.folder;
    await close();
    const place = temporary.join('small');
    const disk = mountSmallDisk(place, 24);
    try {
      const { cpSync } = await import('node:fs');
      cpSync(from, `${place}/till`, { recursive: true });
      open(`${place}/till`);
      growOld(3_000);
      const outbox = sqliteOutbox(store.writer);
      const head = outbox.head();
      disk.fill();
      taker.start();
      await pass(MINUTE);
      await vi.waitFor(() => expect(told.at(-1)?.backupProblem).not.toBeNull(), patience);
      expect(told.at(-1)?.backupProblem).toMatch(/disk of this till is (nearly )?full/);
      expect(told.at(-1)?.archiveProblem).toMatch(/disk of this till is (nearly )?full/);
      expect(outbox.head()).toEqual(head);
      expect(outbox.read(1, { maxEvents: 5_000, maxBytes: 10_000_000 }).length).toBe(head.seq);
      disk.free();
      await pass(16 * MINUTE);
      await vi.waitFor(() => expect(told.at(-1)?.lastBackupAt).not.toBeNull(), patience);
      await pass(MINUTE);
      expect(told.at(-1)).toMatchObject({ backupProblem: null, archiveProblem: null });
      expect(readdirSync(archiveFolder(store.folder))).toHaveLength(1);
      rmSync(backupFolder(store.folder), { recursive: true });
      await close();
      open(from);
    } finally {
      disk.unmount();
    }
  });
});
