import type { ReadHandle } from '../../store/handles.ts';

/**
 * What this till moved behind an event of its own, by SKU: what the server's figures do not have in them yet. One pass over
 * those movements, however many items are asked for.
 */
export function ownMovements(store: ReadHandle): (through: number) => ReadonlyMap<string, number> {
  const sums = store.prepareRead<[number], { readonly sku: string; readonly change: number }>(
    'SELECT sku, sum(change) AS change FROM stock_movements WHERE seq > ? GROUP BY sku',
  );
  return (through) => new Map(sums.all(through).map(({ sku, change }) => [sku, change]));
}
