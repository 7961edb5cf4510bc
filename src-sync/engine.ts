/**
 * Owns the line to the server: replays the terminal's event log over it (`up/`), and lends it to what brings the server's
 * changes down (`down-channel.ts`).
 *
 *                start                       line open                    hello answered
 *     ┌─────────┐       ┌────────────┐                  ┌─────────────┐  nothing waits   ┌──────┐
 *     │ offline │──────▶│ connecting │─────────────────▶│ catching up │─────────────────▶│ live │
 *     └─────────┘       └────────────┘                  └─────────────┘◀─────────────────└──────┘
 *          ▲  ▲          │    │ fails    own events back  ▲    │      new events wait         │
 *          │  └──────────│────┘                           │    │                              │
 *          │             │  its disk was lost      ┌────────────┐                             │
 *          │             └────────────────────────▶│ recovering │                             │
 *          │                                       └────────────┘                             │
 *          │                                           │       │                              │
 *          └───────────────────────────────────────────┴───────┴── line breaks, silence, ─────┘
 *                                                                  "not now"
 *
 *     refused: from any of them, when the server says no to this terminal (token, protocol, forked or altered history, an
 *     old copy). Selling goes on; the reason is on the screen; tried again now and then, because a person may mend it on
 *     either side.
 *
 * What keeps it exact:
 * - The cursor moves on the server's word alone: `hello` and the cumulative acknowledgements.
 * - Silence or a broken line is an unknown outcome: the line is dropped and the next `hello` asks. Nothing is guessed.
 * - What the server can never use, it acknowledges and quarantines: one bad record holds up none of the others.
 * - What a former line still says is not heard.
 */
import { isDeepStrictEqual } from 'node:util';
import { assertNever } from '#domain/assert-never.ts';
import { backoffDelay, spread } from './backoff.ts';
import type { DownChannel, DownChannelListeners } from './down-channel.ts';
import type { EngineStatus, RefusalCode, SyncState, UpStatus } from './engine-status.ts';
import { IDLE_DOWN } from './first-status.ts';
import type { Outbox } from './outbox.ts';
import type { RefusedConnection } from './protocol/messages.ts';
import type { SetTimer } from './set-timer.ts';
import type { OpenLink, OpenedLink, SyncLink } from './sync-link.ts';
import { type Welcome, greet } from './up/greet.ts';
import { type LineEnd, messageOf, transient, unknown } from './up/line-end.ts';
import { PushSide } from './up/push-side.ts';
import { QuarantineList } from './up/quarantine-list.ts';
import { recoverHistory } from './up/recover-history.ts';
import { refusal } from './up/refusal.ts';

export interface EngineEnvironment {
  readonly terminalId: string;
  readonly outbox: Outbox;
  readonly openLink: OpenLink;
  /** Brings the changes down over the same line; is to be told of `engine.downListeners`. null: this terminal only sends. */
  readonly down: DownChannel | null;
  /** Durable, the store's: this terminal knows that its disk was lost or put back, and has not yet got all of its events again. */
  readonly isRecovering: () => boolean;
  /** It has. Not called for a terminal that was not recovering. */
  readonly recovered: () => void;
  readonly now: () => Date;
  /** In [0, 1). */
  readonly random: () => number;
  readonly setTimer: SetTimer;
  /** Called when something is different from what was told last. */
  readonly onStatus: (status: EngineStatus) => void;
}

/** A refused terminal asks again after this at the latest; spread, or a fleet that an update has put out comes back in step. */
const LONGEST_REFUSED_RETRY_MS = 60_000;

export class SyncEngine {
  readonly downListeners: DownChannelListeners = {
    onStatus: () => this.report(),
    onLineUseless: (reason) => {
      if (this.push) this.giveUp(unknown(reason));
    },
  };
  private readonly environment: EngineEnvironment;
  private readonly quarantine: QuarantineList;
  private state: SyncState = 'offline';
  private ackedThrough: number;
  private offlineSince: string | null;
  private problem: string | null = null;
  private refusal: RefusalCode | null = null;
  private clockSkewMs: number | null = null;
  private reported: EngineStatus | null = null;
  private failures = 0;
  private stopped = false;
  private link: SyncLink | null = null;
  /** Sends over `link`, once hello is answered. */
  private push: PushSide | null = null;
  /** Goes up with every line opened or dropped: what a former one still says is not heard. */
  private generation = 0;
  private cancelTimer: (() => void) | null = null;

