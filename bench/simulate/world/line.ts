/** A till's line to the model server, over the simulated network. */
import { changesPullReplySchema, snapshotPrepareReplySchema } from '#sync/protocol/changes.ts';
import {
  type Flow,
  type Handshake,
  type HelloReply,
  type PushReply,
  type RefusedConnection,
  eventsPullReplySchema,
  helloReplySchema,
  pushReplySchema,
  quarantineListReplySchema,
} from '#sync/protocol/messages.ts';
import type { LinkListeners, OpenLink, OpenedLink, SyncLink } from '#sync/sync-link.ts';
import type { ModelServer, RequestName, ServerLine } from '../model/server.ts';
import type { Lane, Network } from './network.ts';
import type { VirtualTime } from './virtual-time.ts';

/** As `socket-link.ts` waits. */
const CONNECT_TIMEOUT_MS = 10_000;
const ANSWER_TIMEOUT_MS = 30_000;
/** TCP says it again until it is heard. */
const RETRANSMIT_MS = 1_000;
/** socket.io's ping interval and timeout together: a line that says nothing for so long is given up. */
const SILENCE_MS = 45_000;

export interface LineOptions {
  readonly handshake: Handshake;
  /** Whose weather it is in; a copied data folder has the terminal id of another, and a place of its own. */
  readonly till: string;
  readonly time: VirtualTime;
  readonly network: Network;
  readonly server: ModelServer;
  readonly watcher: LineWatcher;
}

/** Told of what goes over the lines of a till. */
export interface LineWatcher {
  opening(): void;
  asked(name: RequestName, request: unknown): void;
  /** Answered, given up or lost with its line. */
  settled(name: RequestName): void;
  /** The server has said what it can take, in answer to the request with this number: the word of a later one is newer. */
  told(flow: Flow, request: number): void;
}

export function simulatedLine(options: LineOptions): OpenLink {
  return (listeners) =>
    new Promise((resolve) => {
      new Opening(options, listeners, resolve).begin();
    });
}

interface Lanes {
  readonly up: Lane;
  readonly down: Lane;
}

/** A connection from the first packet until it is open or given up. */
class Opening {
  private readonly options: LineOptions;
  private readonly listeners: LinkListeners;
  private readonly resolve: (opened: OpenedLink) => void;
  private readonly lanes: Lanes = { up: { lastArrival: 0 }, down: { lastArrival: 0 } };
  private asked = false;
  private settled = false;
  private cancelTimeout = (): void => undefined;
  private line: Line | null = null;

  constructor(options: LineOptions, listeners: LinkListeners, resolve: (opened: OpenedLink) => void) {
    this.options = options;
    this.listeners = listeners;
    this.resolve = resolve;
  }

  begin(): void {
    const { network, till, time, watcher } = this.options;
    watcher.opening();
    this.cancelTimeout = time.setTimer(() => {
      this.line?.link.close();
      this.fail(null, 'The server does not answer.');
    }, CONNECT_TIMEOUT_MS);
    network.carry(till, this.lanes.up, 'connect', () => {
      // A doubled packet opens no second connection.
      if (this.asked) return;
      this.asked = true;
      this.atServer();
    });
  }

  private atServer(): void {
    const { server, handshake } = this.options;
    const admission = server.connect(structuredClone(handshake), {
      changesAvailable: () => this.fromServer('changes.available', () => this.line?.poked()),
      cut: (reason) => this.cut(reason),
    });
    if (!admission) {
      this.fromServer('nobody listens', () => this.fail(null, 'Nobody listens.'));
    } else if (!admission.ok) {
      const { refused } = admission;
      this.fromServer('refused', () => this.fail(refused, refused.message));
    } else {
      const line = new Line(this.options, this.listeners, this.lanes, admission.line);
      this.line = line;
      this.fromServer('connected', () => {
        if (this.settle({ ok: true, link: line.link })) line.watchSilence();
      });
    }
  }

  private cut(reason: string): void {
    if (!this.line?.isOpen) return;
    this.fromServer('close', () => {
      if (this.settled) this.line?.broken(reason);
      else this.line?.link.close();
      this.fail(null, reason);
    });
    this.options.time.setTimer(() => this.cut(reason), RETRANSMIT_MS);
  }

