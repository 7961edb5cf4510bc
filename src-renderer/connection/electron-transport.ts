import type { CallOutcome, MethodName } from '#main/api/client.ts';
import { ApiError } from '#main/api/errors.ts';
import type { ConnectionState, TillTransport } from './till-transport.ts';

/** What the preload script puts on the window; nothing else crosses the bridge. */
export interface HoldfastBridge {
  call(name: MethodName, request: unknown): Promise<CallOutcome>;
  onPush(listener: (name: string, body: unknown) => void): () => void;
}

declare global {
  interface Window {
    readonly holdfast?: HoldfastBridge;
  }
}

/** Calls over Electron's IPC. The main process lives as long as the window, so the connection is always there. */
export class ElectronTransport implements TillTransport {
  readonly #bridge: HoldfastBridge;

  constructor(bridge: HoldfastBridge) {
    this.#bridge = bridge;
  }

  async call(name: MethodName, request: unknown): Promise<CallOutcome> {
    try {
      return await this.#bridge.call(name, request);
    } catch {
      throw new ApiError(
        'connection_lost',
        'The till did not answer: look whether it was done, then try again.',
        'now',
      );
    }
  }

  onPush(listener: (name: string, body: unknown) => void): () => void {
    return this.#bridge.onPush(listener);
  }

  onConnection(listener: (state: ConnectionState) => void): () => void {
    listener('connected');
    return () => undefined;
  }
}
