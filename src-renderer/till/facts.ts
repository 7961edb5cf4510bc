import type { CompletedSale, PrintJob, QuickKey, SaleView, TillStatus } from '#main/api/views.ts';
import { type StoreApi, createStore } from 'zustand/vanilla';
import type { ConnectionState } from '../connection/till-transport.ts';
import type { Presentation } from './refusals.ts';

/** A sentence that is on the screen until the next thing succeeds. */
export interface Refusal extends Presentation {
  readonly message: string;
  /** Counts up, so that the same sentence twice is announced twice. */
  readonly number: number;
}

/** What the terminal has said. Written only from its replies and pushes; nothing here is computed. */
export interface Facts {
  readonly connection: ConnectionState;
  readonly status: TillStatus | null;
  readonly sale: SaleView | null;
  readonly quickKeys: readonly QuickKey[];
  /** The sale that has just been committed; on the screen until the next one begins. */
  readonly completed: CompletedSale | null;
  /** The copy that was asked for on the screen after the sale. */
  readonly reprinted: PrintJob | null;
  readonly refusal: Refusal | null;
  /** A call whose answer ends what is on the screen: until it comes, nothing else may be started. */
  readonly underWay: 'tender' | 'sign_in' | null;
}

export type FactsStore = StoreApi<Facts>;

export function createFacts(): FactsStore {
  return createStore<Facts>(() => ({
    connection: 'connecting',
    status: null,
    sale: null,
    quickKeys: [],
    completed: null,
    reprinted: null,
    refusal: null,
    underWay: null,
  }));
}
