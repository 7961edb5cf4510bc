/** The line to the server over socket.io. socket.io's own reconnection is off: the engine decides when to come back. */
import { type Socket, io } from 'socket.io-client';
import type { z } from 'zod';
import { changesPullReplySchema, snapshotPrepareReplySchema } from './protocol/changes.ts';
import {
  type Handshake,
  type RefusedConnection,
  SYNC_NAMESPACE,
  type ServerToSyncTerminal,
  type TerminalToServer,
  eventsPullReplySchema,
  helloReplySchema,
  pushReplySchema,
  quarantineListReplySchema,
  refusedConnectionSchema,
} from './protocol/messages.ts';
import type { OpenLink, SyncLink } from './sync-link.ts';

export interface SocketLinkOptions {
  readonly url: string;
  readonly handshake: Handshake;
  readonly connectTimeoutMs?: number;
  /** How long the server may take to commit a batch before its outcome counts as unknown. */
  readonly ackTimeoutMs?: number;
}

export function socketLink(options: SocketLinkOptions): OpenLink {
  const { url, handshake, connectTimeoutMs = 10_000, ackTimeoutMs = 30_000 } = options;
  return ({ onClosed, onChangesAvailable }) =>
    new Promise((resolve) => {
      const socket: TerminalSocket = io(new URL(SYNC_NAMESPACE, url).href, {
        transports: ['websocket'],
        reconnection: false,
        forceNew: true,
        timeout: connectTimeoutMs,
        auth: { ...handshake },
      });
      let open = false;
      let asked = false;
      const fail = (refused: RefusedConnection | null): void => {
        clearTimeout(timer);
        socket.close();
        resolve({
          ok: false,
          refused,
          message: refused?.message ?? `The server at ${url} does not answer.`,
        });
      };
      // socket.io's own timeout ends with the transport: a server that takes the connection and then says nothing
      // to the namespace, or hangs up at that moment, would leave this promise open for ever.
      const timer = setTimeout(() => fail(null), connectTimeoutMs);
      socket.once('disconnect', (reason) => {
        if (!open) fail(null);
        else if (!asked) onClosed(`The line to the server broke (${reason}).`);
      });
      socket.once('connect', () => {
        open = true;
        clearTimeout(timer);
        resolve({
          ok: true,
          link: linkOver(socket, ackTimeoutMs, () => {
            asked = true;
          }),
        });
      });
      socket.once('connect_error', (error: Error & { data?: unknown }) => {
        const refused = refusedConnectionSchema.safeParse(error.data);
        fail(refused.success ? refused.data : null);
      });
      socket.on('changes.available', () => {
        if (!asked) onChangesAvailable();
      });
    });
}

type TerminalSocket = Socket<ServerToSyncTerminal, TerminalToServer>;

function linkOver(socket: TerminalSocket, ackTimeoutMs: number, beforeClose: () => void): SyncLink {
  const ask = async <Reply extends z.ZodType>(
    name: keyof TerminalToServer,
    request: unknown,
    replySchema: Reply,
  ): Promise<z.output<Reply>> => {
    // socket.io would keep it for a connection that never comes, and nobody would hear of it before the timeout.
    if (!socket.connected) throw new Error('The line to the server is closed.');
    const answer: unknown = await socket.timeout(ackTimeoutMs).emitWithAck(name, request);
    return replySchema.parse(answer);
  };
  return {
    hello: (request) => ask('sync.hello', request, helloReplySchema),
    push: (request) => ask('events.push', request, pushReplySchema),
    pullEvents: (request) => ask('events.pull', request, eventsPullReplySchema),
    listQuarantined: () => ask('quarantine.list', {}, quarantineListReplySchema),
    pullChanges: (request) => ask('changes.pull', request, changesPullReplySchema),
    prepareSnapshot: () => ask('snapshot.prepare', {}, snapshotPrepareReplySchema),
    close: () => {
      beforeClose();
      socket.close();
    },
  };
}
