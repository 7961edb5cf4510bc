import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Store, openStore } from '../store/open-store.ts';
import { growHistory } from '../test-support/grow-history.ts';
import { removeTillTemplate, testTillFolder } from '../test-support/test-till.ts';
import type { TemporaryFolder } from '../test-support/temporary-folder.ts';
import { backupFolder, listBackups } from './backup-files.ts';
import { type CareService, startCare } from './care-service.ts';

// Real processes and files on a machine that others use too: slow is not wrong.
vi.setConfig({ testTimeout: 30_000 });

const patience = { timeout: 10_000, interval: 10 };

let temporary: TemporaryFolder;
let folder: string;
let service: CareService | undefined;
let store: Store | undefined;
beforeEach(async () => {
  ({ temporary, folder } = await testTillFolder());
});
afterEach(async () => {
  await service?.stop();
  service = undefined;
  store?.close();
  store = undefined;
  temporary.remove();
});
afterAll(removeTillTemplate);

/** @param source of a thread that a test wants instead of the real one */
function start(source?: string) {
  const file = temporary.join('thread.mjs');
  if (source !== undefined)
    writeFileSync(file, `import { parentPort } from 'node:worker_threads';\n${source}`);
  const heard = { statuses: 0, crashes: [] as unknown[] };
  const timers: { readonly work: () => void; readonly ms: number }[] = [];
  const started = startCare(
    { folder, reserveBytes: 0 },
    {
      onStatus: () => {
        heard.statuses += 1;
      },
      onCrash: (error) => heard.crashes.push(error),
      ...(source === undefined ? {} : { threadUrl: pathToFileURL(file) }),
      setTimer: (work, ms) => {
        timers.push({ work, ms });
        return () => timers.splice(0);
      },
    },
  );
  service = started;
  return { heard, timers, service: started };
}

describe('the real care thread', () => {
  test('tells how the disk is, and makes a backup while the till sells', async () => {
    store = openStore(folder);
    const { service: care } = start();
    await vi.waitFor(() => expect(care.status().databaseBytes).toBeGreaterThan(10_000), patience);
    const made = care.backUp();
    growHistory(store, 200, '2026-11-24T12:00:00.000Z');
    await made;
    expect(listBackups(backupFolder(folder))).toHaveLength(1);
    expect(care.status().lastBackupAt).not.toBeNull();
    await care.stop();
    await expect(care.backUp()).rejects.toMatchObject({ code: 'backup_failed' });
    // It has closed its connection: the till's own is the last, and takes the WAL along.
    store.close();
    store = openStore(folder);
  });

  test('answers why a backup failed', async () => {
    store = openStore(folder);
    const { service: care } = start();
    store.writer.connection.exec("UPDATE event_log SET payload = '{}'");
    await expect(care.backUp()).rejects.toMatchObject({
      code: 'backup_failed',
      message: expect.stringContaining('not what its hash says') as string,
    });
    await vi.waitFor(() => expect(care.status().backupProblem).toContain('not what its hash says'), patience);
  });
});

describe('a care thread that dies', () => {
  test('fails the backup that waits for it, and is started again, later each time', async () => {
    const {
      heard,
      timers,
      service: care,
    } = start("parentPort.once('message', () => { throw new Error('disk'); });");
    await expect(care.backUp()).rejects.toMatchObject({ message: 'The backup was interrupted.' });
    expect(heard.crashes).toHaveLength(1);
    await vi.waitFor(() => expect(timers).toHaveLength(1), patience);
    await expect(care.backUp()).rejects.toMatchObject({ code: 'backup_failed' });
    const [first] = timers.splice(0);
    first?.work();
    await expect(care.backUp()).rejects.toMatchObject({ message: 'The backup was interrupted.' });
    await vi.waitFor(() => expect(timers).toHaveLength(1), patience);
    expect(timers[0]?.ms).toBeGreaterThan(first?.ms ?? 0);
  });

  test('and is stopped then stays so', async () => {
    const { timers, service: care } = start("throw new Error('at once');");
    await vi.waitFor(() => expect(timers).toHaveLength(1), patience);
    await care.stop();
    expect(timers).toEqual([]);
  });
});
