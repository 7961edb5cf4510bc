/** A till's API from Node, through the same door as a browser: the one-time link, the cookie, the socket. */
import { type Socket, io } from 'socket.io-client';
import { type ApiClient, type CallOutcome, createApiClient } from '#main/api/client.ts';
import { ApiError } from '#main/api/errors.ts';

export interface TillClient extends ApiClient {
  close(): void;
}

const CALL_TIMEOUT_MS = 15_000;

/** @param link as the till printed it; it works once */
export async function connectTill(link: string): Promise<TillClient> {
  const { origin } = new URL(link);
  const opened = await fetch(link, { redirect: 'manual' });
  const cookie = opened.headers.get('set-cookie')?.split(';')[0];
  if (cookie === undefined) throw new Error(`The link does not open the till: ${opened.status}`);
  const socket = io(origin, {
    path: '/api/socket',
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    extraHeaders: { cookie, origin },
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  const client = createApiClient({
    call: (name, request) => callOver(socket, name, request),
    onPush(listener) {
      const onPush = (name: string, body: unknown) => listener(name, body);
      socket.on('push', onPush);
      return () => socket.off('push', onPush);
    },
  });
  return { ...client, close: () => socket.close() };
}

/** Rejects at once when the till goes away: a driver that waited for the timeout would measure nothing else. */
function callOver(socket: Socket, name: string, request: unknown): Promise<CallOutcome> {
  return new Promise((resolve, reject) => {
    const lost = () => reject(new ApiError('connection_lost', 'The till went away.', 'now'));
    if (!socket.connected) {
      lost();
      return;
    }
    socket.once('disconnect', lost);
    socket
      .timeout(CALL_TIMEOUT_MS)
      .emit('call', { name, request }, (error: Error | null, outcome: CallOutcome) => {
        socket.off('disconnect', lost);
        if (error) lost();
        else resolve(outcome);
      });
  });
}
