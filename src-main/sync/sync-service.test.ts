import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type TemporaryFolder, temporaryFolder } from '../test-support/temporary-folder.ts';
import { type SyncService, startSync } from './sync-service.ts';

// Real processes and files on a machine that others use too: slow is not wrong.
vi.setConfig({ testTimeout: 30_000 });

const data = { folder: '/nowhere', terminalId: 'T1', serverUrl: 'http://127.0.0.1:1', token: 'secret' };
const patience = { timeout: 8_000, interval: 10 };

let temporary: TemporaryFolder;
let service: SyncService | undefined;
beforeEach(() => {
  temporary = temporaryFolder();
});
afterEach(async () => {
  await service?.stop();
  service = undefined;
  temporary.remove();
});

/** A sync thread that does this. */
function start(source: string) {
  const file = temporary.join('thread.mjs');
  writeFileSync(file, `import { parentPort, workerData } from 'node:worker_threads';\n${source}`);
  const heard = { statuses: 0, crashes: [] as unknown[] };
  service = startSync(data, {
    onStatus: () => {
      heard.statuses += 1;
    },
    onCrash: (error) => heard.crashes.push(error),
    threadUrl: pathToFileURL(file),
  });
  return heard;
}

const STATUS = `parentPort.postMessage({ kind: 'status', status: { state: 'live', ackedThrough: 7, offlineSince: null, problem: workerData.token } });`;

describe('the sync thread', () => {
  test('is heard', async () => {
    const heard = start(`${STATUS} parentPort.on('message', () => parentPort.close());`);
    expect(service?.status()).toBeNull();
    await vi.waitFor(() => expect(heard.statuses).toBe(1), patience);
    expect(service?.status()).toEqual({
      state: 'live',
      ackedThrough: 7,
      offlineSince: null,
      problem: 'secret',
    });
  });

  test('that dies is started again', async () => {
    const heard = start(`${STATUS} parentPort.on('message', ({ kind }) => {
      if (kind === 'wake') throw new Error('out of disk');
      parentPort.close();
    });`);
    await vi.waitFor(() => expect(heard.statuses).toBe(1), patience);
    service?.wake();
    await vi.waitFor(() => expect(heard.crashes).toMatchObject([{ message: 'out of disk' }]), patience);
    await vi.waitFor(() => expect(heard.statuses).toBe(2), patience);
  });

  test('that has just died can be stopped, and stays stopped', async () => {
    const heard = start(`throw new Error('at once');`);
    await vi.waitFor(() => expect(heard.crashes).toHaveLength(1), patience);
    service?.wake();
    await service?.stop();
    expect(heard.crashes).toHaveLength(1);
  });

  test('that does not listen is ended', async () => {
    const heard = start(
      `${STATUS} setInterval(() => undefined, 1000); parentPort.on('message', () => undefined);`,
    );
    await vi.waitFor(() => expect(heard.statuses).toBe(1), patience);
    await service?.stop();
    service?.wake();
    expect(heard.crashes).toEqual([]);
  });
});
