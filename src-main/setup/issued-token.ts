/** A token as IT has it: by itself, or in the server's whole answer to `POST /api/terminals`. */
import { z } from 'zod';
import { locationIdSchema, terminalIdSchema } from '#domain/identifiers.ts';
import { TokenError } from './token-error.ts';

/** As the server makes them: base64url, without blanks or quotes that were copied along. */
const tokenSchema = z.string().regex(/^[\w-]{20,200}$/);

const answerSchema = z.object({
  terminal_id: terminalIdSchema,
  location_id: locationIdSchema,
  epoch: z.int().min(1),
  token: tokenSchema,
});

export interface IssuedToken {
  readonly token: string;
  /** Whose it is; undefined where the token came by itself. */
  readonly issuedTo?: { readonly terminalId: string; readonly locationId: string; readonly epoch: number };
}

/** @throws {TokenError} `no_token`; it does not quote the text, which is a secret */
export function readIssuedToken(text: string): IssuedToken {
  const given = text.trim();
  const alone = tokenSchema.safeParse(given);
  if (alone.success) return { token: alone.data };
  const answer = answerSchema.safeParse(jsonOf(given));
  if (!answer.success) {
    throw new TokenError(
      'no_token',
      'Expected one line on stdin: the token, or the whole answer of POST /api/terminals. Nothing was changed.',
    );
  }
  const { terminal_id: terminalId, location_id: locationId, epoch, token } = answer.data;
  return { token, issuedTo: { terminalId, locationId, epoch } };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
