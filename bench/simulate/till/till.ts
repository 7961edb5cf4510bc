/**
 * A simulated till: real engine, real stores, real writers; its clock, its power, its line and its disk are the simulation's.
 *
 *     boot ──▶ running ──▶ stopped ──▶ boot …        power off, or a death in the middle of a statement ──▶ boot …
 */
import { isRecovering, setRecovered, setRecovering } from '#main/store/recovery.ts';
import { skipReceipts } from '#main/store/receipt-counter.ts';
import { sqliteMirror } from '#main/sync/sqlite-mirror.ts';
import { sqliteOutbox } from '#main/sync/sqlite-outbox.ts';
import { createDownSync } from '#sync/down/down-sync.ts';
import type { EngineStatus } from '#sync/engine-status.ts';
import { SyncEngine } from '#sync/engine.ts';
import { PROTOCOL_VERSION } from '#sync/protocol/messages.ts';
import type { SetTimer } from '#sync/set-timer.ts';
import type { OpenLink } from '#sync/sync-link.ts';
import type { Random } from '../../random.ts';
import type { ModelServer } from '../model/server.ts';
import { LOCATION } from '../model/state.ts';
import { simulatedDownload } from '../world/download.ts';
import { simulatedLine } from '../world/line.ts';
import type { Network } from '../world/network.ts';
import type { Settling } from '../world/settle.ts';
import { chance } from '../world/split-random.ts';
import type { Trace } from '../world/trace.ts';
import type { VirtualTime } from '../world/virtual-time.ts';
import { type Counter, counterOf } from './counter.ts';
import { TillDied, TillDisk } from './disk.ts';
import type { TillLedger } from './ledger.ts';
import type { Sabotage } from './sabotage.ts';
import { tokenOf } from './template.ts';
import { watchedMirror, watchedOutbox } from './watched-stores.ts';
import { TrafficWatch } from './traffic.ts';

export interface TillSurroundings {
  readonly time: VirtualTime;
  readonly network: Network;
  readonly server: ModelServer;
  readonly trace: Trace;
  readonly settling: Settling;
  /** True time at the beginning, in milliseconds since 1970. */
  readonly epoch: number;
  readonly sabotage: Sabotage;
  readonly complain: (what: string) => void;
}

export interface TillOptions extends TillSurroundings {
  /** Its place: two data folders of one terminal are two places. */
  readonly name: string;
  readonly terminalId: string;
  readonly image: Buffer;
  readonly folder: string;
  readonly random: Random;
  readonly ledger: TillLedger;
}

/** What of a till can be put back later. */
export interface TillCopy {
  readonly image: Buffer;
  readonly ledger: TillLedger;
}

/** More than any well-behaved till sends in a minute of the worst weather. */
const STORM = 1_500;

/** What was sold since the copy was made had numbers that must not come again. */
const RECEIPT_GAP = 10_000;

interface Process {
  readonly engine: SyncEngine;
  readonly counter: Counter;
}

export class SimulatedTill {
  readonly name: string;
  readonly terminalId: string;
  readonly disk: TillDisk;
  readonly traffic: TrafficWatch;
  ledger: TillLedger;
  /** Its clock minus true time, in milliseconds. */
  clockOffset = 0;
  /** Somebody works on it: it does not start. */
  inRepair = false;
  /** Something was committed since the invariants were last looked at. */
  changed = false;
  /** Commits until it dies in the middle of one; null: it does not. */
  diesIn: number | null = null;
  status: EngineStatus | null = null;
  wasRefused = false;
  /** Events written, in all its lives. */
  events = 0;
  private readonly options: TillOptions;
  private process: Process | null = null;
  /** Goes up with each boot: timers of a former life do not ring. */
  private life = 0;
  private numbered = 0;
  private repairs = 0;

  constructor(options: TillOptions) {
    this.options = options;
    this.name = options.name;
    this.terminalId = options.terminalId;
    this.ledger = options.ledger;
    const complain = (what: string): void => options.complain(`${options.name}: ${what}`);
    this.traffic = new TrafficWatch({
      now: () => options.time.now(),
      mostPerMinute: STORM,
      isDirected: options.name === options.terminalId,
      complain,
    });
    this.disk = new TillDisk({
      image: options.image,
      folder: options.folder,
      mode: options.sabotage.syncMode ?? 'FULL',
      onCommit: (moment) => this.onCommit(moment),
    });
  }

  get runs(): boolean {
    return this.process !== null;
  }

  get hasDied(): boolean {
    return this.disk.isDead;
  }

  now(): Date {
    const { epoch, time } = this.options;
    return new Date(epoch + time.now() + this.clockOffset);
  }

