import type { Queryable } from '../database/database.ts';

/** Key of the advisory lock: "CATL" in ASCII. */
const CATALOGUE_LOCK = 0x43_41_54_4c;

/**
 * Lets one transaction at a time change the catalogue, until its end. All of them wait for each other anyway, at the
 * one chain that their events go to. To wait here, as the first statement, has three merits:
 *
 * - What was read is still true when it is written: versions, owners of barcodes, SKUs that a promotion names. Of two
 *   changes that exclude each other the second reads the first, and gets a refusal with a name.
 * - Changes that take several rows cannot deadlock, in whatever order they take them.
 * - The transaction has no number yet, so the positions of the events in the log are in the order of the versions.
 *   With row locks alone, one that began early and waited for a row would put version 3 in front of version 2.
 *
 * Whoever only reads waits for nobody.
 */
export async function lockCatalogue(tx: Queryable): Promise<void> {
  await tx.execute(`SELECT pg_advisory_xact_lock(${CATALOGUE_LOCK})`);
}
