/**
 * The `Idempotency-Key` of a request: the same caller with the same key gets what the first request made, for ever.
 * The key is written in the transaction that makes it; a refusal that changed nothing leaves no key behind.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type JsonValue, canonicalJson } from '#domain/events/canonical-json.ts';
import type { Queryable } from '../database/database.ts';
import type { EventLog, LogTransaction } from '../log/event-log.ts';
import { HttpFailure } from './http-failure.ts';

export const idempotencyKeySchema = z.string().regex(/^[\x21-\x7e]{8,255}$/, {
  error: 'an Idempotency-Key has 8 to 255 printable characters without spaces',
});

export interface RequestKey {
  /** Who asks: a key of one caller says nothing to another. */
  readonly scope: string;
  readonly key: string;
  /** SHA-256 of what is asked. */
  readonly requestHash: string;
}

/** @param action what is asked for, and of what: `orders`, `refunds ORD-…`; the same key for another action is refused */
function requestKey(scope: string, key: string, action: string, body: JsonValue): RequestKey {
  const text = canonicalJson([action, body]);
  return { scope, key, requestHash: createHash('sha256').update(text).digest('hex') };
}

/** As {@link requestKey}, of a body as its schema gave it: with its defaults, what means the same is the same request. */
export function requestKeyOf(scope: string, key: string, action: string, body: object): RequestKey {
  // Through JSON, because undefined is no value there.
  return requestKey(scope, key, action, JSON.parse(JSON.stringify(body)) as JsonValue);
}

/** The refusal of {@link MadeOnce} `reused`. */
export function keyReused(): HttpFailure {
  return new HttpFailure(
    'idempotency_key_reused',
    'This Idempotency-Key was used for another request: every new request needs a new key',
  );
}

type KnownKey = { readonly kind: 'same'; readonly targetId: string } | { readonly kind: 'reused' };

const keyRow = z.object({ request_hash: z.string(), target_id: z.string() });

async function findKey(queryable: Queryable, request: RequestKey): Promise<KnownKey | undefined> {
  const [row] = await queryable.query(
    keyRow,
    'SELECT request_hash, target_id FROM idempotency_keys WHERE scope = $1 AND key = $2',
    [request.scope, request.key],
  );
  if (row === undefined) return undefined;
  return row.request_hash === request.requestHash
    ? { kind: 'same', targetId: row.target_id }
    : { kind: 'reused' };
}

/** False when a request with this key was there first; it waits for one that is under way. */
async function keepKey(tx: Queryable, request: RequestKey, targetId: string): Promise<boolean> {
  const kept = await tx.execute(
    `INSERT INTO idempotency_keys (scope, key, request_hash, target_id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (scope, key) DO NOTHING`,
    [request.scope, request.key, request.requestHash, targetId],
  );
  return kept === 1;
}

export type MadeOnce =
  { readonly kind: 'made'; readonly id: string; readonly replayed: boolean } | { readonly kind: 'reused' };

/**
 * Makes something once for each key: `work` runs in the transaction that keeps the key, and what it throws rolls both back.
 * The key is tried first and looked up only when it is taken: most requests are new.
 * @param newId of what is made, when this request is the first
 */
export async function makeOnce(
  log: EventLog,
  database: Queryable,
  request: RequestKey,
  newId: string,
  work: (tx: LogTransaction) => Promise<void>,
): Promise<MadeOnce> {
  const isFirst = await log.write(async (tx) => {
    if (!(await keepKey(tx, request, newId))) return false;
    await work(tx);
    return true;
  });
  if (isFirst) return { kind: 'made', id: newId, replayed: false };
  const known = await findKey(database, request);
  if (known === undefined) throw new Error('an Idempotency-Key was there and is gone');
  return known.kind === 'reused' ? known : { kind: 'made', id: known.targetId, replayed: true };
}