  boot(): void {
    if (this.process || this.inRepair) return;
    const { time, sabotage, random } = this.options;
    this.life += 1;
    const mine = this.life;
    this.note('boot');
    const store = this.disk.open();
    // Where the sync lets go of the write lock, the counter may get it.
    const pause = (): void => {
      if (chance(random, 0.1)) this.sell();
    };
    const setTimer: SetTimer = (work, ms) =>
      time.setTimer(
        () => {
          if (mine === this.life) work();
        },
        sabotage.wait?.(ms) ?? ms,
      );
    const plainOutbox = sqliteOutbox(store, { events: 40, markedAtOnce: 12, pause });
    const outbox = watchedOutbox(sabotage.outbox?.(plainOutbox, this.name) ?? plainOutbox, this);
    const plainMirror = sqliteMirror(store, {
      folder: this.disk.folder,
      terminalId: this.terminalId,
      locationId: LOCATION,
      onApplied: () => undefined,
      pause,
      monotonicMs: () => time.now(),
    });
    const down = createDownSync({
      mirror: watchedMirror(sabotage.mirror?.(plainMirror) ?? plainMirror, this, this.options),
      fetchSnapshot: simulatedDownload({ ...this.options, till: this.name }),
      listeners: {
        onStatus: () => engine.downListeners.onStatus(),
        onLineUseless: (reason) => engine.downListeners.onLineUseless(reason),
      },
      now: () => this.now(),
      random,
      setTimer,
    });
    const engine: SyncEngine = new SyncEngine({
      terminalId: this.terminalId,
      outbox,
      openLink: this.openLink(),
      down,
      isRecovering: () => isRecovering(store),
      recovered: () => {
        this.note('has its history again');
        setRecovered(store);
      },
      now: () => this.now(),
      random,
      setTimer,
      onStatus: (status) => {
        if (mine !== this.life) return;
        if (status.up.state !== this.status?.up.state)
          this.note(`${status.up.state} ${status.up.problem ?? ''}`);
        this.status = status;
        this.wasRefused ||= status.up.state === 'refused';
      },
    });
    this.process = { engine, counter: counterOf(store, this) };
    engine.start();
  }

  /** As a person ends it. */
  stop(): void {
    if (!this.process) return;
    this.note('stop');
    this.end();
  }

  /** At any moment; also to be called when it `hasDied` in the middle of something. */
  losePower(): void {
    this.note('loses its power');
    this.end();
    this.disk.recover(this.options.random);
  }

  sell(): void {
    this.atCounter((counter, number, at) => counter.sell(this.options.random, number, at) && 'sells');
  }

  count(): void {
    this.atCounter((counter, number, at) => counter.count(this.options.random, number, at) && 'counts');
  }

  writeUnstorable(): void {
    this.atCounter((counter, number, at) => {
      counter.writeUnstorable(number, at);
      return 'writes what no server can keep';
    });
  }

  copy(): TillCopy {
    return { image: this.disk.image(), ledger: this.ledger.copy() };
  }

  /**
   * Its disk was broken and is now what it was then; the till knows it.
   * @param onServer what the server has: what neither has is lost
   */
  putBack({ image, ledger }: TillCopy, onServer: ReadonlySet<string>): void {
    this.note('gets an older disk');
    this.stop();
    this.disk.replace(image);
    const before = this.ledger;
    this.ledger = ledger.copy();
    for (const id of before.written) this.ledger.written.add(id);
    this.ledger.keepOnly(new Set([...this.eventIds(), ...onServer]));
    this.repairs += 1;
    // As healing does it (src-main/care/heal-store.ts), but further each time: it may be the same copy again.
    const store = this.disk.open();
    store.transaction(() => {
      setRecovering(store, this.now().toISOString());
      skipReceipts(store, RECEIPT_GAP * this.repairs);
    });
  }

  isRecovering(): boolean {
    return isRecovering(this.disk.open());
  }

  /** Ids of the events in its log. */
  eventIds(): ReadonlySet<string> {
    return new Set(
      this.disk
        .look<{ readonly event_id: string }>('SELECT event_id FROM event_log')
        .map((row) => row.event_id),
    );
  }

  close(): void {
    this.stop();
    this.disk.close();
  }

  private end(): void {
    this.process?.engine.stop();
    this.process = null;
    this.life += 1;
    this.status = null;
    this.diesIn = null;
  }

  private atCounter(act: (counter: Counter, number: number, at: string) => string | false): void {
    const { process } = this;
    if (!process) return;
    this.numbered += 1;
    try {
      const what = act(process.counter, this.numbered, this.now().toISOString());
      if (what === false) return;
      this.note(`${what} (${this.numbered})`);
    } catch (error) {
      if (error instanceof TillDied) return;
      throw error;
    }
    // Another thread's message, in truth: it comes a moment later.
    const mine = this.life;
    const wake = (): void => {
      if (mine === this.life) process.engine.wake();
    };
    const { time, sabotage } = this.options;
    time.setTimer(() => {
      if (sabotage.wake) sabotage.wake(wake, { name: this.name, isSending: this.traffic.isSending() });
      else wake();
    }, 1);
  }

  private openLink(): OpenLink {
    const { name, terminalId } = this;
    const handshake = { protocol: PROTOCOL_VERSION, terminalId, token: tokenOf(terminalId) };
    const plain = simulatedLine({ ...this.options, till: name, handshake, watcher: this.traffic });
    return this.options.sabotage.openLink?.(plain) ?? plain;
  }

  private onCommit(moment: 'before' | 'after'): void {
    if (moment === 'after') {
      this.changed = true;
      this.events += this.ledger.readLog(this.disk);
    }
    if (this.diesIn === null) return;
    this.diesIn -= 1;
    if (this.diesIn > 0) return;
    this.note(`dies ${moment} a commit`);
    this.disk.die();
  }

  note(what: string): void {
    this.options.trace.note(this.name, what);
  }
}
