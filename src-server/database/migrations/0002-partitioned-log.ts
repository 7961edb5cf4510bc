import type { Migration } from './migration.ts';

/**
 * The log by months, with positions that are safe to read behind.
 *
 * - Months are those of `received_at`, the server's clock: a till whose clock is a year wrong lands in this month.
 * - A position is `(tx, id)`. `tx` is the number of the transaction that wrote the event, moved by `log_clock.shift`
 *   after a restore into another PostgreSQL, whose own numbers begin again (`log/log-clock.ts`).
 * - A unique index over all months would have to contain the month. So each month has its own on `event_id` and on
 *   `(terminal_id, seq)`; across months the head in `terminals` keeps both, because it takes `last + 1` only.
 */
export const partitionedLogMigration: Migration = {
  number: 2,
  name: 'partitioned-log',
  statements: [
    'ALTER TABLE event_log RENAME TO event_log_of_step_1',
    'DROP INDEX idx_event_type, idx_aggregate_id, idx_timestamp, idx_location',
    'CREATE SEQUENCE event_log_ids',
    `CREATE TABLE event_log (
       id            BIGINT NOT NULL DEFAULT nextval('event_log_ids'),
       tx            BIGINT NOT NULL,
       event_type    VARCHAR(100) NOT NULL,
       aggregate_id  VARCHAR(100),
       timestamp     TIMESTAMPTZ NOT NULL DEFAULT NOW(),
       location_id   VARCHAR(50),
       payload       JSONB NOT NULL,
       metadata      JSONB,
       event_id      UUID NOT NULL,
       terminal_id   VARCHAR(12) NOT NULL,
       seq           BIGINT NOT NULL,
       prev_hash     TEXT NOT NULL,
       hash          TEXT NOT NULL,
       received_at   TIMESTAMPTZ NOT NULL DEFAULT NOW()
     ) PARTITION BY RANGE (received_at)`,
    'CREATE INDEX idx_event_type ON event_log (event_type)',
    'CREATE INDEX idx_aggregate_id ON event_log (aggregate_id)',
    'CREATE INDEX idx_timestamp ON event_log (timestamp)',
    'CREATE INDEX idx_location ON event_log (location_id)',
    'CREATE INDEX event_log_position ON event_log (tx, id)',
    // Takes what no month is made for: an event is never refused because a job did not run.
    'CREATE TABLE event_log_default PARTITION OF event_log DEFAULT',
    'CREATE UNIQUE INDEX ON event_log_default (event_id)',
    'CREATE UNIQUE INDEX ON event_log_default (terminal_id, seq)',
    `INSERT INTO event_log (tx, id, event_type, aggregate_id, timestamp, location_id, payload, metadata, event_id, terminal_id,
                            seq, prev_hash, hash)
     SELECT 0, id, event_type, aggregate_id, timestamp, location_id, payload, metadata, event_id, terminal_id,
            seq, prev_hash, hash
     FROM event_log_of_step_1`,
    `SELECT setval('event_log_ids', COALESCE((SELECT max(id) FROM event_log), 0) + 1, false)`,
    'DROP TABLE event_log_of_step_1',
    'CREATE TABLE log_clock (shift BIGINT NOT NULL)',
    'INSERT INTO log_clock VALUES (0)',
    // Where each subscriber has read to. Its effects and this position are one transaction.
    `CREATE TABLE subscriptions (
       subscriber    VARCHAR(100) PRIMARY KEY,
       position_tx   BIGINT NOT NULL,
       position_id   BIGINT NOT NULL,
       moved_at      TIMESTAMPTZ NOT NULL DEFAULT NOW()
     ) WITH (fillfactor = 50)`,
    // The server writes events too, and chains them as a terminal does: one chain a location (log/server-chain.ts).
    `ALTER TABLE terminals ADD COLUMN kind VARCHAR(10) NOT NULL DEFAULT 'till' CHECK (kind IN ('till', 'server'))`,
    `CREATE UNIQUE INDEX one_server_chain_a_location ON terminals (location_id) WHERE kind = 'server'`,
    'CREATE SEQUENCE server_chain_numbers',
    // The log itself says what moved an item last.
    'ALTER TABLE stock DROP COLUMN updated_by',
    // Promised to an order that is not paid yet.
    'ALTER TABLE stock ADD COLUMN reserved BIGINT NOT NULL DEFAULT 0 CHECK (reserved >= 0)',
  ],
};
