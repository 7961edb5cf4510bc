/**
 * A down-sync by itself, between a server and a mirror in memory. Nothing comes back before the test lets it, so that anything can
 * happen at any await; what must never be is written down as a flaw.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { DownChannel } from '../down-channel.ts';
import { createDownSync } from '../down/down-sync.ts';
import { type InstallOptions, type Mirror, SnapshotRefused } from '../down/mirror.ts';
import type { ChangesPage, ChangesPullAnswer, SnapshotOffer } from '../protocol/changes.ts';
import type { SyncLink } from '../sync-link.ts';
import { VirtualTimers } from './virtual-timers.ts';

/** What the server does with whatever it is asked next. */
export type Mood = 'well' | 'unavailable' | 'nonsense' | 'broken';

interface Change {
  readonly sku: string;
  readonly quantity: number;
}

interface Gate {
  readonly open: () => void;
}

const PAGE = 3;
const CHUNK = 40;
const SKUS = ['A', 'B', 'C', 'D', 'E'] as const;

export class DownWorld {
  readonly timers = new VirtualTimers(new Date('2026-11-24T12:00:00.000Z'));
  readonly flaws: string[] = [];
  /** What has happened in this life: one in which nothing does proves nothing. */
  readonly seen = new Set<string>();
  mood: Mood = 'well';
  /** The next piece of a download is the last that comes. */
  breaksDownload = false;
  /** The next download has a wrong byte in it. */
  spoilsDownload = false;
  /** It knows no way on from any cursor. */
  forgetsAll = false;
  asked = 0;
  downloads = 0;
  stopped = false;
  private history = 1;
  private log: Change[] = [];
  /** Of the log, what no page tells any more. */
  private trimmed = 0;
  private line: object | null = null;
  private waiting: Gate[] = [];
  private working = 0;
  private files = new Map<string, number[]>();
  private at: string | null = null;
  private stock = new Map<string, number>();
  private readonly down: DownChannel;

  constructor() {
    this.down = createDownSync({
      mirror: this.mirror(),
      fetchSnapshot: (offer, from, signal) => this.fetch(offer, from, signal),
      listeners: { onStatus: () => undefined, onLineUseless: () => this.breakLine() },
      now: this.timers.date,
      random: () => 0.5,
      setTimer: this.timers.set,
    });
  }

  change(count: number, pokes: boolean): void {
    for (let one = 0; one < count; one += 1) {
      const sku = SKUS[(this.log.length * 7 + this.history) % SKUS.length] ?? 'A';
      this.log.push({ sku, quantity: this.log.length + 100 * this.history });
    }
    if (pokes && this.line !== null) this.down.changesAvailable();
  }

  poke(): void {
    this.down.changesAvailable();
  }

  /** From an older backup: what it tells from here is another history. */
  restoreServer(share: number): void {
    this.history += 1;
    this.log = this.log.slice(0, Math.floor(this.log.length * share));
    this.trimmed = Math.min(this.trimmed, this.log.length);
  }

  trim(): void {
    this.trimmed = this.log.length;
  }

  openLine(): void {
    if (this.line !== null || this.stopped) return;
    const line = {};
    this.line = line;
    this.down.lineOpened(this.linkOf());
  }

  breakLine(): void {
    if (this.isWorking()) this.seen.add('a line lost under way');
    this.line = null;
    this.down.lineLost();
  }

  stop(): void {
    this.stopped = true;
    this.line = null;
    this.down.stop();
  }

  /** Lets the first so many of what is under way come to its end. */
  deliver(count: number): void {
    for (const { open } of this.waiting.splice(0, count)) open();
  }

  isWorking(): boolean {
    return this.waiting.length > 0;
  }

  state(): {
    readonly state: string;
    readonly cursor: string | null;
    readonly stock: ReadonlyMap<string, number>;
  } {
    return { state: this.down.status().state, cursor: this.at, stock: new Map(this.stock) };
  }

  server(): { readonly cursor: string; readonly stock: ReadonlyMap<string, number> } {
    return { cursor: this.cursorAt(this.log.length), stock: stockOf(this.log) };
  }

  /** All goes well from here, until nothing is to do but to look now and then. */
  async goWell(turn: () => Promise<void>): Promise<void> {
    this.mood = 'well';
    this.forgetsAll = false;
    this.breaksDownload = false;
    this.spoilsDownload = false;
    this.openLine();
    for (let round = 0; round < 2_000; round += 1) {
      await turn();
      if (this.isWorking()) this.deliver(1);
      else if (this.isEqual()) return;
      else if (!this.timers.runNext()) {
        this.flaws.push('nothing is under way, nothing waits, and the mirror is not the server');
        return;
      }
    }
    this.flaws.push('it does not come to an end');
  }

  isEqual(): boolean {
    const { cursor, stock } = this.server();
    return this.at === cursor && this.down.status().state === 'current' && isSame(stock, this.stock);
  }

  private cursorAt(position: number): string {
    return `${this.history}:${position}`;
  }

