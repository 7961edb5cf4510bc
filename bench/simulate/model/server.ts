/**
 * The process of the model server: connections, requests in their order, the time that each takes, and what a crash takes
 * away. What was committed is in `state.ts` and stays.
 *
 *     request ──▶ line's queue ──(some ms)──▶ commit ──(some ms)──▶ answer
 *                     a crash before: nothing ▲     ▲ a crash between: committed, and nobody is told
 */
import {
  type ChangesPullReply,
  type SnapshotPrepareReply,
  changesPullRequestSchema,
  snapshotPrepareRequestSchema,
} from '#sync/protocol/changes.ts';
import {
  type EventsPullReply,
  type Flow,
  type HelloReply,
  type PushReply,
  type QuarantineListReply,
  type RefusedConnection,
  type TerminalToServer,
  eventsPullRequestSchema,
  handshakeSchema,
  helloRequestSchema,
  pushRequestSchema,
  quarantineListRequestSchema,
} from '#sync/protocol/messages.ts';
import { assertNever } from '#domain/assert-never.ts';
import { type Random, between } from '../../random.ts';
import type { Trace } from '../world/trace.ts';
import type { Sabotage } from '../till/sabotage.ts';
import type { VirtualTime } from '../world/virtual-time.ts';
import { type Changes, modelChanges } from './changes.ts';
import { SnapshotShelf } from './snapshot-shelf.ts';
import { openedShop } from './opened-shop.ts';
import { type Edit, edit } from './head-office.ts';
import { type Ingest, modelIngest } from './ingest.ts';
import { type ModelState, type Touch, copyOf, newRow } from './state.ts';

export type RequestName = keyof TerminalToServer;
export type ServerReply =
  HelloReply | PushReply | EventsPullReply | QuarantineListReply | ChangesPullReply | SnapshotPrepareReply;

/** The terminal's end of a connection, as the server reaches it. */
export interface ServerPeer {
  changesAvailable(): void;
  cut(reason: string): void;
}

export interface ServerLine {
  ask(name: RequestName, request: unknown, answer: (reply: ServerReply) => void): void;
  /** The terminal has hung up. */
  gone(): void;
}

export type Admission =
  | { readonly ok: true; readonly line: ServerLine }
  | { readonly ok: false; readonly refused: RefusedConnection };

export interface ModelServerOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly trace: Trace;
  /** Server's clock at the beginning of the simulated time, in milliseconds since 1970. */
  readonly epoch: number;
  /** Rows that a terminal may be behind before it needs a snapshot. */
  readonly horizon: number;
  /** Milliseconds that a request takes, at most. */
  readonly slowness: number;
  readonly sabotage?: Sabotage;
}

interface Connection {
  readonly terminalId: string;
  readonly peer: ServerPeer;
  readonly queue: (() => void)[];
  busy: boolean;
  /** The process that it belongs to: one after a crash knows nothing of it. */
  readonly process: number;
}

export class ModelServer {
  state: ModelState = openedShop();
  /** How it goes on with who pushes; null leaves it to the last word. */
  flow: Flow | null = null;
  /** Pushes that are answered with `paused` from now on. */
  pausesLeft = 0;
  /** Terminals that are not let in now, and why. */
  readonly shutOut = new Map<string, RefusedConnection>();
  up = true;
  readonly snapshots: SnapshotShelf;
  private readonly options: ModelServerOptions;
  private connections = new Set<Connection>();
  private ingest: Ingest;
  private changes: Changes;
  private pokePlanned = false;
  private process = 1;

  constructor(options: ModelServerOptions) {
    this.options = options;
    this.snapshots = new SnapshotShelf(options.time, options.horizon);
    this.ingest = this.newIngest();
    this.changes = this.newChanges();
  }

  now(): Date {
    return new Date(this.options.epoch + this.options.time.now());
  }

  enrol(terminalId: string, locationId: string, token: string): void {
    const before = this.state.terminals.get(terminalId);
    this.state.terminals.set(terminalId, {
      terminalId,
      locationId,
      events: before?.events ?? [],
      quarantined: before?.quarantined ?? [],
      forks: before?.forks ?? [],
      token,
    });
    this.append([]);
  }

  /** undefined: nobody listens. */
  connect(shown: unknown, peer: ServerPeer): Admission | undefined {
    if (!this.up) return undefined;
    const handshake = handshakeSchema.safeParse(shown);
    if (!handshake.success) return refused('malformed_handshake', 'The handshake does not fit the protocol.');
    const { terminalId, token } = handshake.data;
    const shutOut = this.shutOut.get(terminalId);
    if (shutOut) return { ok: false, refused: shutOut };
    if (this.state.terminals.get(terminalId)?.token !== token)
      return refused('unauthorized', 'The token is not valid.');
    const connection: Connection = { terminalId, peer, queue: [], busy: false, process: this.process };
    this.connections.add(connection);
    return {
      ok: true,
      line: {
        ask: (name, request, answer) => this.enqueue(connection, name, request, answer),
        gone: () => void this.connections.delete(connection),
      },
    };
  }

  /** undefined: there is none, or nobody listens. */
  snapshotBytes(path: string): Buffer | undefined {
    return this.up ? this.snapshots.bytes(path) : undefined;
  }

  /** Of the last row that tells a terminal something. */
  newest(): number {
    return this.state.rows.findLastIndex(({ touched }) => touched.length > 0) + 1;
  }

  edit(kind: Edit, random: Random): void {
    this.change(kind, (state) => edit(kind, state, random));
  }

  /** One transaction of the office. */
  change(what: string, work: (state: ModelState) => readonly Touch[]): void {
    this.options.trace.note('server', `edit: ${what}`);
    this.append(work(this.state));
  }

