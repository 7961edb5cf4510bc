/** The hashes of a terminal's history, wherever an event of it lies: in the log, or in quarantine. */
import { z } from 'zod';
import { GENESIS_HASH } from '#domain/events/event-record.ts';
import type { Queryable } from '../database/database.ts';

const hashRow = z.object({ seq: z.int(), hash: z.string() });

/** By seq; those that are not there are missing. Before the first event stands the genesis hash. */
export async function readHashes(
  queryable: Queryable,
  terminalId: string,
  seqs: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await queryable.query(
    hashRow,
    `SELECT seq, hash FROM event_log WHERE terminal_id = $1 AND seq = ANY($2)
     UNION ALL SELECT seq, hash FROM quarantined_events WHERE terminal_id = $1 AND seq = ANY($2)`,
    [terminalId, [...seqs]],
  );
  return new Map([[0, GENESIS_HASH], ...rows.map(({ seq, hash }) => [seq, hash] as const)]);
}

export async function readHash(
  queryable: Queryable,
  terminalId: string,
  seq: number,
): Promise<string | undefined> {
  return (await readHashes(queryable, terminalId, [seq])).get(seq);
}
