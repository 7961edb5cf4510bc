/** One page of the server's changes in one transaction with the cursor behind it. */
import type { ChangesPage } from '#sync/protocol/changes.ts';
import type { WriteHandle } from '../../store/handles.ts';
import type { AppliedChange } from '../applied-change.ts';
import { ownMovements } from './own-movements.ts';
import { recordsWriter } from './records-writer.ts';

export function pageApplier(store: WriteHandle): (page: ChangesPage, at: string) => AppliedChange {
  const write = recordsWriter(store);
  const movements = ownMovements(store);
  const moveCursor = store.connection.prepare(
    'UPDATE down_cursor SET cursor = ?, applied_at = ? WHERE slot = 1',
  );

  /** @param before what this till moved behind `stock_through`, up to its event `seen` */
  function writePage(page: ChangesPage, before: ReadonlyMap<string, number>, seen: number): AppliedChange {
    const [gone, codes] = partition(page.merchandise_codes, (code) => 'deleted' in code);
    for (const code of codes) write.code(code);
    const skus = page.items.filter((item) => write.item(item)).map(({ sku }) => sku);
    // Behind the items: until then some of them may belong to it.
    for (const code of gone) write.code(code);
    for (const promotion of page.promotions) write.promotion(promotion);
    const people = page.staff.filter((person) => write.staff(person)).length;
    const settings = page.settings !== null && write.settings(page.settings);
    if (page.stock.length > 0) {
      const meanwhile = movements.between(seen, movements.last());
      for (const { sku, quantity, reserved } of page.stock) {
        write.stock(sku, quantity + (before.get(sku) ?? 0) + (meanwhile.get(sku) ?? 0), reserved);
      }
    }
    // A code concerns every item of it: its tax is in their prices.
    const taxes = page.merchandise_codes.length > 0;
    return { skus: taxes ? 'all' : skus, staff: people > 0, settings, stock: page.stock.length > 0 };
  }

  return (page, at) => {
    const seen = Math.max(page.stock_through, movements.last());
    const before =
      page.stock.length > 0 ? movements.between(page.stock_through, seen) : new Map<string, number>();
    return store.transaction(() => {
      const change = writePage(page, before, seen);
      moveCursor.run(page.to, at);
      return change;
    });
  };
}

function partition<Value>(values: readonly Value[], test: (value: Value) => boolean): [Value[], Value[]] {
  return [values.filter(test), values.filter((value) => !test(value))];
}
