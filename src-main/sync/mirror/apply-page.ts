/** One page of the server's changes in one transaction with the cursor behind it. */
import type { ChangesPage } from '#sync/protocol/changes.ts';
import type { WriteHandle } from '../../store/handles.ts';
import type { AppliedChange } from '../applied-change.ts';
import { ownMovements } from './own-movements.ts';
import { recordsWriter } from './records-writer.ts';

export function pageApplier(store: WriteHandle): (page: ChangesPage, at: string) => AppliedChange {
  const write = recordsWriter(store);
  const movedSince = ownMovements(store);
  const moveCursor = store.connection.prepare(
    'UPDATE down_cursor SET cursor = ?, applied_at = ? WHERE slot = 1',
  );

  function writePage(page: ChangesPage): AppliedChange {
    const [gone, codes] = partition(page.merchandise_codes, (code) => 'deleted' in code);
    for (const code of codes) write.code(code);
    const skus = page.items.filter((item) => write.item(item)).map(({ sku }) => sku);
    // Behind the items: until then some of them may belong to it.
    for (const code of gone) write.code(code);
    for (const promotion of page.promotions) write.promotion(promotion);
    const people = page.staff.filter((person) => write.staff(person)).length;
    const settings = page.settings !== null && write.settings(page.settings);
    if (page.stock.length > 0) {
      const own = movedSince(page.stock_through);
      for (const { sku, quantity, reserved } of page.stock) {
        write.stock(sku, quantity + (own.get(sku) ?? 0), reserved);
      }
    }
    // A code concerns every item of it: its tax is in their prices.
    const taxes = page.merchandise_codes.length > 0;
    return { skus: taxes ? 'all' : skus, staff: people > 0, settings, stock: page.stock.length > 0 };
  }

  return (page, at) =>
    store.transaction(() => {
      const change = writePage(page);
      moveCursor.run(page.to, at);
      return change;
    });
}

function partition<Value>(values: readonly Value[], test: (value: Value) => boolean): [Value[], Value[]] {
  return [values.filter(test), values.filter((value) => !test(value))];
}
