/** What the terminal and the sync engine's thread say to each other. Both ends are ours: types suffice. */
import type { EngineStatus } from '#sync/engine-status.ts';
import type { AppliedChange } from './applied-change.ts';

export interface SyncThreadData {
  readonly folder: string;
  readonly terminalId: string;
  readonly locationId: string;
  readonly serverUrl: string;
  readonly token: string;
}

export type ToSyncThread = { readonly kind: 'wake' } | { readonly kind: 'stop' };

export type FromSyncThread =
  | { readonly kind: 'status'; readonly status: EngineStatus }
  /** Committed: whoever reads now finds it. */
  | { readonly kind: 'applied'; readonly change: AppliedChange }
  | { readonly kind: 'stopped' };
