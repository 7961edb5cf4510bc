/**
 * The catalogue's tables beside those in use: filled from a snapshot while the till sells from the old ones, and put in their
 * place by renaming. Indexes that belong to constraints travel with their tables.
 *
 *     merchandise_codes      items      barcodes      items_fts      stock
 *       next_…               next_…    next_…        next_…         next_…     filled
 *                                                                              one transaction: in use → old_…, next_… → in use
 *       old_…                old_…     old_…         old_…          old_…      dropped
 */
import type { WriteHandle } from '../../store/handles.ts';
import type { ShortTransactions } from './short-transactions.ts';

const TABLES = ['barcodes', 'items_fts', 'items', 'merchandise_codes', 'stock'] as const;

/** @pre {@link dropSpareTables} */
export function makeNextTables(store: WriteHandle): void {
  const made = store.prepareRead<[string], { readonly sql: string }>(
    'SELECT sql FROM sqlite_schema WHERE name = ?',
  );
  store.transaction(() => {
    // From those in use, so that a later migration of them needs no second place.
    for (const table of TABLES) {
      const sql = made.get(table)?.sql ?? '';
      store.connection.exec(sql.replace(/^(CREATE (?:VIRTUAL )?TABLE) \S+/, `$1 next_${table}`));
    }
    // An index that has a name of its own cannot be renamed: that of the table in use and that of the next one take turns.
    const free = made.get('stock_low') === undefined ? 'stock_low' : 'stock_low_2';
    store.connection.exec(`CREATE INDEX ${free} ON next_stock (sku) WHERE is_low = 1`);
  });
}

/**
 * What is not in use: the old tables behind a switch, and what an install that died has left. A transaction for each: dropping one of
 * 100,000 rows takes some ten milliseconds, deleting its rows bit by bit would take a hundred times as long.
 */
export async function dropSpareTables(store: WriteHandle, short: ShortTransactions): Promise<void> {
  const exists = store.prepareRead<[string], unknown>('SELECT 1 AS found FROM sqlite_schema WHERE name = ?');
  const spare = ['next', 'old'].flatMap((kind) => TABLES.map((table) => `${kind}_${table}`));
  for (const name of spare) {
    if (exists.get(name) === undefined) continue;
    await short.run(() => store.connection.exec(`DROP TABLE ${name}`));
  }
}

/** The tables that the last switch replaced have not all been dropped: whoever wanted to has died. */
export function hasReplacedTables(store: WriteHandle): boolean {
  const found = store.prepareRead<[], unknown>(
    `SELECT 1 AS found FROM sqlite_schema WHERE name IN (${TABLES.map((table) => `'old_${table}'`).join(', ')}) LIMIT 1`,
  );
  return found.get() !== undefined;
}

/** Inside the caller's transaction, and quick: names are changed, no row is touched. */
export function switchTables({ connection }: WriteHandle, tables: 'all' | 'stock'): void {
  for (const table of TABLES) {
    if (tables === 'stock' && table !== 'stock') continue;
    connection.exec(
      `ALTER TABLE ${table} RENAME TO old_${table}; ALTER TABLE next_${table} RENAME TO ${table};`,
    );
  }
}
