/**
 * From a one-time code to a terminal. The code is taken, the terminal gets its new epoch and the old token becomes void in
 * one transaction. Where a terminal of this name was before, the new PC continues its history: what the PC before it
 * never sent has no place there any more, and that PC, should it come back, is refused in words.
 */
import { z } from 'zod';
import type { Database, Queryable } from '../database/database.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { ReservedNameError, enrolTerminal, refuseReservedNames } from '../terminals/terminals.ts';
import { hashToken, secretsEqual } from '../terminals/token.ts';
import { newCode, shownCode, typedCode } from './enrolment-code.ts';
import { sealToken, unsealToken } from './sealed-token.ts';

const VALID_HOURS = 24;
/** Wrong second halves of one code: of 700,000 that there are. */
const MOST_ATTEMPTS = 5;
/** How long the answer is repeated to whoever did not hear it. */
const REPEAT_MINUTES = 15;
/** Receipts of one epoch; the next one begins behind them, so that no two PCs ever print one number. */
const RECEIPTS_AN_EPOCH = 1_000_000;

export interface MadeCode {
  readonly code: string;
  readonly expiresAt: Date;
}

export interface EnrolledTerminal {
  readonly terminalId: string;
  readonly locationId: string;
  readonly epoch: number;
  readonly token: string;
  /** Where its history goes on. */
  readonly head: { readonly seq: number; readonly hash: string };
  readonly receiptCounterFrom: number;
}

export interface EnrolmentService {
  /** @throws {HttpFailure} `reserved_name`, `location_differs` */
  makeCode(terminalId: string, locationId: string): Promise<MadeCode>;
  /**
   * @param requestId made once by whoever asks, and the same when they ask again
   * @throws {HttpFailure} `code_refused`, also when the repeated answer would be a token that is void by now;
   * `location_differs` when the terminal was enrolled elsewhere meanwhile
   */
  enrol(code: string, requestId: string): Promise<EnrolledTerminal>;
}

const codeRow = z.object({
  code_hash: z.string(),
  terminal_id: z.string(),
  location_id: z.string(),
  expires_at: z.date(),
  attempts: z.int(),
  used_at: z.date().nullable(),
  request_hash: z.string().nullable(),
  sealed_token: z.string().nullable(),
});
type CodeRow = z.output<typeof codeRow>;

const locationRow = z.object({ location_id: z.string() });
const standingRow = z.object({
  epoch: z.int(),
  head_seq: z.int(),
  head_hash: z.string(),
  token_hash: z.string(),
  revoked: z.boolean(),
});

export function createEnrolmentService(database: Database, now: () => Date): EnrolmentService {
  return {
    async makeCode(terminalId, locationId) {
      refuseReserved(terminalId, locationId);
      const [known] = await database.query(
        locationRow,
        'SELECT location_id FROM terminals WHERE terminal_id = $1',
        [terminalId],
      );
      if (known !== undefined && known.location_id !== locationId) throw locationDiffers(terminalId);
      const expiresAt = new Date(now().getTime() + VALID_HOURS * 3_600_000);
      for (;;) {
        const code = newCode();
        if (await keepCode(database, { ...code, terminalId, locationId, expiresAt, now: now() })) {
          return { code: shownCode(code), expiresAt };
        }
      }
    },
    async enrol(typed, requestId) {
      const code = typedCode(typed);
      if (code === undefined) throw refused('This is no enrolment code: it has eight letters and digits.');
      const answer = await database.transaction(async (tx) => {
        const [row] = await tx.query(
          codeRow,
          `SELECT code_hash, terminal_id, location_id, expires_at, attempts, used_at, request_hash, sealed_token
           FROM enrolment_codes WHERE code_id = $1 FOR UPDATE`,
          [code.id],
        );
        return takeCode(tx, row, { id: code.id, text: code.text, requestId, now: now() });
      });
      // Thrown out here: a wrong half must stay counted.
      if (typeof answer === 'string') throw refused(answer);
      return answer;
    },
  };
}

interface Taking {
  readonly id: string;
  readonly text: string;
  readonly requestId: string;
  readonly now: Date;
}

const UNKNOWN = 'The server does not know this code. Make a new one.';

