/**
 * A till, its disk, the line and the server, with everything in the hands of a test: what happens, when, and in which order
 * answers come. It keeps by itself what should be there in the end.
 */
import type { Scheduler } from 'fast-check';
import { SyncEngine } from '../engine.ts';
import type { EngineStatus, UpStatus } from '../engine-status.ts';
import { turn } from './manual-timers.ts';
import { memoryOutbox } from './memory-outbox.ts';
import { SimulatedServer } from './simulated-server.ts';
import { VirtualTimers } from './virtual-timers.ts';
import { LineWatch } from './watched-line.ts';

/** Rounds of healing after which a till that is not quiet never will be. */
const LONGEST_HEALING = 5_000;

export class EngineWorld {
  readonly server = new SimulatedServer();
  readonly outbox: ReturnType<typeof memoryOutbox>;
  readonly timers = new VirtualTimers(new Date('2026-11-23T12:00:00.000Z'));
  readonly watch = new LineWatch(this.server.openLink, this.timers.date);
  readonly statuses: EngineStatus[] = [];
  /** What has happened in this life. */
  readonly seen = new Set<string>();
  private readonly scheduler: Scheduler;
  private readonly random: () => number;
  private recovering = false;
  /** Sold while the history was not whole: they get their numbers when it is. */
  private provisional: string[] = [];
  private written = 0;
  /** The server was put back and has not spoken since: the till cannot know yet. */
  private forgot = false;
  private engine: SyncEngine;

  constructor(scheduler: Scheduler, mostAtOnce: number, random: () => number) {
    this.scheduler = scheduler;
    this.random = random;
    this.outbox = memoryOutbox('T1', mostAtOnce);
    this.engine = this.startEngine();
  }

  /** Payloads of all that must be on the server in the end, in order: what is on the longer of the two disks. */
  history(): string[] {
    const { log } = this.outbox.log.length > this.server.log.length ? this.outbox : this.server;
    return [...log.map(({ payload }) => payload), ...this.provisional];
  }

  up(): UpStatus {
    return this.engine.status().up;
  }

  write(count: number, usable: boolean): void {
    for (let sale = 0; sale < count; sale += 1) {
      this.written += 1;
      const payload = usable ? `{"n":${this.written}}` : `{"n":${this.written},"unusable":true}`;
      if (this.recovering) this.provisional.push(payload);
      else this.outbox.append(1, payload);
    }
    this.engine.wake();
  }

  /** The server works off its oldest requests. One connection keeps their order; answers may come in any. */
  serve(requests: number): void {
    for (const request of this.server.waiting.slice(0, requests)) {
      const answer = request.commit();
      const line = this.server.opened;
      void this.scheduler.schedule(Promise.resolve(), `answer to ${request.kind}`).then(() => {
        if (line !== this.server.opened) this.seen.add('an answer of a former line');
        answer();
      });
    }
  }

  async deliver(answers: number): Promise<void> {
    for (let count = 0; count < answers && this.scheduler.count() > 0; count += 1) {
      await this.scheduler.waitNext(1);
      await turn();
    }
  }

  /** So many times: what can go on, goes on. False when there was nothing left to do. */
  async goWell(rounds: number): Promise<boolean> {
    for (let round = 0; round < rounds; round += 1) {
      await turn();
      if (this.server.waiting.length > 0) this.serve(1);
      else if (this.scheduler.count() > 0) await this.deliver(1);
      else if (!this.timers.runNext()) return false;
    }
    return true;
  }

  restartTill(): void {
    this.engine.stop();
    this.engine = this.startEngine();
  }

  /** What was on the disk and nowhere else is lost for ever; everything else must come back. */
  putDiskBack(share: number): void {
    this.engine.stop();
    this.outbox.putBack(Math.floor(this.outbox.log.length * share));
    this.provisional = [];
    this.recovering = true;
    this.engine = this.startEngine();
  }

  putServerBack(share: number): void {
    this.server.log = this.server.log.slice(0, Math.floor(this.server.log.length * share));
    this.forgot = true;
    this.server.breakLinks('restored');
  }

  stop(): void {
    this.engine.stop();
  }

  /** The network holds, the server takes everything, and nobody does anything any more. False when it never falls quiet. */
  async heal(): Promise<boolean> {
    this.server.pausing = false;
    this.server.flow = undefined;
    // What was lost in silence is noticed by the timeout, which the simulated line leaves to the test.
    this.server.breakLinks('healed');
    return !(await this.goWell(LONGEST_HEALING));
  }

  /** What must hold at any time, as a list of what does not. */
  flaws(): string[] {
    const { outbox, server } = this;
    const acked = outbox.ackedThrough();
    // Its line broke when it was put back: who is connected has heard from it since.
    if (this.up().offlineSince === null) this.forgot = false;
    const found = [...this.watch.flaws];
    const differs = server.log.findIndex(({ hash }, index) => hash !== (outbox.log[index]?.hash ?? hash));
    if (differs >= 0) found.push(`event ${differs + 1} differs between till and server`);
    if (acked !== this.up().ackedThrough) found.push(`${this.up().ackedThrough} told, ${acked} on the disk`);
    if (acked > outbox.log.length) found.push(`${acked} acknowledged of ${outbox.log.length} events`);
    if (acked > server.log.length && !this.forgot) {
      found.push(`${acked} acknowledged, ${server.log.length} on the server`);
    }
    if (this.up().state === 'refused') found.push(`refused: ${this.up().problem}`);
    const told = this.statuses.map((status) => JSON.stringify(status));
    if (told.some((status, index) => status === told[index - 1])) found.push('the same was told twice');
    if (told.at(-1) !== JSON.stringify(this.engine.status())) found.push('a change was not told');
    return found;
  }

  private hear(status: EngineStatus): void {
    const { up } = status;
    const before = this.statuses.at(-1)?.up;
    this.statuses.push(status);
    this.seen.add(up.state);
    if (up.paused) this.seen.add('paused');
    if (up.quarantined.newest.length > 0) this.seen.add('quarantined');
    if (before && up.ackedThrough < before.ackedThrough) this.seen.add('cursor taken back');
    if (up.state === 'recovering' && before?.state === 'recovering') this.seen.add('a page came back');
    if (this.watch.repeats > 0) this.seen.add('sent again on the same line');
  }

  private startEngine(): SyncEngine {
    this.statuses.length = 0;
    const engine = new SyncEngine({
      terminalId: 'T1',
      outbox: this.outbox,
      openLink: this.watch.openLink,
      down: null,
      isRecovering: () => this.recovering,
      recovered: () => {
        this.recovering = false;
        for (const payload of this.provisional.splice(0)) this.outbox.append(1, payload);
      },
      now: this.timers.date,
      random: this.random,
      setTimer: this.timers.set,
      onStatus: (status) => this.hear(status),
    });
    engine.start();
    return engine;
  }
}
