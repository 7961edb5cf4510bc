/**
 * The server's own events. They have a number and a hash chain as those of a terminal, one chain a location, so that
 * `verify-chain` proves them too. The chain's row in `terminals` has no token: nobody can connect as it.
 */
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { canonicalJson } from '#domain/events/canonical-json.ts';
import { type EventRecord, GENESIS_HASH } from '#domain/events/event-record.ts';
import type { DraftEvent } from '#domain/events/holdfast-events.ts';
import { chainEvent } from '#sync/protocol/hash-chain.ts';
import type { Queryable } from '../database/database.ts';
import type { ServerOrigin } from './event-log.ts';
import { insertWithHead } from './insert-events.ts';

/** Chains of the server are named `SERVER1`, `SERVER2` …: no till may have such a name. */
const CHAIN_PREFIX = 'SERVER';
const CHAIN_NAME = /^SERVER\d+$/;

export function isServerChainName(terminalId: string): boolean {
  return CHAIN_NAME.test(terminalId);
}

const chainRow = z.object({ terminal_id: z.string(), head_seq: z.int(), head_hash: z.string() });
type Chain = z.infer<typeof chainRow>;

/** Locks the chain of the location until the end of the transaction. */
export async function appendToServerChain(
  tx: Queryable,
  origin: ServerOrigin,
  drafts: readonly DraftEvent[],
): Promise<EventRecord[]> {
  if (drafts.length === 0) return [];
  const chain = (await lockChain(tx, origin.locationId)) ?? (await beginChain(tx, origin));
  const timestamp = origin.now.toISOString();
  const metadata = canonicalJson(origin.metadata);
  let head = { seq: chain.head_seq, hash: chain.head_hash };
  const records = drafts.map((draft) => {
    const record = chainEvent(
      {
        eventId: uuidv7(),
        terminalId: chain.terminal_id,
        seq: head.seq + 1,
        eventType: draft.eventType,
        aggregateId: draft.aggregateId,
        timestamp,
        locationId: origin.locationId,
        payload: canonicalJson(draft.data),
        metadata,
      },
      head.hash,
    );
    head = record;
    return record;
  });
  await insertWithHead(tx, records, origin.now);
  return records;
}

async function lockChain(tx: Queryable, locationId: string): Promise<Chain | undefined> {
  const [chain] = await tx.query(
    chainRow,
    `SELECT terminal_id, head_seq, head_hash FROM terminals WHERE location_id = $1 AND kind = 'server' FOR UPDATE`,
    [locationId],
  );
  return chain;
}

/** The first event of a location. When two transactions begin it together, the second waits and goes on behind the first. */
async function beginChain(tx: Queryable, { locationId, now }: ServerOrigin): Promise<Chain> {
  await tx.execute(
    `INSERT INTO terminals (terminal_id, location_id, token_hash, epoch, head_seq, head_hash, enrolled_at, kind)
     VALUES ('${CHAIN_PREFIX}' || nextval('server_chain_numbers'), $1, '', 1, 0, $2, $3, 'server')
     ON CONFLICT (location_id) WHERE kind = 'server' DO NOTHING`,
    [locationId, GENESIS_HASH, now.toISOString()],
  );
  const chain = await lockChain(tx, locationId);
  if (chain === undefined) throw new Error(`The server's chain of ${locationId} could not be begun`);
  return chain;
}
