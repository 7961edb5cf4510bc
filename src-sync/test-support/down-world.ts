/**
 * A down-sync by itself, between a server and a disk in memory. Whatever takes time is a task of fast-check's scheduler, which
 * decides what comes before what: a request that reaches the server, its answer, the news that its line broke, a poke, a piece of
 * a download and its end, a step of an installation. What must never be is written down as a flaw.
 */
import type { Scheduler } from 'fast-check';
import type { DownChannel } from '../down-channel.ts';
import { createDownSync } from '../down/down-sync.ts';
import type { SnapshotOffer } from '../protocol/changes.ts';
import type { SyncLink } from '../sync-link.ts';
import { DownDisk, type DiskWatch } from './down-disk.ts';
import { DownServer, type Stock } from './down-server.ts';
import { turn } from './manual-timers.ts';
import { VirtualTimers } from './virtual-timers.ts';

/** Bytes. */
const PIECE = 20;
/** Of one life, with the long quiet behind it. Who begins more than that asks without a pause. */
const MOST_WORK = 5_000;

interface Line {
  /** One for each request that is not settled. */
  readonly breakOff: Set<() => void>;
}

interface Till {
  readonly down: DownChannel;
  readonly life: { stopped: boolean; working: number };
}

export class DownWorld {
  readonly server = new DownServer();
  readonly disk = new DownDisk();
  readonly timers = new VirtualTimers(new Date('2026-11-24T12:00:00.000Z'));
  readonly flaws: string[] = [];
  /** What has happened in this life: one in which nothing does proves nothing. */
  readonly seen = new Set<string>();
  asked = 0;
  downloads = 0;
  private begun = 0;
  private line: Line | null = null;
  /** Pages, offers and pieces that came when their line was another one already. */
  private readonly late = new WeakSet<object>();
  private readonly scheduler: Scheduler;
  private readonly random: () => number;
  private till: Till;

  constructor(scheduler: Scheduler, random: () => number) {
    this.scheduler = scheduler;
    this.random = random;
    this.till = this.startTill();
  }

  poke(): void {
    void this.comes('a poke').then(() => {
      if (this.till.life.working > 0) this.seen.add('a poke under way');
      this.till.down.changesAvailable();
    });
  }

  openLine(): void {
    if (this.line !== null) return;
    const line: Line = { breakOff: new Set() };
    this.line = line;
    this.till.down.lineOpened(this.linkOf(line, this.till.life));
  }

  breakLine(): void {
    if (this.till.life.working > 0) this.seen.add('a line lost under way');
    this.endLine();
    this.till.down.lineLost();
  }

  /** Another takes over the same disk; what the former one waited for still comes. */
  restartTill(): void {
    this.stop();
    this.till = this.startTill();
  }

  stop(): void {
    if (this.till.life.working > 0) this.seen.add('a stop under way');
    this.till.life.stopped = true;
    this.endLine();
    this.till.down.stop();
  }

  state(): string {
    return this.till.down.status().state;
  }

  isEqual(): boolean {
    const { disk, server } = this;
    return (
      disk.cursor === server.cursor() && this.state() === 'current' && isSame(disk.stock, server.stock())
    );
  }

  /** All goes well from here, until nothing is to do but to look now and then. */
  async goWell(): Promise<void> {
    this.server.goWell();
    this.disk.isFull = false;
    this.openLine();
    for (let round = 0; round < 2_000; round += 1) {
      await this.settle();
      if (this.isEqual()) return;
      if (!this.timers.runNext()) {
        this.flaws.push('nothing is under way, nothing waits, and the mirror is not the server');
        return;
      }
    }
    this.flaws.push('it does not come to an end');
  }

  /** Everything under way comes, and all that follows from it, without that time passes. */
  async settle(): Promise<void> {
    await turn();
    await this.scheduler.waitIdle();
  }

  /** Exactly so long, in which everything comes. */
  async letPass(ms: number): Promise<void> {
    const end = { hasCome: false };
    this.timers.set(() => {
      end.hasCome = true;
    }, ms);
    while (!end.hasCome) {
      await this.settle();
      this.timers.runNext();
    }
    await this.settle();
  }

  private comes(label: string): Promise<void> {
    return this.scheduler.schedule(Promise.resolve(), label);
  }

  private endLine(): void {
    const line = this.line;
    this.line = null;
    for (const breakOff of line?.breakOff ?? []) breakOff();
  }

