/** The line to the server over socket.io. socket.io's own reconnection is off: the engine decides when to come back. */
import { type Socket, io } from 'socket.io-client';
import {
  type Handshake,
  type RefusedConnection,
  SYNC_NAMESPACE,
  helloReplySchema,
  pushReplySchema,
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
  return (onClosed) =>
    new Promise((resolve) => {
      const socket = io(new URL(SYNC_NAMESPACE, url).href, {
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
    });
}

function linkOver(socket: Socket, ackTimeoutMs: number, beforeClose: () => void): SyncLink {
  const ask = async (name: string, request: unknown): Promise<unknown> => {
    const answer: unknown = await socket.timeout(ackTimeoutMs).emitWithAck(name, request);
    return answer;
  };
  return {
    hello: async () => helloReplySchema.parse(await ask('sync.hello', {})),
    push: async (request) => pushReplySchema.parse(await ask('events.push', request)),
    close: () => {
      beforeClose();
      socket.close();
    },
  };
}
