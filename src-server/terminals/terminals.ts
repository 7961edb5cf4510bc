/** Who may send: enrolment, tokens, revocation, and where each terminal stands. */
import { z } from 'zod';
import { GENESIS_HASH } from '#domain/events/event-record.ts';
import type { Database, Queryable } from '../database/database.ts';
import { EVERYWHERE } from '../log/event-log.ts';
import { isServerChainName } from '../log/server-chain.ts';
import { QUARANTINED_OF_T } from '../quarantine/terminal-quarantine.ts';
import { hashToken, newToken, secretsEqual } from './token.ts';

/** A terminal that showed a valid token. `epoch` fences it: a newer enrolment makes it void. */
export interface AuthenticTerminal {
  readonly terminalId: string;
  readonly locationId: string;
  readonly epoch: number;
}

export interface Enrolment extends AuthenticTerminal {
  /** Shown once; the server keeps its hash only. */
  readonly token: string;
}

/** A till would stand in the place of the server's own chain, or speak for all locations. Nothing was written. */
export class ReservedNameError extends Error {
  readonly code = 'reserved_name';

  constructor(message: string) {
    super(message);
    this.name = 'ReservedNameError';
  }
}

/** @throws {ReservedNameError} */
export function refuseReservedNames(terminalId: string, locationId: string): void {
  if (isServerChainName(terminalId)) {
    throw new ReservedNameError(
      `${terminalId} is a name of the server's own history: choose another terminal id`,
    );
  }
  if (locationId === EVERYWHERE) {
    throw new ReservedNameError(
      `${EVERYWHERE} is the name of all shops together: choose another location id`,
    );
  }
}

const enrolledRow = z.object({ epoch: z.int() });

/**
 * Enrols a terminal or, when it exists, issues a new token: the old one is void and the epoch one higher. What the log has
 * of it stays, and so does its head:
 *
 * - A till that has kept its data goes on from there.
 * - A new PC in the place of a broken one goes on behind that head, with receipt numbers of the new epoch.
 * - The broken PC, should it come back, is refused: its token is void. What it sold and never sent is on its disk only. It
 *   cannot be merged, because the new PC uses the numbers behind the head; enrolled anew under this id it would be a fork.
 *
 * Answers `location_differs` when the terminal belongs to another location: its chain names that one for ever.
 * @throws {ReservedNameError}
 */
export async function enrolTerminal(
  database: Queryable,
  terminalId: string,
  locationId: string,
  now: Date,
): Promise<Enrolment | 'location_differs'> {
  refuseReservedNames(terminalId, locationId);
  const token = newToken();
  const [row] = await database.query(
    enrolledRow,
    `INSERT INTO terminals (terminal_id, location_id, token_hash, epoch, head_seq, head_hash, enrolled_at)
     VALUES ($1, $2, $3, 1, 0, $4, $5)
     ON CONFLICT (terminal_id) DO UPDATE
       SET token_hash = EXCLUDED.token_hash, epoch = terminals.epoch + 1,
           enrolled_at = EXCLUDED.enrolled_at, revoked_at = NULL
       WHERE terminals.location_id = EXCLUDED.location_id
     RETURNING epoch`,
    [terminalId, locationId, hashToken(token), GENESIS_HASH, now.toISOString()],
  );
  return row === undefined ? 'location_differs' : { terminalId, locationId, epoch: row.epoch, token };
}

/** Its token is void from now on. False when there is no such terminal; the server's own chains are none. */
export async function revokeTerminal(database: Database, terminalId: string, now: Date): Promise<boolean> {
  const touched = await database.execute(
    "UPDATE terminals SET revoked_at = COALESCE(revoked_at, $2) WHERE terminal_id = $1 AND kind = 'till'",
    [terminalId, now.toISOString()],
  );
  return touched === 1;
}

const credentialRow = z.object({ location_id: z.string(), token_hash: z.string(), epoch: z.int() });

export async function authenticateTerminal(
  database: Database,
  terminalId: string,
  token: string,
): Promise<AuthenticTerminal | undefined> {
  const [row] = await database.query(
    credentialRow,
    `SELECT location_id, token_hash, epoch FROM terminals WHERE terminal_id = $1 AND revoked_at IS NULL AND kind = 'till'`,
    [terminalId],
  );
  if (row === undefined || !secretsEqual(row.token_hash, hashToken(token))) return undefined;
  return { terminalId, locationId: row.location_id, epoch: row.epoch };
}

const epochRow = z.object({ terminal_id: z.string(), epoch: z.int() });

/** The epoch whose token is valid now, of those of these terminals that have one. */
export async function readValidEpochs(
  database: Database,
  terminalIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await database.query(
    epochRow,
    'SELECT terminal_id, epoch FROM terminals WHERE terminal_id = ANY($1) AND revoked_at IS NULL',
    [terminalIds],
  );
  return new Map(rows.map(({ terminal_id, epoch }) => [terminal_id, epoch]));
}

const terminalRow = z
  .object({
    terminal_id: z.string(),
    location_id: z.string(),
    epoch: z.int(),
    head_seq: z.int(),
    head_hash: z.string(),
    enrolled_at: z.date(),
    revoked_at: z.date().nullable(),
    last_seen_at: z.date().nullable(),
    protocol: z.int().nullable(),
    skew_ms: z.int().nullable(),
    skew_at: z.date().nullable(),
    quarantined: z.int(),
    forks: z.int(),
  })
  .transform((row) => ({
    ...row,
    skew_at: row.skew_at?.toISOString() ?? null,
    enrolled_at: row.enrolled_at.toISOString(),
    revoked_at: row.revoked_at?.toISOString() ?? null,
    last_seen_at: row.last_seen_at?.toISOString() ?? null,
  }));
export type TerminalListing = z.infer<typeof terminalRow>;

export async function listTerminals(database: Database): Promise<TerminalListing[]> {
  return database.query(
    terminalRow,
    `SELECT terminal_id, location_id, epoch, head_seq, head_hash, enrolled_at, revoked_at, last_seen_at,
            protocol, skew_ms, skew_at, ${QUARANTINED_OF_T} AS quarantined,
            (SELECT count(*) FROM terminal_forks f WHERE f.terminal_id = t.terminal_id AND f.cleared_at IS NULL) AS forks
     FROM terminals t ORDER BY terminal_id`,
  );
}
