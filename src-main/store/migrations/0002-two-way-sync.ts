/**
 * For changes that come down from the server, and for history that leaves the database for the archive.
 *
 * - Nothing of the catalogue refers to other parts of it by a foreign key: the server may tell of them in another order, and a
 *   page that a constraint refuses would be refused for ever.
 * - A snapshot replaces tables as a whole, by name: `sync/mirror/next-tables.ts`. Their indexes belong to constraints, because
 *   an index that has a name of its own cannot be renamed; the one that must have one is `stock_low` or
 *   `stock_low_2`, in turns.
 * - A movement carries the number of its event: what the server's figure has in it is known by that number.
 * - The search index holds its own words, so that it can be renamed together with the table that it is about.
 */
export const twoWaySync = `
-- 0: not of the server, but of this till's set-up or of a file.
ALTER TABLE merchandise_codes ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE staff ADD COLUMN version INTEGER NOT NULL DEFAULT 0;

CREATE TABLE promotions (
  promotion_id TEXT PRIMARY KEY,
  -- as it came: the seed's shape
  record       TEXT NOT NULL,
  version      INTEGER NOT NULL
) STRICT;

CREATE TABLE quick_keys_2 (
  position INTEGER PRIMARY KEY,
  sku      TEXT NOT NULL,
  label    TEXT NOT NULL,
  picture  TEXT NOT NULL
) STRICT;
INSERT INTO quick_keys_2 SELECT position, sku, label, picture FROM quick_keys;
DROP TABLE quick_keys;
ALTER TABLE quick_keys_2 RENAME TO quick_keys;

-- The server's figure and, on top, what this till moved that is not in it yet.
CREATE TABLE stock_2 (
  sku      TEXT PRIMARY KEY,
  quantity INTEGER NOT NULL,
  is_low   INTEGER NOT NULL CHECK (is_low IN (0, 1)),
  -- promised by the server to orders of other channels
  reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0)
) STRICT;
INSERT INTO stock_2 (sku, quantity, is_low) SELECT sku, quantity, is_low FROM stock;
DROP TABLE stock;
ALTER TABLE stock_2 RENAME TO stock;
CREATE INDEX stock_low ON stock (sku) WHERE is_low = 1;

CREATE TABLE stock_movements_2 (
  id             INTEGER PRIMARY KEY,
  sku            TEXT NOT NULL,
  change         INTEGER NOT NULL,
  quantity_after INTEGER NOT NULL,
  reason         TEXT NOT NULL,
  reference_id   TEXT NOT NULL,
  moved_at       TEXT NOT NULL,
  -- of the inventory.updated event that says so
  seq            INTEGER NOT NULL
) STRICT;
-- Both were always written together, one event a movement, in one order.
INSERT INTO stock_movements_2
SELECT m.id, m.sku, m.change, m.quantity_after, m.reason, m.reference_id, m.moved_at, e.seq
FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM stock_movements) AS m
JOIN (SELECT seq, row_number() OVER (ORDER BY seq) AS n FROM event_log WHERE event_type = 'inventory.updated') AS e USING (n);
DROP TABLE stock_movements;
ALTER TABLE stock_movements_2 RENAME TO stock_movements;
-- Holds all that a sum behind some event needs.
CREATE INDEX stock_movements_by_seq ON stock_movements (seq, sku, change);

CREATE TABLE barcodes_2 (
  gtin TEXT PRIMARY KEY CHECK (length(gtin) = 14),
  sku  TEXT NOT NULL,
  UNIQUE (sku, gtin)
) STRICT, WITHOUT ROWID;
INSERT INTO barcodes_2 SELECT gtin, sku FROM barcodes;
DROP TABLE barcodes;
ALTER TABLE barcodes_2 RENAME TO barcodes;

CREATE TABLE items_2 (
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
INSERT INTO items_2
SELECT id, sku, name, merchandise_code, cost, price, case_size, active, minimum_age, deposit, reorder_point, 0 FROM items;
DROP TABLE items;
ALTER TABLE items_2 RENAME TO items;

DROP TABLE items_fts;
CREATE VIRTUAL TABLE items_fts USING fts5 (
  name, sku, content = '', contentless_delete = 1, prefix = '2 3 4', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO items_fts (rowid, name, sku) SELECT id, name, sku FROM items;

-- How far this till has what the server tells.
CREATE TABLE down_cursor (
  slot       INTEGER PRIMARY KEY CHECK (slot = 1),
  -- the server's own text; null before the first snapshot
  cursor     TEXT,
  applied_at TEXT
) STRICT;
INSERT INTO down_cursor (slot) VALUES (1);

-- Parts of event_log that were acknowledged and have gone to files beside the database.
CREATE TABLE event_archives (
  first_seq   INTEGER PRIMARY KEY,
  last_seq    INTEGER NOT NULL CHECK (last_seq >= first_seq),
  -- name within the archive folder
  file        TEXT NOT NULL,
  -- of the compressed file
  bytes       INTEGER NOT NULL,
  sha256      TEXT NOT NULL,
  archived_at TEXT NOT NULL
) STRICT;
`;
