/** Faults put into the code under test from outside, to see that the invariants notice them. The simulation itself runs with none. */
import type { Mirror } from '#sync/down/mirror.ts';
import type { Outbox } from '#sync/outbox.ts';
import type { OpenLink } from '#sync/sync-link.ts';
import type { Ingest } from '../model/ingest.ts';
import type { ModelState } from '../model/state.ts';
import type { SyncMode } from './disk.ts';

export interface Sabotage {
  readonly outbox?: (outbox: Outbox, till: string) => Outbox;
  readonly openLink?: (openLink: OpenLink) => OpenLink;
  readonly mirror?: (mirror: Mirror) => Mirror;
  /** What `wake` of the engine comes to. */
  readonly wake?: (wake: () => void, till: { readonly name: string; readonly isSending: boolean }) => void;
  /** What becomes of the wait of a timer, in milliseconds. */
  readonly wait?: (ms: number) => number;
  readonly syncMode?: SyncMode;
  readonly ingest?: (ingest: Ingest, state: ModelState) => Ingest;
}
