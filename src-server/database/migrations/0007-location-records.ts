import type { Migration } from './migration.ts';

/** What goes down to the tills besides the catalogue and the stock: people, settings, and files of all of it at once. */
export const locationRecordsMigration: Migration = {
  number: 7,
  name: 'location-records',
  statements: [
    // Who left stays as inactive: orders name them, and the version goes on when they come back.
    `CREATE TABLE location_staff (
       location_id  VARCHAR(50) NOT NULL,
       user_id      VARCHAR(40) NOT NULL,
       name         TEXT NOT NULL,
       role         VARCHAR(10) NOT NULL CHECK (role IN ('cashier', 'manager')),
       -- Argon2id, as the tills check it
       pin_hash     TEXT NOT NULL,
       active       BOOLEAN NOT NULL,
       version      BIGINT NOT NULL,
       updated_at   TIMESTAMPTZ NOT NULL,
       PRIMARY KEY (location_id, user_id)
     )`,
    `CREATE TABLE location_settings (
       location_id  VARCHAR(50) PRIMARY KEY,
       -- as the tills get it, without the version
       settings     JSONB NOT NULL,
       version      BIGINT NOT NULL,
       updated_at   TIMESTAMPTZ NOT NULL
     )`,
    // Whoever reads the log for one location goes from its position to the next rows of that location, past those of others.
    'DROP INDEX idx_location',
    'CREATE INDEX idx_location ON event_log (location_id, tx, id)',
    // touched_at is the sign of life of who makes it: one that stays silent is replaced.
    `CREATE TABLE snapshots (
       snapshot_id  VARCHAR(60) PRIMARY KEY,
       location_id  VARCHAR(50) NOT NULL,
       state        VARCHAR(10) NOT NULL CHECK (state IN ('making', 'ready')),
       made_at      TIMESTAMPTZ NOT NULL,
       touched_at   TIMESTAMPTZ NOT NULL,
       -- of the compressed file; null while it is made
       cursor       TEXT,
       bytes        BIGINT,
       sha256       TEXT,
       records      BIGINT,
       CHECK (state = 'making' OR (cursor IS NOT NULL AND bytes IS NOT NULL AND sha256 IS NOT NULL AND records IS NOT NULL))
     )`,
    `CREATE UNIQUE INDEX one_snapshot_in_the_making ON snapshots (location_id) WHERE state = 'making'`,
    'CREATE INDEX snapshots_of_location ON snapshots (location_id, made_at)',
    // All of one size but the last, so that a place in the file is known by its number. Compressed already.
    `CREATE TABLE snapshot_chunks (
       snapshot_id  VARCHAR(60) NOT NULL REFERENCES snapshots ON DELETE CASCADE,
       number       INTEGER NOT NULL,
       data         BYTEA NOT NULL,
       PRIMARY KEY (snapshot_id, number)
     )`,
    'ALTER TABLE snapshot_chunks ALTER COLUMN data SET STORAGE EXTERNAL',
  ],
};