  private startTill(): Till {
    const life: Till['life'] = { stopped: false, working: 0 };
    const down = createDownSync({
      mirror: this.disk.mirror(this.watchOf(life)),
      fetchSnapshot: (offer, from, signal) => this.fetch(life, offer, from, signal),
      listeners: {
        onStatus: () => undefined,
        onLineUseless: () => {
          // Who was stopped has no line any more.
          if (life.stopped) this.flaws.push('a line called useless after the stop');
          else this.breakLine();
        },
      },
      now: this.timers.date,
      random: this.random,
      setTimer: this.timers.set,
    });
    return { down, life };
  }

  /** One thing at a time is asked, fetched or installed; after a stop nothing is begun. */
  private async work<Result>(life: Till['life'], name: string, act: () => Promise<Result>): Promise<Result> {
    if (life.stopped) this.flaws.push(`${name} after the stop`);
    life.working += 1;
    if (life.working > 1) this.flaws.push(`${name} beside another`);
    this.begun += 1;
    if (this.begun > MOST_WORK) {
      this.flaws.push('it asks without a pause');
      return new Promise<never>(() => undefined);
    }
    try {
      return await act();
    } finally {
      life.working -= 1;
    }
  }

  private linkOf(line: Line, life: Till['life']): SyncLink {
    const never = (): Promise<never> => Promise.reject(new Error('Not the way down.'));
    const ask = <Reply extends object>(name: string, made: () => () => Reply): Promise<Reply> => {
      this.asked += 1;
      return this.work(life, name, () => this.request(line, name, made));
    };
    return {
      hello: never,
      push: never,
      pullEvents: never,
      listQuarantined: never,
      close: () => undefined,
      pullChanges: ({ after }) => ask('a pull', () => this.server.pull(after)),
      prepareSnapshot: () => ask('a snapshot asked for', () => this.server.prepare()),
    };
  }

  /** When its line breaks, its answer and the news of the break are both under way. */
  private request<Reply extends object>(line: Line, name: string, make: () => () => Reply): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const breakOff = (): void =>
        void this.comes(`${name} breaks off`).then(() => reject(new Error('The line broke.')));
      line.breakOff.add(breakOff);
      void this.answerOf(line, name, make)
        .finally(() => line.breakOff.delete(breakOff))
        .then(resolve, reject);
    });
  }

  private async answerOf<Reply extends object>(
    line: Line,
    name: string,
    make: () => () => Reply,
  ): Promise<Reply> {
    await this.comes(`${name} reaches the server`);
    const made = make();
    await this.comes(`${name} is answered`);
    const reply = made();
    if (line !== this.line) this.markLate(reply, 'an answer of a former line');
    return reply;
  }

  private async *fetch(
    life: Till['life'],
    offer: SnapshotOffer,
    from: number,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const { line } = this;
    this.downloads += 1;
    if (from > 0) this.seen.add('a download that went on');
    const whole = this.server.file(offer, from);
    for (let at = 0; at < whole.byteLength; at += PIECE) {
      const piece = whole.subarray(at, at + PIECE);
      await this.work(life, 'a piece', () => this.piece(signal));
      if (line !== this.line) this.markLate(piece, 'a piece of a former line');
      yield piece;
      if (this.server.breaksDownload) {
        this.server.breaksDownload = false;
        throw new Error('The download broke.');
      }
    }
  }

  /** When the download is ended, the piece and the end of the connection are both under way. */
  private piece(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void =>
        void this.comes('a download ends').then(() => reject(new Error('The download was ended.')));
      signal.addEventListener('abort', end);
      void this.comes('a piece')
        .finally(() => signal.removeEventListener('abort', end))
        .then(resolve, reject);
    });
  }

  private markLate(what: object, name: string): void {
    this.late.add(what);
    this.seen.add(name);
  }

  private watchOf(life: Till['life']): DiskWatch {
    const changing = (name: string, what: object): void => {
      if (life.stopped) this.flaws.push(`${name} after the stop`);
      if (this.late.has(what)) this.flaws.push(`${name} of a former line`);
    };
    return {
      onPage: (page, cursor) => {
        changing('a page', page);
        if (this.server.beginOf(page) !== cursor)
          this.flaws.push('a page that does not begin where the mirror is');
      },
      onPiece: (bytes) => changing('a piece', bytes),
      onOffer: (offer) => changing('an offer', offer),
      seen: (what) => this.seen.add(what),
      step: () => this.work(life, 'an installation', () => this.comes('a step of an installation')),
    };
  }
}

function isSame(one: Stock, other: Stock): boolean {
  return one.size === other.size && [...one].every(([sku, quantity]) => other.get(sku) === quantity);
}
