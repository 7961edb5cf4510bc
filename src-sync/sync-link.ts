/** The line to the server as the engine sees it; socket.io is one implementation, the simulation another. */
import type {
  ChangesPullAnswer,
  ChangesPullRequest,
  SnapshotOffer,
  SnapshotPrepareReply,
} from './protocol/changes.ts';
import type {
  EventsPullReply,
  EventsPullRequest,
  HelloReply,
  HelloRequest,
  PushReply,
  PushRequest,
  QuarantineListReply,
  RefusedConnection,
} from './protocol/messages.ts';

export interface SyncLink {
  /**
   * All settle exactly once, or reject when the line breaks or the server stays silent: the outcome is then unknown. With a
   * ZodError when it does answer, and not in the words of this protocol.
   */
  hello(request: HelloRequest): Promise<HelloReply>;
  push(request: PushRequest): Promise<PushReply>;
  pullEvents(request: EventsPullRequest): Promise<EventsPullReply>;
  listQuarantined(): Promise<QuarantineListReply>;
  pullChanges(request: ChangesPullRequest): Promise<ChangesPullAnswer>;
  prepareSnapshot(): Promise<SnapshotPrepareReply>;
  /** Idempotent. `onClosed` is not called for a close that was asked for. */
  close(): void;
}

export type OpenedLink =
  | { readonly ok: true; readonly link: SyncLink }
  | { readonly ok: false; readonly refused: RefusedConnection | null; readonly message: string };

export interface LinkListeners {
  /** At most once, when an open line breaks. */
  readonly onClosed: (reason: string) => void;
  /** The server has something new: pull. */
  readonly onChangesAvailable: () => void;
}

/** Opens one connection. Never throws. */
export type OpenLink = (listeners: LinkListeners) => Promise<OpenedLink>;

/** The bytes of a snapshot from `from` on. Rejects when they cannot be had; those that came before it count. */
export type FetchSnapshot = (
  offer: SnapshotOffer,
  from: number,
  signal: AbortSignal,
) => AsyncIterable<Uint8Array>;