  /** One thing at a time is asked, fetched or installed; after a stop nothing is begun. */
  private async work<Result>(name: string, result: () => Result): Promise<Result> {
    if (this.stopped) this.flaws.push(`${name} after the stop`);
    this.working += 1;
    if (this.working > 1) this.flaws.push(`${name} beside another`);
    try {
      // Made when it is let go: what happens behind that is not in it any more.
      return await new Promise<Result>((resolve, reject) => {
        const open = (): void => {
          try {
            resolve(result());
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        };
        this.waiting.push({ open });
      });
    } finally {
      this.working -= 1;
    }
  }

  private linkOf(): SyncLink {
    const never = (): Promise<never> => Promise.reject(new Error('Not the way down.'));
    return {
      hello: never,
      push: never,
      pullEvents: never,
      listQuarantined: never,
      close: () => undefined,
      pullChanges: ({ after }) => this.answer('pull', () => this.page(after)),
      prepareSnapshot: () => this.answer('prepare', () => ({ ok: true as const, ...this.offer() })),
    };
  }

  private answer<Reply>(
    name: string,
    reply: () => Reply,
  ): Promise<Reply | { readonly ok: false; readonly code: 'unavailable'; readonly message: string }> {
    this.asked += 1;
    return this.work(name, () => {
      switch (this.mood) {
        case 'well':
          return reply();
        case 'unavailable':
          return { ok: false, code: 'unavailable', message: 'Not now.' };
        case 'nonsense':
          return z.never().parse('nonsense');
        default:
          throw new Error('The server stays silent.');
      }
    });
  }

  private page(after: string | null): ChangesPullAnswer {
    const [history, position] = (after ?? '0:0').split(':').map(Number);
    const from = position ?? 0;
    if (this.forgetsAll || history !== this.history || from < this.trimmed || from > this.log.length) {
      return { ok: false, code: 'snapshot_needed', message: 'No way leads from there to here.' };
    }
    const told = this.log.slice(from, from + PAGE);
    const page = {
      ok: true as const,
      to: this.cursorAt(from + told.length),
      more: from + told.length < this.log.length,
      merchandise_codes: [],
      items: [],
      promotions: [],
      staff: [],
      settings: null,
      stock: told.map(({ sku, quantity }) => ({ sku, quantity, reserved: 0 })),
      stock_through: 0,
    };
    this.behind.set(page, after);
    return page;
  }

  private readonly behind = new WeakMap<ChangesPage, string | null>();

  private textOf(): Buffer {
    return Buffer.from(JSON.stringify({ history: this.history, stock: [...stockOf(this.log)] }));
  }

  private offer(): SnapshotOffer {
    const bytes = this.textOf();
    const offer = {
      path: '/api/snapshots/one',
      bytes: bytes.byteLength,
      sha256: sha256(bytes),
      cursor: this.cursorAt(this.log.length),
      records: 1,
    };
    this.offered.set(offer.sha256, bytes);
    return offer;
  }

  private readonly offered = new Map<string, Buffer>();

  private async *fetch(offer: SnapshotOffer, from: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    this.downloads += 1;
    if (from > 0) this.seen.add('a download that went on');
    const whole = Buffer.from(this.offered.get(offer.sha256) ?? '');
    if (this.spoilsDownload) whole.writeUInt8(whole.readUInt8(from) ^ 1, from);
    this.spoilsDownload = false;
    for (let at = from; at < whole.byteLength; at += CHUNK) {
      const piece = await this.work('fetch', () => {
        if (signal.aborted) throw new Error('The download was ended.');
        return whole.subarray(at, at + CHUNK);
      });
      yield piece;
      if (this.breaksDownload) {
        this.breaksDownload = false;
        throw new Error('The download broke.');
      }
    }
  }

  private mirror(): Mirror {
    const changing = (name: string): void => {
      if (this.stopped) this.flaws.push(`${name} after the stop`);
    };
    return {
      cursor: () => this.at,
      applyPage: (page) => {
        changing('a page');
        if (this.behind.get(page) !== this.at)
          this.flaws.push('a page that does not begin where the mirror is');
        for (const { sku, quantity } of page.stock) this.stock.set(sku, quantity);
        this.at = page.to;
        this.seen.add(page.more ? 'a page of several' : 'a page');
      },
      received: ({ sha256: name }) => {
        for (const other of this.files.keys()) if (other !== name) this.files.delete(other);
        return this.files.get(name)?.length ?? 0;
      },
      receive: ({ sha256: name }, bytes) => {
        changing('a piece of a file');
        this.files.set(name, [...(this.files.get(name) ?? []), ...bytes]);
      },
      install: (offer, options) => this.install(offer, options),
    };
  }

  private async install(offer: SnapshotOffer, { signal, onProgress }: InstallOptions): Promise<void> {
    const bytes = Buffer.from(this.files.get(offer.sha256) ?? []);
    for (const half of [1, 2]) {
      if (signal.aborted) return;
      await this.work('install', () => onProgress(half));
    }
    if (signal.aborted) return;
    this.files.delete(offer.sha256);
    if (sha256(bytes) !== offer.sha256) this.seen.add('a refused snapshot');
    if (sha256(bytes) !== offer.sha256) throw new SnapshotRefused('The snapshot was altered on its way.');
    const { stock } = contentSchema.parse(JSON.parse(bytes.toString()));
    this.stock = new Map(stock);
    this.seen.add(this.at === null ? 'a first snapshot' : 'another snapshot');
    this.at = offer.cursor;
  }
}

const contentSchema = z.object({ stock: z.array(z.tuple([z.string(), z.number()])) });

function stockOf(log: readonly Change[]): Map<string, number> {
  return new Map(log.map(({ sku, quantity }) => [sku, quantity]));
}

function isSame(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): boolean {
  return one.size === other.size && [...one].every(([sku, quantity]) => other.get(sku) === quantity);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
