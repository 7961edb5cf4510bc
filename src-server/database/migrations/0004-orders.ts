import type { Migration } from './migration.ts';

/** Orders of all channels, what was paid for them, and what came back. Amounts in cents. */
export const ordersMigration: Migration = {
  number: 4,
  name: 'orders',
  statements: [
    `CREATE TABLE orders (
       order_id         VARCHAR(100) PRIMARY KEY,
       location_id      VARCHAR(50) NOT NULL,
       channel          VARCHAR(20) NOT NULL,
       -- 'api': made here, by the order service; 'terminal': rung up at a till and known from its events
       origin           VARCHAR(10) NOT NULL CHECK (origin IN ('api', 'terminal')),
       customer_id      VARCHAR(100),
       status           VARCHAR(20) NOT NULL
                        CHECK (status IN ('placed', 'authorized', 'completed', 'payment_failed', 'voided')),
       subtotal         BIGINT NOT NULL,
       deposit          BIGINT NOT NULL,
       tax              BIGINT NOT NULL,
       total            BIGINT NOT NULL,
       refunded         BIGINT NOT NULL DEFAULT 0,
       payment_method   VARCHAR(20) NOT NULL,
       age_verified     BOOLEAN NOT NULL,
       -- of orders of tills: the items as their order.created has them; those of the API have order_lines
       items            JSONB,
       -- who placed it: user of the event's metadata, or api key
       placed_by        VARCHAR(100) NOT NULL,
       created_at       TIMESTAMPTZ NOT NULL,
       updated_at       TIMESTAMPTZ NOT NULL,
       completed_at     TIMESTAMPTZ
     ) WITH (fillfactor = 70)`,
    // What the resumer looks for: few rows, whatever the number of orders.
    `CREATE INDEX orders_under_way ON orders (updated_at) 
       WHERE status IN ('placed', 'authorized') AND origin = 'api'`,
    'CREATE INDEX orders_of_location ON orders (location_id, created_at)',
    `CREATE TABLE order_lines (
       order_id           VARCHAR(100) NOT NULL REFERENCES orders,
       line_number        INTEGER NOT NULL,
       sku                VARCHAR(40) NOT NULL,
       quantity           INTEGER NOT NULL,
       unit_price         BIGINT NOT NULL,
       amount             BIGINT NOT NULL,
       name               TEXT NOT NULL,
       deposit            BIGINT NOT NULL,
       tax                BIGINT NOT NULL,
       -- given back or on their way back; never more than were sold
       refunded_quantity  INTEGER NOT NULL DEFAULT 0 CHECK (refunded_quantity BETWEEN 0 AND quantity),
       refunded_amount    BIGINT NOT NULL DEFAULT 0,
       PRIMARY KEY (order_id, line_number)
     ) WITH (fillfactor = 70)`,
    `CREATE TABLE payments (
       order_id        VARCHAR(100) PRIMARY KEY REFERENCES orders,
       provider        VARCHAR(20) NOT NULL,
       -- what the provider needs besides the amount: a token or an approval code, never a card number
       instrument      JSONB NOT NULL,
       amount          BIGINT NOT NULL,
       intent_id       VARCHAR(100),
       status          VARCHAR(20) NOT NULL
                       CHECK (status IN ('pending', 'authorized', 'captured', 'failed', 'voided')),
       failure_code    VARCHAR(40),
       failure_message TEXT
     ) WITH (fillfactor = 70)`,
    `CREATE TABLE refunds (
       refund_id        VARCHAR(100) PRIMARY KEY,
       order_id         VARCHAR(100) NOT NULL REFERENCES orders,
       amount           BIGINT NOT NULL,
       reason           VARCHAR(100) NOT NULL,
       -- [{line_number, sku, quantity, amount}]
       lines            JSONB NOT NULL,
       restock          BOOLEAN NOT NULL,
       status           VARCHAR(20) NOT NULL CHECK (status IN ('pending', 'completed', 'failed')),
       provider_id      VARCHAR(100),
       failure_code     VARCHAR(40),
       failure_message  TEXT,
       requested_by     VARCHAR(100) NOT NULL,
       created_at       TIMESTAMPTZ NOT NULL,
       updated_at       TIMESTAMPTZ NOT NULL
     ) WITH (fillfactor = 70)`,
    'CREATE INDEX refunds_of_order ON refunds (order_id)',
    `CREATE INDEX refunds_under_way ON refunds (updated_at) WHERE status = 'pending'`,
    // Kept for ever: a key that is forgotten turns a late retry into a second sale.
    `CREATE TABLE idempotency_keys (
       scope         VARCHAR(60) NOT NULL,
       key           VARCHAR(255) NOT NULL,
       request_hash  TEXT NOT NULL,
       target_id     VARCHAR(100) NOT NULL,
       created_at    TIMESTAMPTZ NOT NULL DEFAULT NOW(),
       PRIMARY KEY (scope, key)
     )`,
  ],
};
