import { isDeepStrictEqual } from 'node:util';
import type { DownStatus, SnapshotProgress } from '../engine-status.ts';
import { IDLE_DOWN } from '../first-status.ts';

/** A bar that moves four times a second moves; more would only cost. */
const PROGRESS_EVERY_MS = 250;

/** Holds the status, and tells of it when something in it is different. */
export class StatusTeller {
  private readonly now: () => Date;
  private readonly onChange: () => void;
  private current: DownStatus = IDLE_DOWN;
  private progressToldAt = Number.NEGATIVE_INFINITY;

  constructor(now: () => Date, onChange: () => void) {
    this.now = now;
    this.onChange = onChange;
  }

  status(): DownStatus {
    return this.current;
  }

  tell(changes: Partial<DownStatus>): void {
    const next = { ...this.current, ...changes };
    if (isDeepStrictEqual(next, this.current)) return;
    this.current = next;
    this.onChange();
  }

  progress(snapshot: SnapshotProgress): void {
    const at = this.now().getTime();
    // A clock that was set back must not hold it up.
    const since = Math.abs(at - this.progressToldAt);
    if (since < PROGRESS_EVERY_MS) {
      this.current = { ...this.current, snapshot };
      return;
    }
    this.progressToldAt = at;
    this.tell({ snapshot });
  }
}
