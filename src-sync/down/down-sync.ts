/**
 * Brings down what the terminal must know of its server, over the line that the engine owns.
 *
 *              line opened                        nothing more            a poke, or half a minute
 *     ┌──────┐            ┌─────────┐                        ┌─────────┐
 *     │ idle │───────────▶│ pulling │───────────────────────▶│ current │──▶ pulling
 *     └──────┘            └─────────┘                        └─────────┘
 *        ▲                  │     ▲  installed
 *        │      no cursor, or     │
 *        │      it leads nowhere  │
 *        │                  ▼     │
 *        │                ┌─────────┐
 *        │                │ loading │  a snapshot: downloaded, checked, switched to
 *        │                └─────────┘
 *        └── line lost, from any of them. What lies on the disk of a download stays for the next line.
 *
 * What keeps it right:
 * - The cursor is the mirror's, moved in the transaction of the page: whatever dies, the next pull begins where the disk is.
 * - One cycle at a time. A poke during a cycle is kept, and the next cycle begins behind it.
 * - What a former line still answers is thrown away, unread.
 * - A failure waits, longer each time; no answer of the server can make it ask without a pause.
 */
import { z } from 'zod';
import { backoffDelay, spread } from '../backoff.ts';
import type { DownChannel, DownChannelListeners } from '../down-channel.ts';
import type { DownStatus } from '../engine-status.ts';
import { MAX_PAGE_RECORDS } from '../protocol/changes.ts';
import type { SetTimer } from '../set-timer.ts';
import type { FetchSnapshot, SyncLink } from '../sync-link.ts';
import { messageOf } from '../up/line-end.ts';
import { loadSnapshot } from './load-snapshot.ts';
import type { Mirror } from './mirror.ts';
import { StatusTeller } from './status-teller.ts';

export interface DownSyncEnvironment {
  readonly mirror: Mirror;
  readonly fetchSnapshot: FetchSnapshot;
  readonly listeners: DownChannelListeners;
  readonly now: () => Date;
  /** In [0, 1). */
  readonly random: () => number;
  readonly setTimer: SetTimer;
}

/** A poke can get lost: somebody looks all the same. Spread, so that the tills of a server that was restarted do not look as one. */
const LOOK_EVERY_MS = 30_000;
/** Between two cycles at the most: while a backlog goes up, each of its batches is a poke. */
const LONGEST_REST_MS = 1_000;
/** Snapshots in a row without a page between them: a server that offers no way on from its own snapshot is left alone for a while. */
const MOST_SNAPSHOTS = 2;

export function createDownSync(environment: DownSyncEnvironment): DownChannel {
  return new DownSync(environment);
}

/** Not the line's fault: the same is tried again on it, later. */
class NotNow extends Error {}

class DownSync implements DownChannel {
  private readonly environment: DownSyncEnvironment;
  private readonly teller: StatusTeller;
  private link: SyncLink | null = null;
  /** Goes up with every line opened or lost. */
  private generation = 0;
  /** Aborted with the line: a download goes on behind what is on the disk. */
  private line = new AbortController();
  private readonly stopping = new AbortController();
  private busy = false;
  /** There may be something that the last cycle has not seen. */
  private wanted = false;
  private failures = 0;
  private cycleEndedAt = 0;
  private cycleTook = 0;
  /** The timer that waits is that of a rest. */
  private resting = false;
  private snapshots = 0;
  private cancelTimer: (() => void) | null = null;

  constructor(environment: DownSyncEnvironment) {
    this.environment = environment;
    this.teller = new StatusTeller(environment.now, environment.listeners.onStatus);
  }

  lineOpened(link: SyncLink): void {
    if (this.stopping.signal.aborted) return;
    this.generation += 1;
    this.link = link;
    this.line = new AbortController();
    this.failures = 0;
    this.wanted = true;
    this.begin();
  }

  lineLost(): void {
    this.generation += 1;
    this.link = null;
    this.line.abort();
    this.cancelTimer?.();
    this.cancelTimer = null;
    // A snapshot that is being read from the disk needs no line, and says itself when it is in.
    if (!this.busy) this.teller.tell({ state: 'idle', snapshot: null });
  }

  changesAvailable(): void {
    this.wanted = true;
    // The end of the cycle, or of the wait after a failure, will look.
    if (this.link === null || this.busy || this.failures > 0) return;
    const rest = this.restLeft();
    if (rest === 0) this.begin();
    else if (!this.resting) this.wait(rest, true);
  }

  status(): DownStatus {
    return this.teller.status();
  }

  stop(): void {
    this.stopping.abort();
    this.lineLost();
  }

  private begin(): void {
    const { link } = this;
    if (link === null || this.busy || this.stopping.signal.aborted) return;
    this.cancelTimer?.();
    this.cancelTimer = null;
    this.resting = false;
    void this.cycle(link, this.generation);
  }

