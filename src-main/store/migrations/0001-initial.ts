/**
 * The first form of the till's database. Money in cents, quantities in units, instants as ISO 8601 text in UTC.
 * Every table is STRICT: SQLite then refuses text in an integer column instead of storing it.
 */
export const initial = `
CREATE TABLE settings (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE counters (
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE staff (
  user_id  TEXT PRIMARY KEY,
  name     TEXT NOT NULL,
  role     TEXT NOT NULL CHECK (role IN ('cashier', 'manager')),
  pin_hash TEXT NOT NULL,
  active   INTEGER NOT NULL CHECK (active IN (0, 1))
) STRICT;

CREATE TABLE merchandise_codes (
  code         TEXT PRIMARY KEY,
  description  TEXT NOT NULL,
  tax_category TEXT NOT NULL,
  tax_rate     INTEGER NOT NULL CHECK (tax_rate BETWEEN 0 AND 10000),
  gl_account   TEXT NOT NULL
) STRICT;

CREATE TABLE items (
  id               INTEGER PRIMARY KEY,
  sku              TEXT NOT NULL UNIQUE,
  name             TEXT NOT NULL,
  merchandise_code TEXT NOT NULL REFERENCES merchandise_codes (code),
  cost             INTEGER NOT NULL CHECK (cost >= 0),
  price            INTEGER NOT NULL CHECK (price >= 0),
  case_size        INTEGER NOT NULL CHECK (case_size >= 1),
  active           INTEGER NOT NULL CHECK (active IN (0, 1)),
  minimum_age      INTEGER,
  deposit          INTEGER NOT NULL CHECK (deposit >= 0),
  reorder_point    INTEGER NOT NULL CHECK (reorder_point >= 0)
) STRICT;

CREATE TABLE barcodes (
  gtin TEXT PRIMARY KEY CHECK (length(gtin) = 14),
  sku  TEXT NOT NULL REFERENCES items (sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX barcodes_by_sku ON barcodes (sku);

-- Search as you type: prefixes of two to four letters are answered from an index of their own.
CREATE VIRTUAL TABLE items_fts USING fts5 (
  name, sku, content = 'items', content_rowid = 'id', prefix = '2 3 4', tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE quick_keys (
  position INTEGER PRIMARY KEY,
  sku      TEXT NOT NULL REFERENCES items (sku),
  label    TEXT NOT NULL,
  picture  TEXT NOT NULL
) STRICT;

-- This terminal's view of the stock. May fall below zero: the bottle is already in the customer's hand.
CREATE TABLE stock (
  sku      TEXT PRIMARY KEY REFERENCES items (sku),
  quantity INTEGER NOT NULL,
  is_low   INTEGER NOT NULL CHECK (is_low IN (0, 1))
) STRICT;
CREATE INDEX stock_low ON stock (sku) WHERE is_low = 1;

CREATE TABLE stock_movements (
  id             INTEGER PRIMARY KEY,
  sku            TEXT NOT NULL REFERENCES items (sku),
  change         INTEGER NOT NULL,
  quantity_after INTEGER NOT NULL,
  reason         TEXT NOT NULL,
  reference_id   TEXT NOT NULL,
  moved_at       TEXT NOT NULL
) STRICT;

CREATE TABLE open_cart (
  slot       INTEGER PRIMARY KEY CHECK (slot = 1),
  cart       TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE orders (
  id             INTEGER PRIMARY KEY,
  order_id       TEXT NOT NULL UNIQUE,
  receipt_number TEXT NOT NULL UNIQUE,
  completed_at   TEXT NOT NULL,
  user_id        TEXT NOT NULL REFERENCES staff (user_id),
  subtotal       INTEGER NOT NULL,
  deposit        INTEGER NOT NULL,
  tax            INTEGER NOT NULL,
  total          INTEGER NOT NULL CHECK (total = subtotal + deposit + tax),
  age_verified   INTEGER NOT NULL CHECK (age_verified IN (0, 1)),
  -- The receipt as it was made at the sale, printer or not: every sale can be printed later. Last, because it is long.
  receipt        TEXT NOT NULL
) STRICT;

CREATE TABLE order_lines (
  order_id         TEXT NOT NULL REFERENCES orders (order_id),
  line_number      INTEGER NOT NULL,
  sku              TEXT NOT NULL,
  name             TEXT NOT NULL,
  merchandise_code TEXT NOT NULL,
  quantity         INTEGER NOT NULL,
  unit_price       INTEGER NOT NULL,
  amount           INTEGER NOT NULL CHECK (amount = quantity * unit_price),
  deposit          INTEGER NOT NULL,
  tax              INTEGER NOT NULL,
  PRIMARY KEY (order_id, line_number)
) STRICT, WITHOUT ROWID;

CREATE TABLE payments (
  payment_id    TEXT PRIMARY KEY,
  order_id      TEXT NOT NULL REFERENCES orders (order_id),
  method        TEXT NOT NULL CHECK (method IN ('cash', 'card')),
  amount        INTEGER NOT NULL,
  tendered      INTEGER NOT NULL,
  change_given  INTEGER NOT NULL CHECK (change_given = tendered - amount),
  approval_code TEXT,
  captured_at   TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payments_by_order ON payments (order_id);

CREATE TABLE print_jobs (
  job_id     INTEGER PRIMARY KEY,
  order_id   TEXT NOT NULL REFERENCES orders (order_id),
  is_copy    INTEGER NOT NULL CHECK (is_copy IN (0, 1)),
  state      TEXT NOT NULL CHECK (state IN ('waiting', 'printing', 'held', 'printed', 'dismissed')),
  attempts   INTEGER NOT NULL,
  problem    TEXT,
  created_at TEXT NOT NULL,
  printed_at TEXT
) STRICT;
CREATE INDEX print_jobs_queued ON print_jobs (job_id) WHERE state NOT IN ('printed', 'dismissed');
CREATE INDEX print_jobs_by_order ON print_jobs (order_id);

-- The seed's table, with what makes it provable. Rows are never updated but for processed/processed_at.
CREATE TABLE event_log (
  id           INTEGER PRIMARY KEY,
  event_type   TEXT NOT NULL,
  aggregate_id TEXT NOT NULL,
  timestamp    TEXT NOT NULL,
  location_id  TEXT NOT NULL,
  payload      TEXT NOT NULL,
  metadata     TEXT NOT NULL,
  processed    INTEGER NOT NULL DEFAULT 0 CHECK (processed IN (0, 1)),
  processed_at TEXT,
  event_id     TEXT NOT NULL,
  terminal_id  TEXT NOT NULL,
  seq          INTEGER NOT NULL UNIQUE,
  prev_hash    TEXT NOT NULL,
  hash         TEXT NOT NULL
) STRICT;
-- The outbox. The seed's indexes by type, aggregate and time are the server's: on a till nobody reads them.
CREATE INDEX event_log_unprocessed ON event_log (seq) WHERE processed = 0;

CREATE TABLE sync_cursor (
  slot          INTEGER PRIMARY KEY CHECK (slot = 1),
  acked_through INTEGER NOT NULL,
  acked_at      TEXT
) STRICT;
INSERT INTO sync_cursor (slot, acked_through) VALUES (1, 0);
`;
