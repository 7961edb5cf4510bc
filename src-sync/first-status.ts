/** What is told before anybody has spoken with the server, and of a sync that does not run. */
import type { DownStatus, UpStatus } from './engine-status.ts';

export const IDLE_DOWN: DownStatus = { state: 'idle', snapshot: null, appliedAt: null, problem: null };

export function offlineUp(ackedThrough: number, offlineSince: string, problem: string | null): UpStatus {
  return {
    state: 'offline',
    ackedThrough,
    offlineSince,
    problem,
    refusal: null,
    clockSkewMs: null,
    rate: null,
    paused: false,
    quarantined: { count: 0, newest: [] },
  };
}
