import { z } from 'zod';
import type { CallOutcome, MethodName } from '#main/api/client.ts';
import { ApiError } from '#main/api/errors.ts';
import { Listeners } from './listeners.ts';
import type { ConnectionState, TillTransport } from './till-transport.ts';

/** Longer than any call takes; a commit on a dying disk included. */
export const CALL_TIMEOUT_MS = 15_000;
/** After a refusal by the terminal that is not about the link: socket.io itself does not try again then. */
const RETRY_REFUSED_MS = 2_000;

/** What is used of a socket.io client socket. */
export interface CallSocket {
  readonly connected: boolean;
  /** Whether socket.io itself will try to connect again. */
  readonly active: boolean;
  connect(): unknown;
  timeout(milliseconds: number): { emitWithAck(event: string, body: unknown): Promise<unknown> };
  on(event: 'connect' | 'disconnect', listener: () => void): unknown;
  on(event: 'connect_error', listener: (error: Error) => void): unknown;
  on(event: 'push', listener: (name: string, body: unknown) => void): unknown;
}

const outcomeSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), reply: z.unknown() }),
  z.object({ ok: z.literal(false), error: z.unknown() }),
]);

function lost(message: string): ApiError {
  return new ApiError('connection_lost', message, 'now');
}

/**
 * Calls over socket.io. While disconnected a call is refused at once, never kept for later: a tender that goes out
 * after the cashier has given up on it would take the money twice.
 */
export class BrowserTransport implements TillTransport {
  readonly #socket: CallSocket;
  readonly #pushes = new Listeners<[name: string, body: unknown]>();
  readonly #connections = new Listeners<[state: ConnectionState]>();
  #state: ConnectionState = 'connecting';

  constructor(socket: CallSocket) {
    this.#socket = socket;
    socket.on('connect', () => this.#become('connected'));
    socket.on('disconnect', () => {
      this.#become('lost');
      this.#reconnectUnlessActive();
    });
    socket.on('connect_error', (error) => {
      if (error.message === 'unauthorized') {
        this.#become('unauthorized');
        return;
      }
      if (this.#state === 'connected') this.#become('lost');
      this.#reconnectUnlessActive();
    });
    socket.on('push', (name, body) => this.#pushes.tell(name, body));
    if (socket.connected) this.#state = 'connected';
  }

  async call(name: MethodName, request: unknown): Promise<CallOutcome> {
    if (!this.#socket.connected) {
      throw lost('Not done: this screen has no connection to the till.');
    }
    let answer: unknown;
    try {
      answer = await this.#socket.timeout(CALL_TIMEOUT_MS).emitWithAck('call', { name, request });
    } catch {
      throw lost('The till did not answer: look whether it was done, then try again.');
    }
    const outcome = outcomeSchema.safeParse(answer);
    if (outcome.success) return outcome.data;
    throw new ApiError('internal', 'The till gave an answer that this screen does not understand.', 'later');
  }

  onPush(listener: (name: string, body: unknown) => void): () => void {
    return this.#pushes.add(listener);
  }

  onConnection(listener: (state: ConnectionState) => void): () => void {
    listener(this.#state);
    return this.#connections.add(listener);
  }

  #become(state: ConnectionState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#connections.tell(state);
  }

  #reconnectUnlessActive(): void {
    if (!this.#socket.active) setTimeout(() => this.#socket.connect(), RETRY_REFUSED_MS);
  }
}