  constructor(environment: EngineEnvironment) {
    this.environment = environment;
    this.ackedThrough = environment.outbox.ackedThrough();
    this.offlineSince = environment.now().toISOString();
    this.quarantine = new QuarantineList({
      onChange: () => this.report(),
      onEnd: (end) => this.giveUp(end),
    });
  }

  status(): EngineStatus {
    return { up: this.upStatus(), down: this.environment.down?.status() ?? IDLE_DOWN };
  }

  start(): void {
    this.report();
    void this.connect();
  }

  /** Something was written to the log. Cheap, and safe to call at any time. */
  wake(): void {
    // Before hello is answered nothing may be sent: only its answer says from where.
    this.push?.pump();
  }

  stop(): void {
    this.stopped = true;
    this.cancelTimer?.();
    this.dropLine();
    this.environment.down?.stop();
  }

  private async connect(): Promise<void> {
    this.cancelTimer = null;
    this.generation += 1;
    const mine = this.generation;
    this.enter('connecting');
    const opened = await this.openLink(mine);
    if (!this.isCurrent(mine)) {
      if (opened.ok) opened.link.close();
      return;
    }
    if (!opened.ok) {
      this.giveUp(opened.refused ? this.refusedConnection(opened.refused) : transient(opened.message));
      return;
    }
    this.link = opened.link;
    await this.sayHello(opened.link, mine);
  }

  /** A line that cannot even be tried (an address that is none) counts as one that does not open. */
  private async openLink(mine: number): Promise<OpenedLink> {
    try {
      return await this.environment.openLink({
        onClosed: (reason) => {
          if (this.isCurrent(mine)) this.giveUp(unknown(reason));
        },
        onChangesAvailable: () => {
          if (this.isCurrent(mine) && this.push) this.environment.down?.changesAvailable();
        },
      });
    } catch (error) {
      return { ok: false, refused: null, message: messageOf(error) };
    }
  }

  private refusedConnection({ code, message }: RefusedConnection): LineEnd {
    const { terminalId } = this.environment;
    switch (code) {
      case 'unavailable':
        return transient(message);
      case 'malformed_handshake':
        return refusal('not_understood', terminalId, message);
      case 'unauthorized':
      case 'protocol_unsupported':
        return refusal(code, terminalId, message);
      default:
        return assertNever(code);
    }
  }

  /** Asks the server where this terminal stands; only its answer decides what is sent. */
  private async sayHello(link: SyncLink, mine: number): Promise<void> {
    const isCurrent = (): boolean => this.isCurrent(mine);
    const greeting = await greet(link, { ...this.environment, isCurrent });
    if (!isCurrent()) return;
    switch (greeting.kind) {
      case 'welcome':
        this.begin(link, greeting.welcome, greeting.welcome.ackedThrough);
        return;
      case 'recover':
        await this.recover(link, greeting.welcome, mine);
        return;
      default:
        this.giveUp(greeting);
    }
  }

  private async recover(link: SyncLink, welcome: Welcome, mine: number): Promise<void> {
    const { outbox } = this.environment;
    this.connected(welcome);
    this.enter('recovering');
    const server = { seq: welcome.ackedThrough, hash: welcome.headHash };
    const end = await recoverHistory(link, server, {
      ...this.environment,
      isCurrent: () => this.isCurrent(mine),
      onPage: () => {
        this.failures = 0;
        this.ackedThrough = outbox.ackedThrough();
        this.report();
      },
    });
    if (!this.isCurrent(mine)) return;
    if (end) this.giveUp(end);
    else this.begin(link, welcome, outbox.head().seq);
  }

