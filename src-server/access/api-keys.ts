/** The keys of programs: a web shop, a delivery channel, a back office. Only their hashes are stored. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { orderChannelSchema } from '#domain/events/seed-events.ts';
import type { Queryable } from '../database/database.ts';
import { hashToken, newToken, secretsEqual } from '../terminals/token.ts';
import { API_SCOPES, type ApiKeyCaller, type ApiScope, type OrderChannel } from './access.ts';

export interface ApiKeyWishes {
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly channels: readonly OrderChannel[];
  /** null: all locations */
  readonly locationId: string | null;
}

const scopesSchema = z.array(z.enum(API_SCOPES));
const channelsSchema = z.array(orderChannelSchema);

const listedRow = z
  .object({
    key_id: z.string(),
    name: z.string(),
    scopes: scopesSchema,
    channels: channelsSchema,
    location_id: z.string().nullable(),
    created_at: z.date(),
    revoked_at: z.date().nullable(),
  })
  .transform((row) => ({
    ...row,
    created_at: row.created_at.toISOString(),
    revoked_at: row.revoked_at?.toISOString() ?? null,
  }));
export type ApiKeyListing = z.infer<typeof listedRow>;

const LISTED = 'key_id, name, scopes, channels, location_id, created_at, revoked_at';

/** `hf_<key id>_<secret>`: the prefix lets scanners of source code find one that was committed by mistake. */
const KEY_FORM = /^hf_([0-9a-f]{16})_[A-Za-z0-9_-]{43}$/;

/** `key` is shown once; nobody can read it again. */
export async function makeApiKey(
  database: Queryable,
  wishes: ApiKeyWishes,
  now: Date,
): Promise<{ readonly listing: ApiKeyListing; readonly key: string }> {
  const keyId = randomBytes(8).toString('hex');
  const key = `hf_${keyId}_${newToken()}`;
  const [listing] = await database.query(
    listedRow,
    `INSERT INTO api_keys (key_id, name, key_hash, scopes, channels, location_id, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING ${LISTED}`,
    [
      keyId,
      wishes.name,
      hashToken(key),
      wishes.scopes,
      wishes.channels,
      wishes.locationId,
      now.toISOString(),
    ],
  );
  if (listing === undefined) throw new Error('INSERT … RETURNING answered no row');
  return { listing, key };
}

export async function listApiKeys(database: Queryable): Promise<ApiKeyListing[]> {
  return database.query(listedRow, `SELECT ${LISTED} FROM api_keys ORDER BY created_at, key_id`);
}

/** Void from now on, for the next request already. Undefined when there is no such key. */
export async function revokeApiKey(
  database: Queryable,
  keyId: string,
  now: Date,
): Promise<ApiKeyListing | undefined> {
  const [listing] = await database.query(
    listedRow,
    `UPDATE api_keys SET revoked_at = COALESCE(revoked_at, $2) WHERE key_id = $1 RETURNING ${LISTED}`,
    [keyId, now.toISOString()],
  );
  return listing;
}

const credentialRow = z.object({
  key_hash: z.string(),
  scopes: scopesSchema,
  channels: channelsSchema,
  location_id: z.string().nullable(),
});

/**
 * Whose key this is; undefined when it is nobody's or revoked. Asked on every request, so that a revocation holds at
 * once on every server process. The row is found by the id, which is no secret; the secret is compared in constant time.
 */
export async function authenticateApiKey(
  database: Queryable,
  key: string,
): Promise<ApiKeyCaller | undefined> {
  const keyId = KEY_FORM.exec(key)?.[1];
  if (keyId === undefined) return undefined;
  const [row] = await database.query(
    credentialRow,
    'SELECT key_hash, scopes, channels, location_id FROM api_keys WHERE key_id = $1 AND revoked_at IS NULL',
    [keyId],
  );
  if (row === undefined || !secretsEqual(row.key_hash, hashToken(key))) return undefined;
  return {
    kind: 'api_key',
    keyId,
    scopes: row.scopes,
    channels: row.channels,
    locationId: row.location_id,
  };
}
