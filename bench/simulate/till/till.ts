/**
 * A simulated till: real engine, real stores, real writers; its clock, its power, its line and its disk are the simulation's.
 *
 *     boot ──▶ running ──▶ stopped ──▶ boot …        power off, or a death in the middle of a statement ──▶ boot …
 */
import { isRecovering, setRecovered, setRecovering } from '#main/store/recovery.ts';
import { sqliteOutbox } from '#main/sync/sqlite-outbox.ts';
import type { EngineStatus } from '#sync/engine-status.ts';
import { SyncEngine } from '#sync/engine.ts';
import type { Outbox } from '#sync/outbox.ts';
import { PROTOCOL_VERSION } from '#sync/protocol/messages.ts';
import type { OpenLink } from '#sync/sync-link.ts';
import type { Random } from '../../random.ts';
import type { ModelServer } from '../model/server.ts';
import { simulatedLine } from '../world/line.ts';
import type { Network } from '../world/network.ts';
import type { Settling } from '../world/settle.ts';
import type { Trace } from '../world/trace.ts';
import type { VirtualTime } from '../world/virtual-time.ts';
import { type Counter, counterOf } from './counter.ts';
import { TillDied, TillDisk } from './disk.ts';
import { TillLedger } from './ledger.ts';
import type { Sabotage } from './sabotage.ts';
import { tokenOf } from './template.ts';
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
  readonly ledger?: TillLedger;
}

/** What of a till can be put back later. */
export interface TillCopy {
  readonly image: Buffer;
  readonly ledger: TillLedger;
}

/** More than any well-behaved till sends in a minute of the worst weather. */
const STORM = 1_500;

interface Process {
  readonly engine: SyncEngine;
  readonly counter: Counter;
  readonly outbox: Outbox;
}

export class SimulatedTill {
  readonly name: string;
  readonly terminalId: string;
  readonly disk: TillDisk;
  readonly traffic: TrafficWatch;
  ledger: TillLedger;
  /** Its clock minus true time, in milliseconds. */
  clockOffset = 0;
  /** Nothing comes down to it. */
  readonly onlySends = true;
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

  constructor(options: TillOptions) {
    this.options = options;
    this.name = options.name;
    this.terminalId = options.terminalId;
    this.ledger = options.ledger ?? new TillLedger();
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
    const plain = this.watched(sqliteOutbox(store, { events: 40, pause: () => undefined }));
    const outbox = sabotage.outbox?.(plain) ?? plain;
    const engine = new SyncEngine({
      terminalId: this.terminalId,
      outbox,
      openLink: this.openLink(),
      down: null,
      isRecovering: () => isRecovering(store),
      recovered: () => {
        this.note('has its history again');
        setRecovered(store);
      },
      now: () => this.now(),
      random,
      setTimer: (work, ms) =>
        time.setTimer(() => {
          if (mine === this.life) work();
        }, ms),
      onStatus: (status) => {
        if (mine !== this.life) return;
        if (status.up.state !== this.status?.up.state)
          this.note(`${status.up.state} ${status.up.problem ?? ''}`);
        this.status = status;
        this.wasRefused ||= status.up.state === 'refused';
      },
    });
    this.process = { engine, outbox, counter: counterOf(store, this) };
    engine.start();
  }

  /** As a person ends it. */
  stop(): void {
    if (!this.process) return;
    this.note('stop');
    this.process.engine.stop();
    this.process = null;
    this.life += 1;
    this.status = null;
  }

  /** At any moment; also to be called when it `hasDied` in the middle of something. */
  losePower(): void {
    this.note('loses its power');
    this.process?.engine.stop();
    this.process = null;
    this.life += 1;
    this.status = null;
    this.diesIn = null;
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
    for (const id of before.written) if (onServer.has(id)) this.ledger.written.add(id);
    setRecovering(this.disk.open(), this.now().toISOString());
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
    const wake = (): void => process.engine.wake();
    if (this.options.sabotage.wake) this.options.sabotage.wake(wake, () => this.traffic.isSending());
    else wake();
  }

  private openLink(): OpenLink {
    const { name, terminalId } = this;
    const handshake = { protocol: PROTOCOL_VERSION, terminalId, token: tokenOf(terminalId) };
    const plain = simulatedLine({ ...this.options, till: name, handshake, watcher: this.traffic });
    return this.options.sabotage.openLink?.(plain) ?? plain;
  }

  private watched(outbox: Outbox): Outbox {
    return {
      ...outbox,
      restore: (events, at) => {
        outbox.restore(events, at);
        this.note(`gets ${events.length} of its events back`);
        this.ledger.restored(events);
      },
    };
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

  private note(what: string): void {
    this.options.trace.note(this.name, what);
  }
}