  /** Ends the connections of a terminal. */
  cut(terminalId: string): void {
    for (const connection of this.connections)
      if (connection.terminalId === terminalId) this.hangUp(connection, 'the server closed it');
  }

  /** All connections and all that was not committed are gone. */
  crash(): void {
    this.options.trace.note('server', 'crash');
    this.up = false;
    this.process += 1;
    const connections = [...this.connections];
    this.snapshots.crash();
    for (const connection of connections) this.hangUp(connection, 'the server died');
  }

  start(): void {
    this.options.trace.note('server', `start at row ${this.state.rows.length}`);
    this.up = true;
  }

  backup(): ModelState {
    return copyOf(this.state);
  }

  /** What was committed since is lost. Only while it is down. */
  restore(backup: ModelState): void {
    this.options.trace.note('server', `restore from row ${this.state.rows.length} to ${backup.rows.length}`);
    this.state = copyOf(backup);
    this.ingest = this.newIngest();
    this.changes = this.newChanges();
  }

  private newIngest(): Ingest {
    const ingest = modelIngest(this.state, this.append);
    return this.options.sabotage?.ingest?.(ingest, this.state) ?? ingest;
  }

  private newChanges(): Changes {
    return modelChanges(this.state, this.options.horizon);
  }

  private readonly append = (touched: readonly Touch[]): void => {
    this.state.rows.push(newRow(touched, this.options.random));
    if (touched.length > 0) this.planPoke();
  };

  private planPoke(): void {
    if (this.pokePlanned) return;
    this.pokePlanned = true;
    this.options.time.setTimer(
      () => {
        this.pokePlanned = false;
        for (const { peer } of this.connections) peer.changesAvailable();
      },
      between(this.options.random, 1, 40),
    );
  }

  /** The newest that has shown a history of ours wins, as on the real server. */
  private takeOver(winner: Connection): void {
    for (const other of this.connections)
      if (other !== winner && other.terminalId === winner.terminalId)
        this.hangUp(other, 'another connection came');
  }

  /** What arrived over it before may still be done. */
  private hangUp(connection: Connection, reason: string): void {
    this.connections.delete(connection);
    connection.peer.cut(reason);
  }

  private enqueue(
    connection: Connection,
    name: RequestName,
    request: unknown,
    answer: (reply: ServerReply) => void,
  ): void {
    if (connection.process !== this.process) return;
    connection.queue.push(() => {
      const reply = this.perform(connection, name, request);
      const { code } = 'code' in reply ? reply : { code: 'ok' };
      this.options.trace.note('server', `${name} of ${connection.terminalId}: ${code}`);
      this.later(connection, () => {
        connection.busy = false;
        answer(reply);
        this.work(connection);
      });
    });
    this.work(connection);
  }

  private work(connection: Connection): void {
    if (connection.busy) return;
    const task = connection.queue.shift();
    if (!task) return;
    connection.busy = true;
    this.later(connection, task);
  }

  /** Not at all when the process has died by then. */
  private later(connection: Connection, work: () => void): void {
    const { time, random, slowness } = this.options;
    time.setTimer(
      () => {
        if (connection.process === this.process && this.up) work();
      },
      between(random, 1, slowness),
    );
  }

  private perform(connection: Connection, name: RequestName, request: unknown): ServerReply {
    const { terminalId } = connection;
    switch (name) {
      case 'sync.hello': {
        const hello = helloRequestSchema.safeParse(request);
        if (!hello.success) return unavailable('The message does not fit the protocol.');
        const reply = this.ingest.hello(terminalId, hello.data, this.now());
        if (reply.ok) this.takeOver(connection);
        return withFlow(reply, this.flow);
      }
      case 'events.push': {
        const push = pushRequestSchema.safeParse(request);
        if (!push.success)
          return { ok: false, code: 'malformed', message: 'The message does not fit the protocol.' };
        if (this.pausesLeft > 0) {
          this.pausesLeft -= 1;
          const flow = { ...(this.flow ?? FREE), pauseMs: between(this.options.random, 100, 5_000) };
          return { ok: false, code: 'paused', message: 'Not now.', flow };
        }
        return withFlow(this.ingest.push(terminalId, push.data, this.now()), this.flow);
      }
      case 'events.pull': {
        const pull = eventsPullRequestSchema.safeParse(request);
        if (!pull.success) return unavailable('The message does not fit the protocol.');
        return this.ingest.pullEvents(terminalId, pull.data);
      }
      case 'quarantine.list': {
        if (!quarantineListRequestSchema.safeParse(request).success)
          return unavailable('The message does not fit the protocol.');
        return this.ingest.listQuarantined(terminalId);
      }
      case 'changes.pull': {
        const pull = changesPullRequestSchema.safeParse(request);
        if (!pull.success) return unavailable('The message does not fit the protocol.');
        return this.changes.pull(terminalId, pull.data);
      }
      case 'snapshot.prepare': {
        if (!snapshotPrepareRequestSchema.safeParse(request).success)
          return unavailable('The message does not fit the protocol.');
        return {
          ok: true,
          ...this.snapshots.prepare(this.changes, this.now(), this.state.rows.length).offer,
        };
      }
      default:
        return assertNever(name);
    }
  }
}

const FREE: Flow = { maxEvents: 500, maxBytes: 1_000_000, window: 3, pauseMs: 0 };

function unavailable(message: string) {
  return { ok: false, code: 'unavailable', message } as const;
}

function refused(code: RefusedConnection['code'], message: string): Admission {
  return { ok: false, refused: { code, message } };
}

function withFlow<Reply extends HelloReply | PushReply>(reply: Reply, flow: Flow | null): Reply {
  return reply.ok && flow ? { ...reply, flow } : reply;
}
