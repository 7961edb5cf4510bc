/** What the terminal and the sync engine's thread say to each other. Both ends are ours: types suffice. */
import type { EngineStatus } from '#sync/engine-status.ts';

export interface SyncThreadData {
  readonly folder: string;
  readonly terminalId: string;
  readonly serverUrl: string;
  readonly token: string;
}

export type ToSyncThread = { readonly kind: 'wake' } | { readonly kind: 'stop' };

export type FromSyncThread =
  { readonly kind: 'status'; readonly status: EngineStatus } | { readonly kind: 'stopped' };
