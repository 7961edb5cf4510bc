/** Where the engine stands, both ways, as it tells whoever watches it. What is on the disk is not repeated here. */
import type { QuarantinedEvent } from './protocol/messages.ts';

/**
 * - `recovering`: a till that lost its disk gets its own events back
 * - `refused`: the server said no to this terminal; a person must look
 */
export type SyncState = 'offline' | 'connecting' | 'recovering' | 'catching_up' | 'live' | 'refused';

/** Why a person must look, for the words on the screen. */
export type RefusalCode =
  | 'unauthorized'
  /** This till is too old for its server, or too new. It sells on. */
  | 'protocol_unsupported'
  /** Another history under the same name: two tills, or a copied data folder. */
  | 'forked'
  /** An old copy of this till's data. */
  | 'behind'
  | 'not_understood';

export interface UpStatus {
  readonly state: SyncState;
  readonly ackedThrough: number;
  /** UTC instant; null while connected. */
  readonly offlineSince: string | null;
  /** The last error in words; null once things go well again. */
  readonly problem: string | null;
  readonly refusal: RefusalCode | null;
  /** Till's clock minus the server's, in milliseconds; null before the first hello. */
  readonly clockSkewMs: number | null;
  /** Measured over the last seconds of sending; null while nothing is sent. */
  readonly rate: { readonly eventsPerSecond: number; readonly bytesPerSecond: number } | null;
  /** The server has asked for a pause. */
  readonly paused: boolean;
  /** The server keeps them and cannot use them; the newest first, at most 100, and how many in all. */
  readonly quarantined: { readonly count: number; readonly newest: readonly QuarantinedEvent[] };
}

export interface SnapshotProgress {
  readonly receivedBytes: number;
  readonly totalBytes: number;
  readonly appliedRecords: number;
  readonly totalRecords: number;
}

export interface DownStatus {
  /**
   * - `idle`: no line to the server
   * - `current`: nothing new that it knows of
   * - `pulling`: pages come
   * - `loading`: a snapshot comes; the till sells on from what it has
   */
  readonly state: 'idle' | 'current' | 'pulling' | 'loading';
  readonly snapshot: SnapshotProgress | null;
  /** UTC instant of the last change that was applied since the start. */
  readonly appliedAt: string | null;
  readonly problem: string | null;
}

export interface EngineStatus {
  readonly up: UpStatus;
  readonly down: DownStatus;
}