  /** @param ackedThrough the last event that the server has, which is one of ours */
  private begin(link: SyncLink, welcome: Welcome, ackedThrough: number): void {
    const { outbox, down, isRecovering, recovered, now } = this.environment;
    try {
      if (isRecovering()) recovered();
      // Backwards too: a server that was restored from an older backup says less than before.
      if (ackedThrough !== outbox.ackedThrough()) outbox.setAckedThrough(ackedThrough, now().toISOString());
    } catch (error) {
      this.giveUp(transient(`The till could not note what the server has: ${messageOf(error)}`));
      return;
    }
    this.ackedThrough = ackedThrough;
    this.connected(welcome);
    this.quarantine.lineOpened(link);
    const push = new PushSide({
      ...this.environment,
      link,
      flow: welcome.flow,
      ackedThrough,
      onAcknowledged: (through, quarantined) => this.acknowledged(through, quarantined),
      onChange: () => this.pushed(),
      onEnd: (end) => this.giveUp(end),
    });
    this.push = push;
    this.enter('catching_up');
    push.pump();
    // Its own log may have been unreadable.
    if (this.push !== push) return;
    down?.lineOpened(link);
    if (this.push === push) this.quarantine.tell(welcome.quarantined);
  }

  private connected(welcome: Welcome): void {
    this.problem = null;
    this.refusal = null;
    this.offlineSince = null;
    this.clockSkewMs = welcome.clockSkewMs ?? this.clockSkewMs;
  }

  private acknowledged(through: number, quarantined: number | undefined): void {
    this.ackedThrough = Math.max(this.ackedThrough, through);
    // Not at hello: a server that answers it and refuses every batch would be asked twice a second by every till.
    this.failures = 0;
    this.quarantine.tell(quarantined);
  }

  private pushed(): void {
    const waits = this.push?.waits() ?? false;
    if (!waits) this.failures = 0;
    this.enter(waits ? 'catching_up' : 'live');
  }

  private giveUp(end: LineEnd): void {
    if (this.stopped) return;
    this.problem = end.message;
    this.refusal = end.kind === 'refused' ? end.code : null;
    this.become(end.kind === 'refused' ? 'refused' : 'offline');
    this.dropLine();
    this.cancelTimer?.();
    this.cancelTimer = this.environment.setTimer(() => void this.connect(), this.waitAfter(end));
    this.report();
  }

  private waitAfter(end: LineEnd): number {
    const { random } = this.environment;
    switch (end.kind) {
      case 'transient':
      case 'unknown':
        // Alike, because it is the next hello that settles the second.
        this.failures += 1;
        return backoffDelay(this.failures - 1, random());
      case 'refused':
        return spread(LONGEST_REFUSED_RETRY_MS, random());
      default:
        return assertNever(end);
    }
  }

  private dropLine(): void {
    this.generation += 1;
    this.push?.stop();
    this.push = null;
    this.quarantine.lineLost();
    this.environment.down?.lineLost();
    this.link?.close();
    this.link = null;
  }

  private isCurrent(generation: number): boolean {
    return !this.stopped && generation === this.generation;
  }

  private enter(state: SyncState): void {
    this.become(state);
    this.report();
  }

  private become(state: SyncState): void {
    this.state = state;
    const connected = state === 'live' || state === 'catching_up' || state === 'recovering';
    if (!connected) this.offlineSince ??= this.environment.now().toISOString();
  }

  private upStatus(): UpStatus {
    return {
      state: this.state,
      ackedThrough: this.ackedThrough,
      offlineSince: this.offlineSince,
      problem: this.problem,
      refusal: this.refusal,
      clockSkewMs: this.clockSkewMs,
      rate: this.push?.rate() ?? null,
      paused: this.push?.paused() ?? false,
      quarantined: this.quarantine.current(),
    };
  }

  private report(): void {
    if (this.stopped) return;
    const status = this.status();
    if (isDeepStrictEqual(status, this.reported)) return;
    this.reported = status;
    this.environment.onStatus(status);
  }
}
