import type { VirtualTime } from '../world/virtual-time.ts';
import type { Changes, MadeSnapshot } from './changes.ts';

interface LastSnapshot {
  readonly snapshot: MadeSnapshot;
  readonly madeAt: number;
  readonly position: number;
}

/** As the real server keeps one for the next till of the location. */
const LASTS_MS = 60_000;

/** The snapshots that the server has made, and may give to several tills. */
export class SnapshotShelf {
  private readonly time: VirtualTime;
  private readonly horizon: number;
  /** What each of them said, for who judges the tills: a crash does not take that away. */
  private readonly told = new Map<string, MadeSnapshot>();
  private fetchable = new Set<string>();
  private last: LastSnapshot | null = null;

  constructor(time: VirtualTime, horizon: number) {
    this.time = time;
    this.horizon = horizon;
  }

  prepare(changes: Changes, at: Date, position: number): MadeSnapshot {
    const { last, time, horizon } = this;
    const isFresh =
      last !== null && time.now() - last.madeAt < LASTS_MS && position - last.position < horizon / 2;
    if (isFresh) return last.snapshot;
    const snapshot = changes.snapshot(`snapshot-${this.told.size + 1}`, at);
    this.told.set(snapshot.offer.path, snapshot);
    this.fetchable.add(snapshot.offer.path);
    this.last = { snapshot, madeAt: time.now(), position };
    return snapshot;
  }

  /** undefined: there is none, or not any more. */
  bytes(path: string): Buffer | undefined {
    return this.fetchable.has(path) ? this.told.get(path)?.bytes : undefined;
  }

  whatWasTold(path: string): MadeSnapshot | undefined {
    return this.told.get(path);
  }

  crash(): void {
    this.fetchable = new Set();
    this.last = null;
  }
}
