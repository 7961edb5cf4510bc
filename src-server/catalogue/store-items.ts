/** Many items in one transaction: all of them, or none. */
import type { Item } from '#domain/catalogue/item.ts';
import { type WireItemChanges, changeItem, itemFromChanges } from '#domain/catalogue/item-wire.ts';
import type { EventLog, ServerOrigin } from '../log/event-log.ts';
import { lockCatalogue } from './catalogue-lock.ts';
import { itemTable } from './item-table.ts';
import type { RowError } from './row-error.ts';
import { type Change, type Stored, versionDiffers } from './versioned.ts';
import { changeFrom, isChange, writeChanges } from './write-changes.ts';

interface Plan {
  readonly changes: Change<Item>[];
  readonly errors: RowError[];
}

/**
 * Makes the items that are not there and changes those that are, where a row says something new. A row without a
 * version changes the item whatever its version. Answers what is wrong, in the order of the rows; then nothing is changed.
 */
export async function storeItems(
  log: EventLog,
  rows: readonly WireItemChanges[],
  origin: ServerOrigin,
): Promise<readonly RowError[]> {
  const indexOf = firstRows(rows);
  return log.write(async (tx) => {
    await lockCatalogue(tx);
    const stored = new Map(
      (await itemTable.read(tx, [...indexOf.keys()])).map((item) => [item.record.sku, item]),
    );
    const { changes, errors } = plan(rows, indexOf, stored, origin.now);
    // Of all rows, also those that change nothing: they keep their barcodes from the others.
    for (const { key, field, code, message } of await itemTable.objections(tx, changes)) {
      errors.push({ index: indexOf.get(key) ?? 0, field, code, message });
    }
    if (errors.length > 0) return errors.sort((a, b) => a.index - b.index);
    const news = changes.filter((change) => isChange(itemTable, change));
    await writeChanges(tx, itemTable, news, origin);
    return [];
  });
}

function firstRows(rows: readonly WireItemChanges[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const [index, { sku }] of rows.entries()) if (!first.has(sku)) first.set(sku, index);
  return first;
}

/** @param indexOf the first row of each SKU */
function plan(
  rows: readonly WireItemChanges[],
  indexOf: ReadonlyMap<string, number>,
  stored: ReadonlyMap<string, Stored<Item>>,
  now: Date,
): Plan {
  const changes: Change<Item>[] = [];
  const errors: RowError[] = [];
  for (const [index, row] of rows.entries()) {
    const first = indexOf.get(row.sku);
    if (first !== index) {
      const message = `${row.sku} stands in row ${first} already`;
      errors.push({ index, field: 'sku', code: 'repeated', message });
      continue;
    }
    const planned = planRow(row, stored.get(row.sku), now);
    if ('errors' in planned) errors.push(...planned.errors.map((error) => ({ index, ...error })));
    else changes.push(planned);
  }
  return { changes, errors };
}

function planRow(
  row: WireItemChanges,
  stored: Stored<Item> | undefined,
  now: Date,
): Change<Item> | { readonly errors: Omit<RowError, 'index'>[] } {
  const live = stored === undefined || stored.deleted ? undefined : stored;
  if (row.version !== undefined && row.version !== live?.version) {
    const { field, code, message } = versionDiffers(itemTable.noun, row.sku, live);
    return { errors: [{ field, code, message }] };
  }
  if (live !== undefined) return changeFrom(live, changeItem(live.record, row), now);
  const made = itemFromChanges(row);
  if (made.ok) return changeFrom(stored, made.item, now);
  const message = `${row.sku} is not there yet, and a new item needs this`;
  return { errors: made.missing.map((field) => ({ field, code: 'missing' as const, message })) };
}
