import type { ReadHandle } from '../../store/handles.ts';

export interface OwnMovements {
  /** The event of the last movement; 0 before the first. */
  last(): number;
  /**
   * What this till moved behind its event `after` up to its event `through`, by SKU. One pass over those movements, however
   * many items are asked for.
   */
  between(after: number, through: number): ReadonlyMap<string, number>;
}

/**
 * What the server's figures do not have in them yet. A till may have gone on for weeks without its server: most of the
 * movements are added up before the write lock is taken, and only those of meanwhile with it.
 */
export function ownMovements(store: ReadHandle): OwnMovements {
  const last = store.prepareRead<[], { readonly seq: number }>(
    'SELECT coalesce(max(seq), 0) AS seq FROM stock_movements',
  );
  const sums = store.prepareRead<[number, number], { readonly sku: string; readonly change: number }>(
    'SELECT sku, sum(change) AS change FROM stock_movements WHERE seq > ? AND seq <= ? GROUP BY sku',
  );
  return {
    last: () => last.get()?.seq ?? 0,
    between: (after, through) => new Map(sums.all(after, through).map(({ sku, change }) => [sku, change])),
  };
}
