/** The terminals' side: socket.io on the HTTP server, namespace `/sync`, one connection per terminal. */
import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import {
  MAX_BATCH_BYTES,
  PROTOCOL_VERSION,
  type RefusedConnection,
  SYNC_NAMESPACE,
  type TerminalToServer,
  handshakeSchema,
} from '#sync/protocol/messages.ts';
import { z } from 'zod';
import type { Database } from '../database/database.ts';
import type { EventLog } from '../log/event-log.ts';
import type { Logger } from '../logger.ts';
import { type AuthenticTerminal, authenticateTerminal } from '../terminals/terminals.ts';
import { type TerminalSocket, serveTerminal } from './terminal-connection.ts';

/** A batch travels as JSON inside JSON: quotes may double it, and the frame of each event comes on top. */
const MAX_MESSAGE_BYTES = 4 * MAX_BATCH_BYTES;

export interface SyncServer {
  isConnected(terminalId: string): boolean;
  disconnect(terminalId: string): void;
  /** Takes no more messages, lets the batches in flight end, and closes the connections. */
  close(): Promise<void>;
}

export interface SyncOptions {
  readonly http: HttpServer;
  readonly database: Database;
  readonly log: EventLog;
  readonly logger: Logger;
}

type SyncIo = Server<
  TerminalToServer,
  Record<string, never>,
  Record<string, never>,
  { terminal?: AuthenticTerminal }
>;

export function attachSyncServer({ http, database, log, logger }: SyncOptions): SyncServer {
  const io: SyncIo = new Server(http, {
    serveClient: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    // Terminals are no web pages.
    cors: { origin: false },
  });
  const connected = new Map<string, TerminalSocket>();
  const running = new Set<Promise<unknown>>();

  const namespace = io.of(SYNC_NAMESPACE);
  namespace.use((socket, next) => {
    void (async () => {
      const answer = await admit(database, socket.handshake.auth).catch(
        (error: unknown): RefusedConnection => {
          logger.error({ err: error }, 'a terminal could not be authenticated');
          return { code: 'unavailable', message: 'The server cannot read its database now' };
        },
      );
      if ('code' in answer) {
        next(refusal(answer));
        return;
      }
      socket.data.terminal = answer;
      next();
    })();
  });

  namespace.on('connection', (socket) => {
    const { terminal } = socket.data;
    if (terminal === undefined) {
      socket.disconnect(true);
      return;
    }
    const { terminalId } = terminal;
    // The newest connection wins: the older is usually one that died without a word. Should it still be storing a
    // batch, the lock on the terminal's row keeps the two apart.
    connected.get(terminalId)?.disconnect(true);
    connected.set(terminalId, socket);
    socket.on('disconnect', (reason) => {
      if (connected.get(terminalId) === socket) connected.delete(terminalId);
      logger.info({ terminalId, reason }, 'terminal disconnected');
    });
    logger.info({ terminalId, locationId: terminal.locationId }, 'terminal connected');
    serveTerminal(
      {
        database,
        log,
        logger,
        track(work) {
          running.add(work);
          void work.finally(() => running.delete(work));
        },
      },
      socket,
      terminal,
    );
  });

  return {
    isConnected: (terminalId) => connected.has(terminalId),
    disconnect: (terminalId) => {
      connected.get(terminalId)?.disconnect(true);
    },
    async close() {
      // No new connections and no new messages; what arrived is answered before the sockets close.
      namespace.removeAllListeners('connection');
      for (const socket of connected.values()) socket.removeAllListeners('events.push');
      for (const socket of connected.values()) socket.removeAllListeners('sync.hello');
      await Promise.allSettled(running);
      await io.close();
    },
  };
}

const versionSchema = z.looseObject({ protocol: z.int() });

async function admit(database: Database, auth: unknown): Promise<AuthenticTerminal | RefusedConnection> {
  const version = versionSchema.safeParse(auth);
  if (version.success && version.data.protocol !== PROTOCOL_VERSION) {
    return {
      code: 'protocol_unsupported',
      message: `This server speaks protocol ${PROTOCOL_VERSION}, the terminal ${version.data.protocol}. Update the older one.`,
    };
  }
  const handshake = handshakeSchema.safeParse(auth);
  if (!handshake.success)
    return { code: 'malformed_handshake', message: 'The handshake does not fit the protocol' };
  const { terminalId, token } = handshake.data;
  const terminal = await authenticateTerminal(database, terminalId, token);
  return terminal ?? { code: 'unauthorized', message: `${terminalId} is not enrolled with this token` };
}

/** socket.io sends `message` and `data` of the error with connect_error. */
function refusal(answer: RefusedConnection): Error {
  return Object.assign(new Error(answer.message), { data: answer });
}
