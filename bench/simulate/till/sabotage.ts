/** Faults put into the code under test from outside, to see that the invariants notice them. The simulation itself runs with none. */
import type { Mirror } from '#sync/down/mirror.ts';
import type { Outbox } from '#sync/outbox.ts';
import type { OpenLink } from '#sync/sync-link.ts';
import type { Changes } from '../model/changes.ts';
import type { Ingest } from '../model/ingest.ts';
import type { SyncMode } from './disk.ts';

export interface Sabotage {
  readonly outbox?: (outbox: Outbox) => Outbox;
  readonly openLink?: (openLink: OpenLink) => OpenLink;
  readonly mirror?: (mirror: Mirror) => Mirror;
  /** What `wake` of the engine comes to. */
  readonly wake?: (wake: () => void, isSending: () => boolean) => void;
  readonly syncMode?: SyncMode;
  readonly ingest?: (ingest: Ingest) => Ingest;
  readonly changes?: (changes: Changes) => Changes;
}
