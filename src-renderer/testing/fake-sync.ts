import type { SyncStatus } from '#main/api/sync-status.ts';

/** Of a till that has nothing to complain about. */
export function fakeSync(changes: Partial<SyncStatus> = {}): SyncStatus {
  return {
    state: 'live',
    refusal: null,
    offlineSince: null,
    problem: null,
    serverUrl: 'http://127.0.0.1:4600',
    protocol: 2,
    epoch: 1,
    clockSkewMs: 120,
    up: {
      lastSeq: 1_204,
      ackedThrough: 1_204,
      waiting: 0,
      waitingBytes: 0,
      oldestWaitingAt: null,
      rate: null,
      secondsLeft: null,
      paused: false,
    },
    quarantined: { count: 0, newest: [] },
    down: {
      state: 'current',
      snapshot: null,
      appliedAt: '2026-11-23T12:00:00.000Z',
      cursor: '1:7:9',
      problem: null,
    },
    care: {
      databaseBytes: 48_000_000,
      walBytes: 4_100_000,
      lastBackupAt: '2026-11-23T04:00:00.000Z',
      backupProblem: null,
      archivedThrough: 0,
      archiveProblem: null,
      healed: null,
    },
    ...changes,
  };
}
