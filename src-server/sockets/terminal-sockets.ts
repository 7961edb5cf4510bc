/**
 * The one socket.io server of this process. Each namespace (`/sync`, `/live`) is opened here, so that all of them let in
 * the same terminals, and lose them when their token becomes void, whichever process was told.
 */
import type { Server as HttpServer } from 'node:http';
import { type Namespace, Server, type ServerOptions, type Socket } from 'socket.io';
import type { ServerToTerminal } from '#sync/protocol/live-messages.ts';
import {
  MAX_BATCH_BYTES,
  type ServerToSyncTerminal,
  type TerminalToServer,
} from '#sync/protocol/messages.ts';
import type { Database } from '../database/database.ts';
import type { Logger } from '../logger.ts';
import type { AuthenticTerminal } from '../terminals/terminals.ts';
import { admitTerminals } from './admission.ts';
import { cutOffWhenSlow } from './slow-reader.ts';
import { watchTokens } from './token-watch.ts';

/** A batch travels as JSON inside JSON: quotes may double it, and the frame of each event comes on top. */
const MAX_MESSAGE_BYTES = 4 * MAX_BATCH_BYTES;

/** How long a closing server waits for terminals that do not answer its goodbye; WebSocket itself would wait for 30 s. */
const GOODBYE_MS = 1_000;

interface SocketData {
  /** Set once it has shown its token. */
  terminal?: AuthenticTerminal;
  /** Which version of the wire it speaks. */
  protocol?: number;
}
interface BetweenServers {
  /** The token of this terminal has become void, and perhaps it has a new one. */
  'token.changed': (terminalId: string) => void;
}
/** What the server says unasked, in `/live` and in `/sync`. */
type Unasked = ServerToTerminal & ServerToSyncTerminal;
export type TerminalNamespace = Namespace<TerminalToServer, Unasked, BetweenServers, SocketData>;
export type TerminalSocket = Socket<TerminalToServer, Unasked, BetweenServers, SocketData>;

export interface TerminalSocketsOptions {
  readonly http: HttpServer;
  readonly database: Database;
  readonly logger: Logger;
  /** Joins the processes of a cluster; without it this process is alone. Whoever made it closes it, after these sockets. */
  readonly adapter?: ServerOptions['adapter'] | undefined;
  /** How soon a void token ends its connections when nobody said so. Default half a minute. */
  readonly lookAtTokensEveryMs?: number;
}

export interface NamespaceOptions {
  /**
   * When a new connection of a terminal ends the older ones of this process. Never by connecting alone: a copy of a till's
   * data has its token too, and until it has shown whose history it has, the till itself is not disturbed.
   *
   * - `when_greeted`: when `takeOver` is called.
   * - `never`: nothing is asked there by which the two could be told apart. All stay; a dead one is found by its silence.
   */
  readonly newestWins: 'when_greeted' | 'never';
}

export interface Connected {
  readonly terminal: AuthenticTerminal;
  readonly protocol: number;
  /** Ends the terminal's other connections in this namespace and process, unless it was opened with `never`. */
  readonly takeOver: () => void;
}

export type OnConnect = (socket: TerminalSocket, connected: Connected) => void;

export interface TerminalSockets {
  /** `onConnect` runs before the terminal knows that it is connected. */
  open(namespace: string, options: NamespaceOptions, onConnect: OnConnect): TerminalNamespace;
  /**
   * Ends the connections of a terminal whose token became void, in all processes. To be called when that is committed:
   * each process looks for itself, so that a late word spares who has come back with a new token.
   */
  endVoid(terminalId: string): void;
  close(): Promise<void>;
}

export function openTerminalSockets(options: TerminalSocketsOptions): TerminalSockets {
  const { http, database, logger, adapter, lookAtTokensEveryMs = 30_000 } = options;
  const io = new Server<TerminalToServer, Unasked, BetweenServers, SocketData>(http, {
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    // Terminals are no web pages.
    cors: { origin: false },
    // A connection by polling is many requests, which a balancer would have to bring to the same process.
    transports: ['websocket'],
    ...(adapter === undefined ? {} : { adapter }),
  });
  const lines = new Set<Socket['request']['socket']>();
  io.engine.on('connection', ({ request }: TerminalSocket['conn']) => {
    lines.add(request.socket);
    request.socket.once('close', () => lines.delete(request.socket));
  });
  const namespaces: TerminalNamespace[] = [];
  const connected = () => namespaces.flatMap((namespace) => [...namespace.sockets.values()]);
  const tokens = watchTokens({ database, logger, everyMs: lookAtTokensEveryMs, connected });
  const lookAt = (terminalId: string): void => {
    void tokens.look(connected().filter(({ data }) => data.terminal?.terminalId === terminalId));
  };
  io.on('token.changed', lookAt);

  return {
    open(name, { newestWins }, onConnect) {
      const namespace = io.of(name);
      namespaces.push(namespace);
      admitTerminals(namespace, database, logger);
      namespace.on('connection', (socket) => {
        const { terminal, protocol } = socket.data;
        if (terminal === undefined || protocol === undefined) {
          socket.disconnect(true);
          return;
        }
        const room = terminalRoom(terminal.terminalId);
        // The older one is usually one that died without a word. One that died at another process is found by its
        // silence; a word to there could come late and end a newer connection.
        const takeOver = () => {
          if (newestWins === 'never') return;
          namespace.local.in(room).except(socket.id).disconnectSockets(true);
        };
        void socket.join(room);
        cutOffWhenSlow(socket, terminal, logger);
        onConnect(socket, { terminal, protocol, takeOver });
        // Its token may have become void while it was shown, before there was a connection to end.
        void tokens.look([socket]);
      });
      return namespace;
    },
    endVoid(terminalId) {
      lookAt(terminalId);
      if (adapter !== undefined) io.serverSideEmit('token.changed', terminalId);
    },
    async close() {
      await tokens.stop();
      const cut = setTimeout(() => {
        for (const line of lines) line.destroy();
      }, GOODBYE_MS);
      await io.close();
      clearTimeout(cut);
    },
  };
}

/** The room of all connections of a terminal in a namespace. */
export function terminalRoom(terminalId: string): string {
  return `terminal:${terminalId}`;
}
