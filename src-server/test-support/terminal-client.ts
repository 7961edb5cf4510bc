/** A bare terminal for tests: the protocol by hand, so that it can also be spoken wrongly. */
import { type Socket, io } from 'socket.io-client';
import { GENESIS_HASH } from '#domain/events/event-record.ts';
import {
  type HelloReply,
  type HelloRequest,
  PROTOCOL_VERSION,
  type PushReply,
  type RefusedConnection,
  SYNC_NAMESPACE,
  helloReplySchema,
  pushReplySchema,
  refusedConnectionSchema,
} from '#sync/protocol/messages.ts';

export interface TestTerminal {
  readonly socket: Socket;
  /** Without more words as one that has nothing and wants its events back: it is told where it stands. */
  hello(said?: Partial<HelloRequest>): Promise<HelloReply>;
  push(request: unknown): Promise<PushReply>;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
  close(): void;
}

const ANSWER_WITHIN_MS = 20_000;

/** Rejects with the refusal as `cause` when the server does not let it in. */
export async function connectTerminal(url: string, auth: object): Promise<TestTerminal> {
  const { socket, ended } = await connectSocket(url, SYNC_NAMESPACE, auth);
  return {
    socket,
    ended,
    hello: async (said) =>
      helloReplySchema.parse(await socket.timeout(ANSWER_WITHIN_MS).emitWithAck('sync.hello', helloOf(said))),
    push: async (request) =>
      pushReplySchema.parse(await socket.timeout(ANSWER_WITHIN_MS).emitWithAck('events.push', request)),
    close: () => {
      socket.close();
    },
  };
}

export function helloOf(said: Partial<HelloRequest> = {}): HelloRequest {
  const nothing = { seq: 0, hash: GENESIS_HASH };
  return { head: nothing, acked: nothing, clock: new Date().toISOString(), recovering: true, ...said };
}

export interface ConnectedSocket {
  readonly socket: Socket;
  /** Resolves when the connection has ended. */
  readonly ended: Promise<void>;
}

/**
 * A connection to any namespace. Rejects as `connectTerminal` does.
 * @param prepare sees the socket before it is connected, so that it hears the first message
 */
export function connectSocket(
  url: string,
  namespace: string,
  auth: object,
  prepare: (socket: Socket) => void = () => undefined,
): Promise<ConnectedSocket> {
  const socket = io(`${url}${namespace}`, {
    auth,
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
  });
  const ended = new Promise<void>((resolve) => {
    socket.on('disconnect', () => {
      resolve();
    });
  });
  prepare(socket);
  return new Promise((resolve, reject) => {
    socket.on('connect_error', (error) => {
      socket.close();
      reject(new Error(error.message, { cause: 'data' in error ? error.data : undefined }));
    });
    socket.on('connect', () => {
      resolve({ socket, ended });
    });
  });
}

export function handshake(terminalId: string, token: string): object {
  return { protocol: PROTOCOL_VERSION, terminalId, token };
}

/** How the server refuses this handshake. */
export async function refusalOf(
  url: string,
  auth: object,
  namespace = SYNC_NAMESPACE,
): Promise<RefusedConnection> {
  try {
    (await connectSocket(url, namespace, auth)).socket.close();
  } catch (error) {
    return refusedConnectionSchema.parse(error instanceof Error ? error.cause : undefined);
  }
  throw new Error('the server let it in');
}
