import type { Queryable } from '../database/database.ts';

/**
 * Lets one transaction at a time change the people and settings of a location, until its end. As the first statement, for
 * the reasons that `catalogue/catalogue-lock.ts` gives: what was read is still true, and the positions of the events in the
 * log are in the order of the versions.
 */
export async function lockLocation(tx: Queryable, locationId: string): Promise<void> {
  await tx.execute(`SELECT pg_advisory_xact_lock(hashtextextended('location ' || $1, 0))`, [locationId]);
}
