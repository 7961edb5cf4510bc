import type { Migration } from './migration.ts';

/** Who a terminal is: enrolment by code, copies of it that were noticed, its clock, and events that no table can use. */
export const terminalIdentityMigration: Migration = {
  number: 6,
  name: 'terminal-identity',
  statements: [
    // clock − the server's when it said hello last, in milliseconds; null for a till of protocol 1, which does not say.
    'ALTER TABLE terminals ADD COLUMN skew_ms BIGINT',
    'ALTER TABLE terminals ADD COLUMN skew_at TIMESTAMPTZ',
    // What it spoke last.
    'ALTER TABLE terminals ADD COLUMN protocol INTEGER',
    // How a terminal's clock went: one row for as long as it was off by the same. The heads say which events it had by then.
    `CREATE TABLE terminal_clocks (
       terminal_id   VARCHAR(12) NOT NULL REFERENCES terminals,
       first_at      TIMESTAMPTZ NOT NULL,
       last_at       TIMESTAMPTZ NOT NULL,
       first_head    BIGINT NOT NULL,
       last_head     BIGINT NOT NULL,
       skew_ms       BIGINT NOT NULL,
       PRIMARY KEY (terminal_id, first_at)
     )`,
    // Another history under the name of this terminal, or an older copy of its own: one row until a person clears it.
    `CREATE TABLE terminal_forks (
       id            BIGSERIAL PRIMARY KEY,
       terminal_id   VARCHAR(12) NOT NULL REFERENCES terminals,
       epoch         INTEGER NOT NULL,
       kind          VARCHAR(10) NOT NULL CHECK (kind IN ('forked', 'behind')),
       -- the earliest event by which they were told apart
       seq           BIGINT NOT NULL,
       our_hash      TEXT NOT NULL,
       their_hash    TEXT NOT NULL,
       first_seen_at TIMESTAMPTZ NOT NULL,
       last_seen_at  TIMESTAMPTZ NOT NULL,
       times_seen    BIGINT NOT NULL,
       cleared_at    TIMESTAMPTZ
     )`,
    `CREATE UNIQUE INDEX one_open_fork ON terminal_forks (terminal_id, epoch, kind) WHERE cleared_at IS NULL`,
    // Frames of terminals' histories whose texts event_log cannot hold. Together with event_log they are the whole chain.
    `CREATE TABLE quarantined_events (
       terminal_id   VARCHAR(12) NOT NULL REFERENCES terminals,
       seq           BIGINT NOT NULL,
       -- the frame as JSON in UTF-8: JSON escapes what no text of PostgreSQL can hold
       frame         BYTEA NOT NULL,
       prev_hash     TEXT NOT NULL,
       hash          TEXT NOT NULL,
       -- for lists: as much of the frame's own as text can hold
       event_id      TEXT NOT NULL,
       event_type    TEXT NOT NULL,
       reason        TEXT NOT NULL,
       received_at   TIMESTAMPTZ NOT NULL,
       -- a person has seen it and has done with it; the frame stays, because the chain goes through it
       dismissed_at  TIMESTAMPTZ,
       PRIMARY KEY (terminal_id, seq)
     )`,
    // A dead letter knows whose event it is, so that each answer to that terminal can count them.
    'ALTER TABLE dead_letters ADD COLUMN terminal_id VARCHAR(12)',
    'ALTER TABLE dead_letters ADD COLUMN dismissed_at TIMESTAMPTZ',
    'UPDATE dead_letters d SET terminal_id = e.terminal_id FROM event_log e WHERE e.event_id = d.event_id',
    'CREATE INDEX dead_letters_of_terminal ON dead_letters (terminal_id) WHERE dismissed_at IS NULL',
    // Each is worth one enrolment.
    `CREATE TABLE enrolment_codes (
       -- the first half of the code, by which it is found; the whole of it is known by its hash only
       code_id       CHAR(4) PRIMARY KEY,
       code_hash     TEXT NOT NULL,
       terminal_id   VARCHAR(12) NOT NULL,
       location_id   VARCHAR(50) NOT NULL,
       created_at    TIMESTAMPTZ NOT NULL,
       expires_at    TIMESTAMPTZ NOT NULL,
       -- wrong second halves; after a few the code is void
       attempts      INTEGER NOT NULL DEFAULT 0,
       used_at       TIMESTAMPTZ,
       -- for whoever used it and did not hear the answer: by whom, and the token, sealed with what only they know
       request_hash  TEXT,
       sealed_token  TEXT,
       epoch         INTEGER
     )`,
  ],
};
