import type { Migration } from './migration.ts';

/**
 * The subscriber `live-hub` is two since then, and both go on where it stood. Its own position must not stay: nobody would
 * ever move it, and an event counts as processed when every subscriber has come past it.
 */
export const liveSubscribersMigration: Migration = {
  number: 8,
  name: 'live-subscribers',
  statements: [
    `INSERT INTO subscriptions (subscriber, position_tx, position_id)
     SELECT name, position_tx, position_id FROM subscriptions, unnest(ARRAY['live-catalogue', 'live-stock']) AS name
     WHERE subscriber = 'live-hub'`,
    `DELETE FROM subscriptions WHERE subscriber = 'live-hub'`,
  ],
};
