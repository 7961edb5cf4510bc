import { eventLogMigration } from './0001-event-log.ts';
import { partitionedLogMigration } from './0002-partitioned-log.ts';
import { catalogueMigration } from './0003-catalogue.ts';
import { ordersMigration } from './0004-orders.ts';
import { accessMigration } from './0005-access.ts';
import { terminalIdentityMigration } from './0006-terminal-identity.ts';
import { locationRecordsMigration } from './0007-location-records.ts';
import { liveSubscribersMigration } from './0008-live-subscribers.ts';
import type { Migration } from './migration.ts';

/** In the order in which they run. New ones are added at the end. */
export const ALL_MIGRATIONS: readonly Migration[] = [
  eventLogMigration,
  partitionedLogMigration,
  catalogueMigration,
  ordersMigration,
  accessMigration,
  terminalIdentityMigration,
  locationRecordsMigration,
  liveSubscribersMigration,
];
