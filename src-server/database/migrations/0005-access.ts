import type { Migration } from './migration.ts';

/** Keys of the programs that talk to the server: a web shop, a delivery channel, the back office. */
export const accessMigration: Migration = {
  number: 5,
  name: 'access',
  statements: [
    `CREATE TABLE api_keys (
       key_id       VARCHAR(40) PRIMARY KEY,
       name         TEXT NOT NULL,
       -- SHA-256 in hex: the key itself is shown once, when it is made
       key_hash     TEXT NOT NULL UNIQUE,
       -- what it may do: 'orders', 'catalogue', 'inventory'
       scopes       TEXT[] NOT NULL,
       -- the channels it may place orders for; empty where it has not the scope
       channels     TEXT[] NOT NULL,
       -- the one location that it may touch; null for all
       location_id  VARCHAR(50),
       created_at   TIMESTAMPTZ NOT NULL,
       revoked_at   TIMESTAMPTZ
     )`,
  ],
};
