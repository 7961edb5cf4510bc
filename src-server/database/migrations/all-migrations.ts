import { eventLogMigration } from './0001-event-log.ts';
import type { Migration } from './migration.ts';

/** In the order in which they run. New ones are added at the end. */
export const ALL_MIGRATIONS: readonly Migration[] = [eventLogMigration];
