/**
 * For changes that come down from the server, and for history that leaves the database for the archive.
 *
 * - Stock, its movements and the picture keys no longer refer to `items`: the server may tell of them in another order, and a
 *   snapshot replaces the catalogue's tables as a whole.
 * - A movement carries the number of its event: what the server's figure has in it is known by that number.
 * - The search index holds its own words, so that it can be renamed together with the table that it is about.
 */
export const twoWaySync = `
ALTER TABLE merchandise_codes ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE items ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE staff ADD COLUMN version INTEGER NOT NULL DEFAULT 0;

CREATE TABLE promotions (
  promotion_id TEXT PRIMARY KEY,
  -- as it came: the seed's shape
  record       TEXT NOT NULL,
  version      INTEGER NOT NULL
) STRICT;

DROP TABLE items_fts;
CREATE VIRTUAL TABLE items_fts USING fts5 (
  name, sku, content = '', contentless_delete = 1, prefix = '2 3 4', tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO items_fts (rowid, name, sku) SELECT id, name, sku FROM items;

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
CREATE INDEX stock_movements_by_seq ON stock_movements (seq);

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
