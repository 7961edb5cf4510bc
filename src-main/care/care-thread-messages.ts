/** What the terminal and the thread that looks after its disk say to each other. Both ends are ours: types suffice. */
import type { CareStatus } from '../api/sync-status.ts';

export interface CareThreadData {
  readonly folder: string;
  /** What care leaves free on the disk; its own default when absent. */
  readonly reserveBytes?: number;
}

export type ToCareThread =
  | { readonly kind: 'back up'; readonly id: number }
  /** The thread ends by itself when its work under way is done. */
  | { readonly kind: 'stop' };

export type FromCareThread =
  | { readonly kind: 'status'; readonly status: CareStatus }
  | { readonly kind: 'backed up'; readonly id: number }
  /** @see CareService.backUp */
  | { readonly kind: 'backup failed'; readonly id: number; readonly message: string };
