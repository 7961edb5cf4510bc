import type { Migration } from './migration.ts';

/**
 * What the shops sell. Amounts in cents, rates in basis points. A row that was deleted stays with `deleted_at`, so
 * that its version goes on when the same SKU, code or promotion is made again: an old version never fits a new row.
 */
export const catalogueMigration: Migration = {
  number: 3,
  name: 'catalogue',
  statements: [
    `CREATE TABLE merchandise_codes (
       code           VARCHAR(20) PRIMARY KEY,
       description    TEXT NOT NULL,
       tax_category   TEXT NOT NULL,
       tax_rate       INTEGER NOT NULL,
       gl_account     TEXT NOT NULL,
       version        BIGINT NOT NULL,
       updated_at     TIMESTAMPTZ NOT NULL,
       deleted_at     TIMESTAMPTZ
     )`,
    `CREATE TABLE items (
       sku               VARCHAR(40) PRIMARY KEY,
       name              TEXT NOT NULL,
       merchandise_code  VARCHAR(20) NOT NULL REFERENCES merchandise_codes,
       cost              BIGINT NOT NULL,
       price             BIGINT NOT NULL,
       case_size         INTEGER NOT NULL,
       active            BOOLEAN NOT NULL,
       minimum_age       INTEGER,
       deposit           BIGINT NOT NULL,
       reorder_point     BIGINT NOT NULL,
       version           BIGINT NOT NULL,
       updated_at        TIMESTAMPTZ NOT NULL,
       deleted_at        TIMESTAMPTZ
     )`,
    'CREATE INDEX items_of_merchandise_code ON items (merchandise_code)',
    // The primary key is what keeps a barcode from naming two items.
    `CREATE TABLE item_barcodes (
       gtin   CHAR(14) PRIMARY KEY,
       sku    VARCHAR(40) NOT NULL REFERENCES items
     )`,
    'CREATE INDEX barcodes_of_item ON item_barcodes (sku)',
    `CREATE TABLE promotions (
       promotion_id   VARCHAR(40) PRIMARY KEY,
       name           TEXT NOT NULL,
       type           VARCHAR(20) NOT NULL CHECK (type IN ('combo', 'mix_match')),
       start_date     DATE NOT NULL,
       end_date       DATE NOT NULL,
       rules          JSONB NOT NULL,
       active         BOOLEAN NOT NULL,
       version        BIGINT NOT NULL,
       updated_at     TIMESTAMPTZ NOT NULL,
       deleted_at     TIMESTAMPTZ
     )`,
  ],
};
