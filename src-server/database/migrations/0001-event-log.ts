import type { Migration } from './migration.ts';

export const eventLogMigration: Migration = {
  number: 1,
  name: 'event-log',
  statements: [
    // The columns down to processed_at are the seed's ("Event Log Table"), the rest is the frame of the hash chain.
    `CREATE TABLE event_log (
       id            BIGSERIAL PRIMARY KEY,
       event_type    VARCHAR(100) NOT NULL,
       aggregate_id  VARCHAR(100),
       timestamp     TIMESTAMPTZ NOT NULL DEFAULT NOW(),
       location_id   VARCHAR(50),
       payload       JSONB NOT NULL,
       metadata      JSONB,
       processed     BOOLEAN DEFAULT false,
       processed_at  TIMESTAMPTZ,
       event_id      UUID NOT NULL,
       terminal_id   VARCHAR(12) NOT NULL,
       seq           BIGINT NOT NULL,
       prev_hash     TEXT NOT NULL,
       hash          TEXT NOT NULL,
       CONSTRAINT event_log_event_id UNIQUE (event_id),
       CONSTRAINT event_log_terminal_seq UNIQUE (terminal_id, seq)
     )`,
    'CREATE INDEX idx_event_type ON event_log (event_type)',
    'CREATE INDEX idx_aggregate_id ON event_log (aggregate_id)',
    'CREATE INDEX idx_timestamp ON event_log (timestamp)',
    'CREATE INDEX idx_location ON event_log (location_id)',
    // Small, often updated rows: room on the page lets PostgreSQL update them without touching the index.
    `CREATE TABLE terminals (
       terminal_id   VARCHAR(12) PRIMARY KEY,
       location_id   VARCHAR(50) NOT NULL,
       token_hash    TEXT NOT NULL,
       epoch         INTEGER NOT NULL,
       head_seq      BIGINT NOT NULL,
       head_hash     TEXT NOT NULL,
       enrolled_at   TIMESTAMPTZ NOT NULL,
       revoked_at    TIMESTAMPTZ,
       last_seen_at  TIMESTAMPTZ
     ) WITH (fillfactor = 50)`,
    `CREATE TABLE stock (
       location_id   VARCHAR(50) NOT NULL,
       sku           VARCHAR(40) NOT NULL,
       quantity      BIGINT NOT NULL,
       updated_by    UUID NOT NULL,
       PRIMARY KEY (location_id, sku)
     ) WITH (fillfactor = 50)`,
    `CREATE TABLE dead_letters (
       id            BIGSERIAL PRIMARY KEY,
       event_id      UUID NOT NULL,
       subscriber    VARCHAR(100) NOT NULL,
       reason        TEXT NOT NULL,
       failed_at     TIMESTAMPTZ NOT NULL DEFAULT NOW(),
       UNIQUE (event_id, subscriber)
     )`,
  ],
};
