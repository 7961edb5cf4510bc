/** The line to the server as the engine sees it; socket.io is one implementation, a simulation another. */
import type { HelloReply, PushReply, PushRequest, RefusedConnection } from './protocol/messages.ts';

export interface SyncLink {
  /** Both settle exactly once, or reject when the line breaks or the server stays silent: the outcome is then unknown. */
  hello(): Promise<HelloReply>;
  push(request: PushRequest): Promise<PushReply>;
  /** Idempotent. `onClosed` is not called for a close that was asked for. */
  close(): void;
}

export type OpenedLink =
  | { readonly ok: true; readonly link: SyncLink }
  | { readonly ok: false; readonly refused: RefusedConnection | null; readonly message: string };

/** Opens one connection. Never throws; `onClosed` is called at most once, when an open line breaks. */
export type OpenLink = (onClosed: (reason: string) => void) => Promise<OpenedLink>;
