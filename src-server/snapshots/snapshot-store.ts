/**
 * Snapshots in the database, so that whichever process a terminal reaches can serve any part of one, also after a restart.
 * A row is there from the moment that somebody begins to make it: by a unique index there is one such row a location.
 */
import { z } from 'zod';
import type { SnapshotOffer } from '#sync/protocol/changes.ts';
import type { Queryable } from '../database/database.ts';

/** Who makes one and keeps no piece for so long is dead. */
const SILENT_AT_MOST = "INTERVAL '30 seconds'";

const offerRow = z
  .object({
    snapshot_id: z.string(),
    bytes: z.int(),
    sha256: z.string(),
    cursor: z.string(),
    records: z.int(),
  })
  .transform(({ snapshot_id: id, ...offer }): SnapshotOffer => ({ path: `/api/snapshots/${id}`, ...offer }));

const OFFER = 'snapshot_id, bytes, sha256, cursor, records';

/** The newest of a location that is no older. */
export async function findOffer(
  queryable: Queryable,
  locationId: string,
  youngerThanMs: number,
): Promise<SnapshotOffer | undefined> {
  const [offer] = await queryable.query(
    offerRow,
    `SELECT ${OFFER} FROM snapshots
     WHERE location_id = $1 AND state = 'ready' AND made_at > NOW() - $2 * INTERVAL '1 millisecond'
     ORDER BY made_at DESC LIMIT 1`,
    [locationId, youngerThanMs],
  );
  return offer;
}

/** The snapshot of this id, which is one of this location. */
export async function readOffer(
  queryable: Queryable,
  locationId: string,
  snapshotId: string,
): Promise<SnapshotOffer | undefined> {
  const [offer] = await queryable.query(
    offerRow,
    `SELECT ${OFFER} FROM snapshots WHERE snapshot_id = $2 AND location_id = $1 AND state = 'ready'`,
    [locationId, snapshotId],
  );
  return offer;
}

/**
 * Makes the caller the one who makes the location's next snapshot; false when somebody else is at it.
 * @param alone this is the only process there is: whatever another one began, it will not end
 */
export async function claimSnapshot(
  queryable: Queryable,
  locationId: string,
  snapshotId: string,
  alone: boolean,
): Promise<boolean> {
  await queryable.execute(
    `DELETE FROM snapshots WHERE location_id = $1 AND state = 'making' AND ($2 OR touched_at < NOW() - ${SILENT_AT_MOST})`,
    [locationId, alone],
  );
  const claimed = await queryable.execute(
    `INSERT INTO snapshots (snapshot_id, location_id, state, made_at, touched_at) VALUES ($1, $2, 'making', NOW(), NOW())
     ON CONFLICT (location_id) WHERE state = 'making' DO NOTHING`,
    [snapshotId, locationId],
  );
  return claimed === 1;
}

/** @throws {Error} when it was taken for dead and removed */
export async function keepPiece(
  queryable: Queryable,
  snapshotId: string,
  number: number,
  piece: Uint8Array,
): Promise<void> {
  await queryable.execute(
    `WITH touched AS (UPDATE snapshots SET touched_at = clock_timestamp() WHERE snapshot_id = $1)
     INSERT INTO snapshot_chunks (snapshot_id, number, data) VALUES ($1, $2, $3)`,
    [snapshotId, number, piece],
  );
}

/** From now on it can be fetched. @throws {Error} when it was taken for dead and removed */
export async function finishSnapshot(
  queryable: Queryable,
  snapshotId: string,
  { bytes, sha256, cursor, records }: Omit<SnapshotOffer, 'path'>,
): Promise<SnapshotOffer> {
  const [offer] = await queryable.query(
    offerRow,
    `UPDATE snapshots SET state = 'ready', bytes = $2, sha256 = $3, cursor = $4, records = $5
     WHERE snapshot_id = $1 RETURNING ${OFFER}`,
    [snapshotId, bytes, sha256, cursor, records],
  );
  if (offer === undefined) throw new Error(`The snapshot ${snapshotId} was removed while it was made`);
  return offer;
}

export async function removeSnapshot(queryable: Queryable, snapshotId: string): Promise<void> {
  await queryable.execute('DELETE FROM snapshots WHERE snapshot_id = $1', [snapshotId]);
}

/**
 * Keeps the last two of the location and those of the last hour, which somebody may still be fetching; and none of any
 * location beyond a week, where nobody has asked for a newer one.
 */
export async function removeOldSnapshots(queryable: Queryable, locationId: string): Promise<void> {
  await queryable.execute(
    `DELETE FROM snapshots
     WHERE made_at < NOW() - INTERVAL '7 days'
        OR (location_id = $1 AND made_at < NOW() - INTERVAL '1 hour' AND snapshot_id NOT IN (
             SELECT snapshot_id FROM snapshots WHERE location_id = $1 AND state = 'ready' ORDER BY made_at DESC LIMIT 2))`,
    [locationId],
  );
}

const pieceRow = z.object({ data: z.instanceof(Uint8Array) });

/** @throws {Error} when it is not there, because the snapshot was removed meanwhile */
export async function readPiece(
  queryable: Queryable,
  snapshotId: string,
  number: number,
): Promise<Uint8Array> {
  const [piece] = await queryable.query(
    pieceRow,
    'SELECT data FROM snapshot_chunks WHERE snapshot_id = $1 AND number = $2',
    [snapshotId, number],
  );
  if (piece === undefined) throw new Error(`The snapshot ${snapshotId} has no piece ${number}`);
  return piece.data;
}
