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

const TABLES = ['barcodes', 'items_fts', 'items', 'merchandise_codes', 'stock'] as const;

/** As the migrations made those in use. */
const NEXT = `
CREATE TABLE next_merchandise_codes (
  code         TEXT PRIMARY KEY,
  description  TEXT NOT NULL,
  tax_category TEXT NOT NULL,
  tax_rate     INTEGER NOT NULL CHECK (tax_rate BETWEEN 0 AND 10000),
  gl_account   TEXT NOT NULL,
  version      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE next_items (
  id               INTEGER PRIMARY KEY,
  sku              TEXT NOT NULL UNIQUE,
  name             TEXT NOT NULL,
  merchandise_code TEXT NOT NULL,
  cost             INTEGER NOT NULL CHECK (cost >= 0),
  price            INTEGER NOT NULL CHECK (price >= 0),
  case_size        INTEGER NOT NULL CHECK (case_size >= 1),
  active           INTEGER NOT NULL CHECK (active IN (0, 1)),
  minimum_age      INTEGER,
  deposit          INTEGER NOT NULL CHECK (deposit >= 0),
  reorder_point    INTEGER NOT NULL CHECK (reorder_point >= 0),
  version          INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE next_barcodes (
  gtin TEXT PRIMARY KEY CHECK (length(gtin) = 14),
  sku  TEXT NOT NULL,
  UNIQUE (sku, gtin)
) STRICT, WITHOUT ROWID;
CREATE VIRTUAL TABLE next_items_fts USING fts5 (
  name, sku, content = '', contentless_delete = 1, prefix = '2 3 4', tokenize = 'unicode61 remove_diacritics 2'
);
CREATE TABLE next_stock (
  sku      TEXT PRIMARY KEY,
  quantity INTEGER NOT NULL,
  is_low   INTEGER NOT NULL CHECK (is_low IN (0, 1)),
  reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0)
) STRICT;
`;

/** @pre {@link dropSpareTables} */
export function makeNextTables(store: WriteHandle): void {
  const isTaken = store.prepareRead<[], unknown>(
    "SELECT 1 AS found FROM sqlite_schema WHERE type = 'index' AND name = 'stock_low'",
  );
  store.transaction(() => {
    store.connection.exec(NEXT);
    // An index that has a name of its own cannot be renamed: that of the table in use and that of the next one take turns.
    const free = isTaken.get() === undefined ? 'stock_low' : 'stock_low_2';
    store.connection.exec(`CREATE INDEX ${free} ON next_stock (sku) WHERE is_low = 1`);
  });
}

/** What an install that died has left, of either kind. Each table in a transaction of its own: the write lock is never held for long. */
export function dropSpareTables(store: WriteHandle): void {
  for (const kind of ['next', 'old']) {
    for (const table of TABLES) store.connection.exec(`DROP TABLE IF EXISTS ${kind}_${table}`);
  }
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
