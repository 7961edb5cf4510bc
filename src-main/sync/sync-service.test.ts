import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EngineStatus } from '#sync/engine-status.ts';
import { IDLE_DOWN, offlineUp } from '#sync/first-status.ts';
import { type TemporaryFolder, temporaryFolder } from '../test-support/temporary-folder.ts';
import type { AppliedChange } from './applied-change.ts';
import { type SyncService, startSync } from './sync-service.ts';

// Real processes and files on a machine that others use too: slow is not wrong.
vi.setConfig({ testTimeout: 30_000 });

const data = {
  folder: '/nowhere',
  terminalId: 'T1',
  locationId: 'STORE-001',
  serverUrl: 'http://127.0.0.1:1',
  token: 'secret',
};
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

const NOON = new Date('2026-11-23T12:00:00.000Z');

/** A sync thread that does this. Restarts wait in `timers`, with their delay, until the test lets them go. */
function start(source: string) {
  const file = temporary.join('thread.mjs');
  writeFileSync(file, `import { parentPort, workerData } from 'node:worker_threads';\n${source}`);
  const heard = {
    statuses: [] as (EngineStatus | null | undefined)[],
    crashes: [] as unknown[],
    applied: [] as AppliedChange[],
  };
  const timers: { readonly work: () => void; readonly ms: number }[] = [];
  service = startSync(data, {
    onStatus: () => heard.statuses.push(service?.status()),
    onApplied: (change) => heard.applied.push(change),
    onCrash: (error) => heard.crashes.push(error),
    threadUrl: pathToFileURL(file),
    now: () => NOON,
    setTimer: (work, ms) => {
      const timer = { work, ms };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
  });
  /** Waits for the next restart to be due, starts it and tells how long it would have waited. */
  const restart = async (): Promise<number> => {
    await vi.waitFor(() => expect(timers).toHaveLength(1), patience);
    const [timer] = timers.splice(0);
    timer?.work();
    return timer?.ms ?? 0;
  };
  return { ...heard, timers, restart };
}

const SINCE = '2026-11-20T08:00:00.000Z';
const QUARANTINED = { count: 1, newest: [{ seq: 3, eventType: 'order.created', reason: 'No.', at: SINCE }] };
const LIVE: EngineStatus = {
  up: {
    ...offlineUp(7, SINCE, null),
    state: 'live',
    offlineSince: null,
    clockSkewMs: -40,
    rate: { eventsPerSecond: 5, bytesPerSecond: 900 },
    paused: true,
    quarantined: QUARANTINED,
  },
  down: {
    state: 'loading',
    snapshot: { receivedBytes: 1, totalBytes: 2, appliedRecords: 0, totalRecords: 9 },
    appliedAt: SINCE,
    problem: null,
  },
};
const telling = (status: EngineStatus) =>
  `parentPort.postMessage({ kind: 'status', status: { up: { ...${JSON.stringify(status.up)}, problem: workerData.token }, down: ${JSON.stringify(status.down)} } });`;
const STATUS = telling(LIVE);

describe('the sync thread', () => {
  test('is heard', async () => {
    const { statuses } = start(`${STATUS} parentPort.on('message', () => parentPort.close());`);
    expect(service?.status()).toBeNull();
    await vi.waitFor(() => expect(statuses).toHaveLength(1), patience);
    expect(service?.status()).toEqual({ ...LIVE, up: { ...LIVE.up, problem: 'secret' } });
  });

  test('that dies is offline with a reason, and is started again', async () => {
    const { statuses, crashes, restart } = start(`${STATUS} parentPort.on('message', ({ kind }) => {
      if (kind === 'wake') throw new Error('out of disk');
      parentPort.close();
    });`);
    await vi.waitFor(() => expect(statuses).toHaveLength(1), patience);
    service?.wake();
    await vi.waitFor(() => expect(crashes).toMatchObject([{ message: 'out of disk' }]), patience);
    await vi.waitFor(() => expect(statuses).toHaveLength(2), patience);
    expect(statuses[1]).toEqual({
      up: {
        ...offlineUp(7, NOON.toISOString(), 'The sync stopped unexpectedly; it is starting again.'),
        clockSkewMs: -40,
        quarantined: QUARANTINED,
      },
      down: { state: 'idle', snapshot: null, appliedAt: SINCE, problem: null },
    });
    await restart();
    await vi.waitFor(() => expect(statuses).toHaveLength(3), patience);
    expect(service?.status()).toMatchObject({ up: { state: 'live' } });
  });

  test('that dies before its first word is offline too', async () => {
    const { statuses } = start(`throw new Error('at once');`);
    await vi.waitFor(() => expect(statuses).toHaveLength(1), patience);
    expect(statuses).toEqual([
      {
        up: offlineUp(0, NOON.toISOString(), 'The sync stopped unexpectedly; it is starting again.'),
        down: IDLE_DOWN,
      },
    ]);
  });

  test('that dies again and again is started less and less often', async () => {
    const { restart } = start(`throw new Error('at once');`);
    const waits: number[] = [];
    for (let death = 0; death < 7; death += 1) waits.push(await restart());
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  });

  test.each(['recovering', 'catching_up', 'live'] as const)(
    'that was connected (%s) before it died is started soon',
    async (state) => {
      const connected = telling({ ...LIVE, up: { ...LIVE.up, state } });
      const { restart } = start(`${connected} setTimeout(() => { throw new Error('later'); });`);
      expect([await restart(), await restart(), await restart()]).toEqual([1_000, 1_000, 1_000]);
    },
  );

  test('that has just died can be stopped, and stays stopped', async () => {
    const { crashes, timers } = start(`throw new Error('at once');`);
    await vi.waitFor(() => expect(timers).toHaveLength(1), patience);
    service?.wake();
    await service?.stop();
    expect([crashes.length, timers.length]).toEqual([1, 0]);
  });

  test('that does not listen is ended', async () => {
    const { statuses, crashes } = start(
      `${STATUS} setInterval(() => undefined, 1000); parentPort.on('message', () => undefined);`,
    );
    await vi.waitFor(() => expect(statuses).toHaveLength(1), patience);
    await service?.stop();
    service?.wake();
    expect(crashes).toEqual([]);
  });
});
