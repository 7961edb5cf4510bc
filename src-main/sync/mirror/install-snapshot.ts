/** From a downloaded file to the tables in use. */
import { SnapshotRefused, type InstallOptions } from '#sync/down/mirror.ts';
import type { SnapshotOffer } from '#sync/protocol/changes.ts';
import { sqliteCode } from '../../store/store-errors.ts';
import type { WriteHandle } from '../../store/handles.ts';
import type { AppliedChange } from '../applied-change.ts';
import { type Filled, fillNextTables } from './fill-next-tables.ts';
import { dropSpareTables, makeNextTables, switchTables } from './next-tables.ts';
import type { HeldRecords } from './next-writer.ts';
import { ownMovements } from './own-movements.ts';
import { forgetSettingsVersion, recordsWriter, writeLocationSettings } from './records-writer.ts';
import { type Pace, ShortTransactions } from './short-transactions.ts';

export interface InstallPlace extends Pace {
  readonly store: WriteHandle;
  readonly file: string;
  readonly terminalId: string;
  readonly locationId: string;
}

/**
 * @returns undefined when it was told to end before the switch; what was read is thrown away
 * @throws {SnapshotRefused} for a file that is not what was offered; nothing in use has changed
 */
export async function installSnapshot(
  place: InstallPlace,
  offer: SnapshotOffer,
  options: InstallOptions,
): Promise<AppliedChange | undefined> {
  const { store } = place;
  // Nobody sells on a till that has no catalogue yet.
  const undisturbed = !hasCatalogue(store);
  const short = new ShortTransactions(store, place, undisturbed);
  const pages = new ShortTransactions(store, place, undisturbed);
  await dropSpareTables(store, short);
  makeNextTables(store);
  // What is left behind by a refusal or an end before the switch goes at the next one.
  try {
    const filled = await fillNextTables({ ...place, records: short, pages }, offer, options);
    if (!filled) return undefined;
    const change = await short.run(() => switchOver(store, offer, options.at, filled));
    options.onProgress(offer.records);
    return change;
  } catch (error) {
    // What a right file never has: the same key twice.
    if (sqliteCode(error)?.startsWith('SQLITE_CONSTRAINT') !== true) throw error;
    throw new SnapshotRefused('The records of the snapshot contradict each other.', { cause: error });
  }
}

/** Behind the switch, when whoever waits for the new catalogue has been told. */
export async function dropReplaced(place: InstallPlace): Promise<void> {
  await dropSpareTables(place.store, new ShortTransactions(place.store, place, false));
}

function hasCatalogue(store: WriteHandle): boolean {
  return store.prepareRead<[], unknown>('SELECT 1 AS found FROM items LIMIT 1').get() !== undefined;
}

/**
 * In one transaction: the tables by their names, the few records by rows, the till's own movements on top of the stock, the cursor.
 * What the server has none of it does not keep yet, and the till's own stays (docs/decisions/0011).
 */
function switchOver(
  store: WriteHandle,
  offer: SnapshotOffer,
  at: string,
  { items, promotions, staff, settings, movedThrough }: Filled,
): AppliedChange {
  const { connection } = store;
  const catalogue = items > 0;
  switchTables(store, catalogue ? 'all' : 'stock');
  // Prepared behind the switch: statements would have to be made anew for the tables that have these names now.
  const write = recordsWriter(store);
  if (catalogue || promotions.length > 0) {
    connection.exec('DELETE FROM promotions');
    const add = connection.prepare('INSERT INTO promotions (promotion_id, record, version) VALUES (?, ?, ?)');
    for (const { id, text, version } of promotions) add.run(id, text, version);
  }
  const people = replaceStaff(store, staff);
  if (settings === null) forgetSettingsVersion(store);
  else writeLocationSettings(store, settings);
  if (!catalogue) {
    // What stays is nobody's word any more: whatever this server tells of it counts. And its stock was read without items.
    connection.exec(`
      UPDATE merchandise_codes SET version = 0 WHERE version <> 0;
      UPDATE items SET version = 0 WHERE version <> 0;
      UPDATE promotions SET version = 0 WHERE version <> 0;
      UPDATE stock SET is_low = coalesce(
        (SELECT reorder_point > 0 AND stock.quantity <= reorder_point FROM items WHERE items.sku = stock.sku), 0)`);
  }
  const figure = store.prepareRead<[string], { readonly quantity: number; readonly reserved: number }>(
    'SELECT quantity, reserved FROM stock WHERE sku = ?',
  );
  const movements = ownMovements(store);
  for (const [sku, change] of movements.between(movedThrough, movements.last())) {
    const { quantity, reserved } = figure.get(sku) ?? { quantity: 0, reserved: 0 };
    write.stock(sku, quantity + change, reserved);
  }
  connection
    .prepare('UPDATE down_cursor SET cursor = ?, applied_at = ? WHERE slot = 1')
    .run(offer.cursor, at);
  return { skus: 'all', staff: people, settings: settings !== null, stock: true };
}

/**
 * Whoever the server does not name works here no more. Their row stays: orders refer to it. Its version goes: the next that this
 * server tells of them counts, even where an earlier one, whose data was lost, had told more often.
 */
function replaceStaff({ connection }: WriteHandle, staff: HeldRecords['staff']): boolean {
  connection.exec('UPDATE staff SET version = 0 WHERE version <> 0');
  if (staff.length === 0) return false;
  connection.exec('UPDATE staff SET active = 0');
  const put = connection.prepare(`
    INSERT INTO staff (user_id, name, role, pin_hash, active, version) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (user_id) DO UPDATE SET name = excluded.name, role = excluded.role, pin_hash = excluded.pin_hash,
      active = excluded.active, version = excluded.version`);
  for (const { user_id, name, role, pin_hash, active, version } of staff) {
    put.run(user_id, name, role, pin_hash, active ? 1 : 0, version);
  }
  return true;
}