  private fromServer(what: string, arrive: () => void): void {
    const { network, till } = this.options;
    network.carry(till, this.lanes.down, what, arrive);
  }

  private fail(refused: RefusedConnection | null, message: string): void {
    this.settle({ ok: false, refused, message });
  }

  /** False when it was settled before. */
  private settle(opened: OpenedLink): boolean {
    if (this.settled) return false;
    this.settled = true;
    this.cancelTimeout();
    this.resolve(opened);
    return true;
  }
}

class Line {
  readonly link: SyncLink;
  private readonly options: LineOptions;
  private readonly listeners: LinkListeners;
  private readonly lanes: Lanes;
  private readonly serverLine: ServerLine;
  private readonly waiting = new Map<number, (error: Error) => void>();
  private lastHeard: number;
  private numbered = 0;
  private open = true;

  constructor(options: LineOptions, listeners: LinkListeners, lanes: Lanes, serverLine: ServerLine) {
    this.options = options;
    this.listeners = listeners;
    this.lanes = lanes;
    this.serverLine = serverLine;
    this.lastHeard = options.time.now();
    this.link = {
      hello: async (request) => {
        const answer = this.ask('sync.hello', request);
        const number = this.numbered;
        return this.heard(number, helloReplySchema.parse(await answer));
      },
      push: async (request) => {
        const answer = this.ask('events.push', request);
        const number = this.numbered;
        return this.heard(number, pushReplySchema.parse(await answer));
      },
      pullEvents: async (request) => eventsPullReplySchema.parse(await this.ask('events.pull', request)),
      listQuarantined: async () => quarantineListReplySchema.parse(await this.ask('quarantine.list', {})),
      pullChanges: async (request) => changesPullReplySchema.parse(await this.ask('changes.pull', request)),
      prepareSnapshot: async () => snapshotPrepareReplySchema.parse(await this.ask('snapshot.prepare', {})),
      close: () => {
        const { network, till } = this.options;
        if (this.end('closed')) network.carry(till, this.lanes.up, 'close', () => this.serverLine.gone());
      },
    };
  }

  get isOpen(): boolean {
    return this.open;
  }

  poked(): void {
    this.lastHeard = this.options.time.now();
    if (this.open) this.listeners.onChangesAvailable();
  }

  broken(reason: string): void {
    if (this.end(reason)) this.listeners.onClosed(reason);
  }

  /** Pings are not messages here: they get through whenever the till is not cut off. */
  watchSilence(): void {
    const { time, network, till } = this.options;
    if (!network.weatherOf(till).cutOff) this.lastHeard = time.now();
    if (time.now() - this.lastHeard >= SILENCE_MS) this.broken('ping timeout');
    if (this.open) time.setTimer(() => this.watchSilence(), SILENCE_MS / 3);
  }

  private heard<Reply extends HelloReply | PushReply>(number: number, reply: Reply): Reply {
    if ('flow' in reply && reply.flow) this.options.watcher.told(reply.flow, number);
    return reply;
  }

  private end(reason: string): boolean {
    if (!this.open) return false;
    this.open = false;
    for (const fail of this.waiting.values()) fail(new Error(`The line is gone: ${reason}.`));
    this.waiting.clear();
    return true;
  }

  private ask(name: RequestName, request: unknown): Promise<unknown> {
    const { time, network, till, watcher } = this.options;
    if (!this.open) return Promise.reject(new Error('The line is closed.'));
    watcher.asked(name, request);
    this.numbered += 1;
    const number = this.numbered;
    const sent: unknown = JSON.parse(JSON.stringify(request));
    return new Promise<unknown>((resolve, reject) => {
      const settle = (): void => {
        if (!this.waiting.delete(number)) return;
        cancel();
        watcher.settled(name);
      };
      const cancel = time.setTimer(() => {
        settle();
        reject(new Error(`The server said nothing to ${name}.`));
      }, ANSWER_TIMEOUT_MS);
      this.waiting.set(number, (error) => {
        cancel();
        watcher.settled(name);
        reject(error);
      });
      network.carry(till, this.lanes.up, name, () => {
        this.serverLine.ask(name, sent, (reply) => {
          const text = JSON.stringify(reply);
          network.carry(till, this.lanes.down, `answer to ${name}`, () => {
            settle();
            resolve(JSON.parse(text));
          });
        });
      });
    });
  }
}