  private async cycle(link: SyncLink, mine: number): Promise<void> {
    this.busy = true;
    this.wanted = false;
    const started = this.environment.now().getTime();
    let delay: number | null = null;
    try {
      await this.pullAll(link, mine);
    } catch (error) {
      delay = this.failed(error, mine);
    }
    this.busy = false;
    this.cycleEndedAt = this.environment.now().getTime();
    this.cycleTook = this.cycleEndedAt - started;
    if (this.stopping.signal.aborted) return;
    if (this.link === null) {
      this.teller.tell({ state: 'idle', snapshot: null });
      return;
    }
    if (mine !== this.generation) this.begin();
    else if (delay !== null) this.wait(delay, false);
    else if (this.wanted) this.wait(this.restLeft(), true);
    else this.wait(spread(LOOK_EVERY_MS, this.environment.random()), false);
  }

  /** A cycle rests as long as it took: it never has more than half of the time to itself. Whatever the clock was set to meanwhile. */
  private restLeft(): number {
    const passed = this.environment.now().getTime() - this.cycleEndedAt;
    const rest = Math.min(LONGEST_REST_MS, Math.max(0, this.cycleTook));
    return passed < 0 || passed > rest ? 0 : rest - passed;
  }

  private wait(ms: number, resting: boolean): void {
    this.cancelTimer?.();
    this.resting = resting;
    this.cancelTimer = this.environment.setTimer(() => {
      this.cancelTimer = null;
      this.begin();
    }, ms);
  }

  /** @returns how long to wait */
  private failed(error: unknown, mine: number): number {
    this.failures += 1;
    const delay = backoffDelay(this.failures - 1, this.environment.random());
    if (mine === this.generation && !this.stopping.signal.aborted) {
      this.teller.tell({ state: 'pulling', snapshot: null, problem: messageOf(error) });
    }
    return delay;
  }

  private async pullAll(link: SyncLink, mine: number): Promise<void> {
    const { mirror, now } = this.environment;
    for (let more = true; more;) {
      const after = mirror.cursor();
      if (after === null) {
        await this.load(link, mine);
        if (mine !== this.generation) return;
        continue;
      }
      this.teller.tell({ state: 'pulling', snapshot: null });
      const reply = await this.ask(mine, () => link.pullChanges({ after, limit: MAX_PAGE_RECORDS }));
      if (reply === undefined) return;
      if (!reply.ok) {
        if (reply.code === 'unavailable') throw new NotNow(reply.message);
        await this.load(link, mine);
        if (mine !== this.generation) return;
        continue;
      }
      if (reply.more && reply.to === after)
        throw new NotNow('The server says there is more and does not tell it.');
      const at = now().toISOString();
      if (reply.to !== after) {
        mirror.applyPage(reply, at);
        this.teller.tell({ appliedAt: at });
      }
      this.snapshots = 0;
      this.failures = 0;
      ({ more } = reply);
    }
    this.teller.tell({ state: 'current', snapshot: null, problem: null });
  }

  private async load(link: SyncLink, mine: number): Promise<void> {
    if (this.snapshots >= MOST_SNAPSHOTS) {
      this.snapshots = 0;
      throw new NotNow('The server offers no way on from its own snapshot.');
    }
    this.teller.tell({ state: 'loading' });
    const reply = await this.ask(mine, () => link.prepareSnapshot());
    if (reply === undefined) return;
    if (!reply.ok) throw new NotNow(reply.message);
    const at = this.environment.now().toISOString();
    const installed = await loadSnapshot(reply, {
      ...this.environment,
      at,
      // Either ends the download; once the file is whole, only a stop ends the rest.
      downloading: AbortSignal.any([this.line.signal, this.stopping.signal]),
      stopping: this.stopping.signal,
      onProgress: (snapshot) => this.teller.progress(snapshot),
    });
    if (!installed) return;
    // Only a page behind it says that all is well again: a snapshot that leads nowhere must not make the next wait a short one.
    this.snapshots += 1;
    this.teller.tell({ appliedAt: at });
  }

  /**
   * @returns undefined when the line is another one by now
   * @throws {NotNow} for an answer that cannot be read: the engine's own requests may go on over the same line
   */
  private async ask<Reply>(mine: number, request: () => Promise<Reply>): Promise<Reply | undefined> {
    try {
      const reply = await request();
      return mine === this.generation ? reply : undefined;
    } catch (error) {
      if (mine !== this.generation) return undefined;
      if (!(error instanceof z.ZodError)) this.environment.listeners.onLineUseless(messageOf(error));
      // The line may be another one now; then this is heard by nobody.
      throw new NotNow(
        error instanceof z.ZodError
          ? 'This till does not understand what its server tells it.'
          : messageOf(error),
      );
    }
  }
}