/** @returns the terminal, or why not */
async function takeCode(
  tx: Queryable,
  row: CodeRow | undefined,
  { id, text, requestId, now }: Taking,
): Promise<EnrolledTerminal | string> {
  if (row === undefined || row.attempts >= MOST_ATTEMPTS) return UNKNOWN;
  if (!secretsEqual(row.code_hash, hashToken(text))) {
    await tx.execute('UPDATE enrolment_codes SET attempts = attempts + 1 WHERE code_id = $1', [id]);
    return UNKNOWN;
  }
  const { terminal_id: terminalId, location_id: locationId } = row;
  if (row.used_at !== null) return repeatAnswer(tx, row, { id, text, requestId, now });
  if (row.expires_at <= now) return 'This code is too old. Make a new one.';
  const enrolment = await enrolTerminal(tx, terminalId, locationId, now);
  if (enrolment === 'location_differs') throw locationDiffers(terminalId);
  const { token } = enrolment;
  await tx.execute(
    `UPDATE enrolment_codes SET used_at = $2, request_hash = $3, sealed_token = $4, epoch = $5 WHERE code_id = $1`,
    [id, now.toISOString(), hashToken(requestId), sealToken(token, [text, requestId]), enrolment.epoch],
  );
  return describe(tx, terminalId, locationId, token);
}

async function repeatAnswer(
  tx: Queryable,
  { used_at, request_hash, sealed_token, terminal_id, location_id }: CodeRow,
  { text, requestId, now }: Taking,
): Promise<EnrolledTerminal | string> {
  // Whoever asks again has proven the code and the request: that the till was given away since is theirs to know.
  const old = used_at === null || now.getTime() - used_at.getTime() > REPEAT_MINUTES * 60_000;
  if (old || sealed_token === null || !secretsEqual(request_hash ?? '', hashToken(requestId))) {
    return 'This code has been used. Make a new one.';
  }
  return describe(tx, terminal_id, location_id, unsealToken(sealed_token, [text, requestId]));
}

async function describe(
  tx: Queryable,
  terminalId: string,
  locationId: string,
  token: string,
): Promise<EnrolledTerminal | string> {
  const [row] = await tx.query(
    standingRow,
    `SELECT epoch, head_seq, head_hash, token_hash, revoked_at IS NOT NULL AS revoked
     FROM terminals WHERE terminal_id = $1`,
    [terminalId],
  );
  if (row === undefined) throw new Error(`${terminalId} has no row behind its enrolment`);
  if (row.revoked) {
    return `${terminalId} was revoked since this code was used, so what it gave is void. Make a new one.`;
  }
  // By the token and not by the epoch of the code: it is the token that would be refused.
  if (!secretsEqual(row.token_hash, hashToken(token))) {
    return (
      `${terminalId} was enrolled anew, or got another token, since this code was used, so what it gave is void. ` +
      'Make a new one, if this PC is to be the till.'
    );
  }
  return {
    terminalId,
    locationId,
    epoch: row.epoch,
    token,
    head: { seq: row.head_seq, hash: row.head_hash },
    receiptCounterFrom: (row.epoch - 1) * RECEIPTS_AN_EPOCH + 1,
  };
}

interface NewCode {
  readonly id: string;
  readonly text: string;
  readonly terminalId: string;
  readonly locationId: string;
  readonly expiresAt: Date;
  readonly now: Date;
}

/** False when another code begins with the same letters. A new code for a terminal makes its earlier ones void. */
async function keepCode(database: Database, code: NewCode): Promise<boolean> {
  const at = code.now.toISOString();
  return database.transaction(async (tx) => {
    await tx.execute(
      `DELETE FROM enrolment_codes
       WHERE (terminal_id = $1 AND used_at IS NULL) OR expires_at < $2::timestamptz - INTERVAL '7 days'`,
      [code.terminalId, at],
    );
    const inserted = await tx.execute(
      `INSERT INTO enrolment_codes (code_id, code_hash, terminal_id, location_id, created_at, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (code_id) DO NOTHING`,
      [code.id, hashToken(code.text), code.terminalId, code.locationId, at, code.expiresAt.toISOString()],
    );
    return inserted === 1;
  });
}

function refuseReserved(terminalId: string, locationId: string): void {
  try {
    refuseReservedNames(terminalId, locationId);
  } catch (error) {
    throw error instanceof ReservedNameError ? new HttpFailure(error.code, error.message) : error;
  }
}

function refused(message: string): HttpFailure {
  return new HttpFailure('code_refused', message);
}

function locationDiffers(terminalId: string): HttpFailure {
  return new HttpFailure(
    'location_differs',
    `${terminalId} belongs to another location for ever: choose another terminal id`,
  );
}
